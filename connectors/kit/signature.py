"""Checks a Standard Webhooks signature. Written from the specification and apart from the hub's signing, so that one tests the other."""

import base64
import contextlib
import hmac
import time
from collections.abc import Iterable

_SHORTEST = 24  # bytes of a key, by the specification
_TOLERANCE = 300.0  # seconds, as the specification's reference implementations have it


class Verifier:
    """Accepts what any of `secrets` (`whsec_<base64>`) signed: while keys change over, the old and the new are live.

    Raises `ValueError` for what is no such secret.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._keys = [_key(secret) for secret in secrets]

    def accepts(self, message_id: str, timestamp: str, signatures: str, body: bytes) -> bool:
        """Whether the three `webhook-…` headers fit the body, and the time is within five minutes of ours."""
        if not (timestamp.isascii() and timestamp.isdigit()) or abs(time.time() - int(timestamp[:12])) > _TOLERANCE:
            return False
        signed = b"%s.%s.%s" % (message_id.encode(), timestamp.encode(), body)
        given = [encoded.encode() for version, _, encoded in (one.partition(",") for one in signatures.split()) if version == "v1"]
        expected = [base64.b64encode(hmac.digest(key, signed, "sha256")) for key in self._keys]
        return any(hmac.compare_digest(one, other) for one in given for other in expected)


def _key(secret: str) -> bytes:
    with contextlib.suppress(ValueError):
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        if len(key) >= _SHORTEST:
            return key
    raise ValueError(f"a signing secret is whsec_ and base64 of {_SHORTEST} bytes or more")
