"""Whom the line takes for a recipient: by its certificate, and by who vouches for that."""

import datetime
import ssl
from pathlib import Path

import certifi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from connectors.webhook import line as lines
from connectors.webhook.exchange import Answer, Failed
from connectors.webhook.line import Line
from tests.contract.server import OK, Server, serving


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of `council.example`, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "council.example")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("council.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


async def test_over_tls_the_certificate_must_be_of_the_name_and_of_an_authority(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = Server(OK)
    async with serving(server, context) as address:
        unknown = Line("https://council.example/", [address], 2.0)
        assert await unknown.post(b"", b"1") == Failed("certificate", unsent=True)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        lines._tls.cache_clear()
        try:
            other = Line("https://other.example/", [address], 2.0)
            assert await other.post(b"", b"1") == Failed("certificate", unsent=True)
            assert server.requests == []
            right = Line("https://council.example/", [address], 2.0)
            for _ in range(2):
                assert await right.post(b"", b"1") == Answer(200, None, b"ok", True)
            assert len(server.requests) == 2
            right.close()
        finally:
            lines._tls.cache_clear()


@pytest.mark.parametrize(
    ("trusted", "expected"),
    [("", Answer(200, None, b"ok", True)), (certifi.where(), Failed("certificate", unsent=True))],
    ids=["none", "others"],
)
async def test_public_authorities_are_trusted_only_where_the_machine_names_none(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, trusted: str, expected: Answer | Failed
) -> None:
    monkeypatch.setattr(certifi, "where", lambda: str(certificate))
    monkeypatch.setenv("SSL_CERT_FILE", trusted)
    monkeypatch.setenv("SSL_CERT_DIR", "")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    lines._tls.cache_clear()
    async with serving(Server(OK), context) as address:
        line = Line("https://council.example/", [address], 2.0)
        try:
            assert await line.post(b"", b"1") == expected
        finally:
            line.close()
            lines._tls.cache_clear()
