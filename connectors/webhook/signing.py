"""Signatures after the Standard Webhooks specification, with up to two live keys."""

import base64
import binascii
import hmac
import time
from collections.abc import Sequence

_PREFIX = "whsec_"


def decode_secret(secret: str) -> bytes | None:
    """The key a `whsec_<base64>` secret holds, or None where it holds none of 24 to 64 bytes."""
    if not secret.startswith(_PREFIX):
        return None
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        return None
    return key if 24 <= len(key) <= 64 else None


def signature_headers(keys: Sequence[bytes], message: str, content_type: str, body: bytes) -> bytes:
    """The header lines of a signed request. With two live keys both sign, so that a recipient can change over."""
    timestamp = int(time.time())
    signed = b"%b.%d.%b" % (message.encode("ascii"), timestamp, body)
    signatures = " ".join(["v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys])
    return (
        f"content-type: {content_type}\r\nwebhook-id: {message}\r\nwebhook-timestamp: {timestamp}\r\nwebhook-signature: {signatures}\r\n"
    ).encode("ascii")
