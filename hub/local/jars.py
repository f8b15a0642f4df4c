"""Kafka's jars: exactly those of the lock file, each checked before anything of it runs."""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jgo.maven import MavenContext

_AUTHORITIES = "REQUESTS_CA_BUNDLE"
LOCK = Path(__file__).with_name("kafka.lock")
Progress = Callable[[int, int], None]
"""Called with how many jars are there, and how many there will be."""


class JarRefused(Exception):
    """A jar is not the one the lock names, or cannot be had."""


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of the lock: Maven coordinates and the SHA-256 (hex) of the file."""

    group: str
    artifact: str
    version: str
    sha256: str

    def path(self, folder: Path) -> Path:
        """Where it lies under a Maven repository in `folder`."""
        name = f"{self.artifact}-{self.version}.jar"
        return folder.joinpath(*self.group.split("."), self.artifact, self.version, name)


def read_lock(lock: Path = LOCK) -> list[Jar]:
    """The jars of a lock file: lines of `group:artifact:version sha256`; `#` begins a comment."""
    jars = []
    for line in lock.read_text().splitlines():
        if named := line.split("#")[0].split():
            group, artifact, version = named[0].split(":")
            jars.append(Jar(group, artifact, version, sha256=named[1]))
    return jars


def cache_folder(lock: Path = LOCK) -> Path:
    """The user's copy of what `lock` names; another lock has another folder."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "tell-us-once" / "kafka" / hashlib.sha256(lock.read_bytes()).hexdigest()[:16]


def fetch_jars(lock: Path = LOCK, folder: Path | None = None, progress: Progress = lambda done, total: None) -> list[Path]:
    """Every jar of `lock`, fetched where missing and checked. Raises `JarRefused`; a wrong file is deleted."""
    folder = folder or cache_folder(lock)
    jars = read_lock(lock)
    with only_one(folder):
        missing = [jar for jar in jars if not jar.path(folder).exists()]
        if missing:
            _download(missing, folder, progress)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda jar: _check(jar, folder), jars))
    return [jar.path(folder) for jar in jars]


def check_jars(lock: Path = LOCK) -> tuple[int, list[Path]]:
    """How many jars of `lock` are not there yet, and those that are there and not what the lock names."""
    folder = cache_folder(lock)
    there = [jar for jar in read_lock(lock) if jar.path(folder).exists()]
    return len(read_lock(lock)) - len(there), [jar.path(folder) for jar in there if _digest(jar.path(folder)) != jar.sha256]


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Wait until no other process works in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _download(jars: list[Jar], folder: Path, progress: Progress) -> None:
    from jgo.maven import MavenContext

    progress(0, len(jars))
    context = MavenContext(repo_cache=folder, timeout=60)
    with _authorities_of_others(), ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(_fetch_one, context, jar, folder) for jar in jars]
        try:
            for done, job in enumerate(as_completed(jobs), 1):
                job.result()
                progress(done, len(jars))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


@contextmanager
def _authorities_of_others() -> Iterator[None]:
    """Behind a proxy with a certificate of its own: whom pip and OpenSSL trust, requests trusts for as long as the block lasts."""
    given = [os.environ[name] for name in ("CURL_CA_BUNDLE", "PIP_CERT", "SSL_CERT_FILE") if os.environ.get(name)]
    if os.environ.get(_AUTHORITIES) or not given:
        yield
        return
    os.environ[_AUTHORITIES] = given[0]
    try:
        yield
    finally:
        del os.environ[_AUTHORITIES]


def _fetch_one(context: "MavenContext", jar: Jar, folder: Path) -> None:
    import requests

    try:
        context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
    except requests.exceptions.SSLError as error:
        jar.path(folder).unlink(missing_ok=True)
        remedy = f"Behind a proxy with a certificate of its own set {_AUTHORITIES} to the file of your authorities (CA)."
        raise JarRefused(f"{jar.artifact} {jar.version} could not be fetched: the server's certificate is not trusted. {remedy}") from error
    except (OSError, RuntimeError, requests.RequestException) as error:
        jar.path(folder).unlink(missing_ok=True)
        raise JarRefused(f"{jar.artifact} {jar.version} could not be fetched. Is the network there? ({error})") from error
    _check(jar, folder)


def _check(jar: Jar, folder: Path) -> None:
    path = jar.path(folder)
    found = _digest(path)
    if found != jar.sha256:
        path.unlink()
        raise JarRefused(
            f"{path.name} is not the file the lock names (sha256 {found}, expected {jar.sha256}). "
            "It was deleted and nothing of it ran; the next start fetches it again."
        )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
