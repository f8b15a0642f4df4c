"""Nothing of Kafka runs that is not in the lock."""

import os
import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hub.local import JarRefused
from hub.local.jars import LOCK, fetch_jars, read_lock

NAME = "org.example:a:1.0"
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


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
    lock = lock_of(tmp_path, EMPTY)
    assert fetch_jars(lock, tmp_path) == [jar]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A repository with one empty jar behind a certificate nobody knows; the certificate."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    certificate = _certificate(tmp_path)
    put_jar(tmp_path / "served", b"")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "served"))) as http:
        http.socket = context.wrap_socket(http.socket, server_side=True)
        monkeypatch.setattr("jgo.maven._core.DEFAULT_REMOTE_REPOS", {"central": f"https://127.0.0.1:{http.server_port}"})
        thread = Thread(target=http.serve_forever)
        thread.start()
        yield certificate
        http.shutdown()
        thread.join()


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a proxy")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "proxy.pem"
    encoding = serialization.Encoding.PEM
    secret = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(secret + made.public_bytes(encoding))
    return path


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "PIP_CERT", "SSL_CERT_FILE"])
def test_whom_pip_trusts_the_fetching_trusts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Path, variable: str) -> None:
    monkeypatch.setenv(variable, str(server))
    before = dict(os.environ)
    assert fetch_jars(lock_of(tmp_path, EMPTY), tmp_path / "cache") == [tmp_path / "cache/org/example/a/1.0/a-1.0.jar"]
    assert dict(os.environ) == before


def test_a_certificate_nobody_knows_is_refused_with_the_variable_that_makes_it_known(tmp_path: Path, server: Path) -> None:
    with pytest.raises(JarRefused, match=r"certificate is not trusted\. .*REQUESTS_CA_BUNDLE"):
        fetch_jars(lock_of(tmp_path, EMPTY), tmp_path / "cache")


def test_the_lock_names_every_jar_once_with_its_sha256() -> None:
    jars = read_lock(LOCK)
    assert len({(jar.group, jar.artifact) for jar in jars}) == len(jars) > 40
    assert all(re.fullmatch(r"[0-9a-f]{64}", jar.sha256) for jar in jars)
    assert {"kafka_2.13", "slf4j-simple"} <= {jar.artifact for jar in jars}
