"""Signatures after the Standard Webhooks specification, with up to two live keys."""

import base64
import binascii
import hmac
import time
from collections.abc import Sequence
from hashlib import sha256

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


def signature_headers(keys: Sequence[bytes], message: str, body: bytes) -> dict[str, str]:
    """The three headers of a signed request. With two live keys both sign, so that a recipient can change over."""
    timestamp = str(int(time.time()))
    signed = b"%s.%s.%s" % (message.encode(), timestamp.encode(), body)
    signatures = " ".join("v1," + base64.b64encode(hmac.digest(key, signed, sha256)).decode() for key in keys)
    return {"webhook-id": message, "webhook-timestamp": timestamp, "webhook-signature": signatures}
