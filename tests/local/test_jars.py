"""Nothing of Kafka runs that is not in the lock."""

import re
from pathlib import Path

import pytest

from hub.local import JarRefused
from hub.local.jars import LOCK, fetch_jars, read_lock

NAME = "org.example:a:1.0"


def put_jar(folder: Path, content: bytes) -> Path:
    jar = folder / "org/example/a/1.0/a-1.0.jar"
    jar.parent.mkdir(parents=True)
    jar.write_bytes(content)
    return jar


def lock_of(folder: Path, sha256: str) -> Path:
    lock = folder / "some.lock"
    lock.write_text(f"# a comment\n{NAME} {sha256}\n")
    return lock


def test_a_jar_that_differs_from_the_lock_is_deleted_and_named(tmp_path: Path) -> None:
    jar = put_jar(tmp_path, b"tampered")
    with pytest.raises(JarRefused, match=r"a-1\.0\.jar is not the file the lock names") as refused:
        fetch_jars(lock_of(tmp_path, "0" * 64), tmp_path)
    assert "deleted" in str(refused.value)
    assert not jar.exists()


def test_a_jar_of_the_lock_is_taken_as_it_is(tmp_path: Path) -> None:
    jar = put_jar(tmp_path, b"")
    lock = lock_of(tmp_path, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    assert fetch_jars(lock, tmp_path) == [jar]


def test_the_lock_names_every_jar_once_with_its_sha256() -> None:
    jars = read_lock(LOCK)
    assert len({(jar.group, jar.artifact) for jar in jars}) == len(jars) > 40
    assert all(re.fullmatch(r"[0-9a-f]{64}", jar.sha256) for jar in jars)
    assert {"kafka_2.13", "slf4j-simple"} <= {jar.artifact for jar in jars}
