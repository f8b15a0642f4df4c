"""Writes `hub/local/kafka.lock`: every jar the embedded Kafka needs, with its SHA-256. Run by `make lock`."""

import hashlib
import sys
import tempfile
from pathlib import Path

from jgo.maven import Dependency, MavenContext

WANTED = (
    ("org.apache.kafka", "kafka_2.13", "4.3.1"),
    ("org.slf4j", "slf4j-simple", "1.7.36"),  # what Kafka says of itself; of the API's version that Kafka asks for
)


def lock_lines(repository: Path) -> list[str]:
    """`group:artifact:version sha256`, sorted, of `WANTED` and all they need."""
    context = MavenContext(repo_cache=repository, timeout=60)
    wanted = [Dependency(context.project(group, name).at_version(version).artifact()) for group, name, version in WANTED]
    inputs, needed = context.resolver.resolve(wanted)
    lines = []
    for dependency in [*inputs, *needed]:
        artifact = dependency.artifact
        digest = hashlib.sha256(artifact.resolve().read_bytes()).hexdigest()
        lines.append(f"{artifact.groupId}:{artifact.artifactId}:{artifact.version} {digest}")
    return sorted(lines)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        head = "# The jars of the embedded Kafka. Made by `make lock`; a jar that differs is deleted and does not run.\n"
        Path(sys.argv[1]).write_text(head + "\n".join(lock_lines(Path(folder))) + "\n")
