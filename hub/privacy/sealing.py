"""The seal: AES-256-GCM under a data key, bound to the place the value belongs to.

Sealed value = `0x01 | data key id (8 bytes, big endian) | nonce (12) | ciphertext and tag`. A data key seals a handful
of values (a version, its messages, the answers to them), so random nonces are safe by a wide margin (NIST SP 800-38D §8.3).
"""

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_FORMAT = b"\x01"
_ID_END = 9
_NONCE_END = _ID_END + 12
_TAG = 16
_WRAPPING = b"tuo data key"


class SealBroken(Exception):
    """A sealed value does not open here: altered, moved to another place, or under another key."""


class WrongMasterKey(SealBroken):
    """The whole key store was written under another master key: of the process, and not of any one value."""


def data_context(message_id: str) -> bytes:
    """Where what a thin event leaves to be fetched belongs."""
    return b"data:" + message_id.encode()


def case_context(case_id: UUID, version: int) -> bytes:
    """Where the content of a case version belongs: the associated data of its seal."""
    return b"case:%s:%d" % (str(case_id).encode(), version)


def key_id_of(sealed: bytes) -> int:
    """The id of the data key a value is sealed under. Raises `SealBroken` where it is no sealed value."""
    if len(sealed) < _NONCE_END + _TAG or sealed[:1] != _FORMAT:
        raise SealBroken("not a sealed value")
    return int.from_bytes(sealed[1:_ID_END], "big")


class DataKey:
    """One key of the key store, unwrapped. `context` names where a value belongs, so that a copy elsewhere does not open."""

    __slots__ = ("_cipher", "_prefix", "id")

    def __init__(self, id_: int, secret: bytes) -> None:
        self.id = id_
        self._prefix = _FORMAT + id_.to_bytes(8, "big")
        self._cipher = AESGCM(secret)

    def __repr__(self) -> str:
        return f"DataKey({self.id})"

    def seal(self, plaintext: bytes, context: bytes) -> bytes:
        nonce = os.urandom(12)
        return b"%b%b%b" % (self._prefix, nonce, self._cipher.encrypt(nonce, plaintext, context))

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """The plaintext. Raises `SealBroken` where the value is not this key's or does not belong to `context`."""
        if key_id_of(sealed) != self.id:
            raise SealBroken("sealed under another key")
        try:
            return self._cipher.decrypt(sealed[_ID_END:_NONCE_END], sealed[_NONCE_END:], context)
        except InvalidTag:
            raise SealBroken("altered, or moved from where it belongs") from None


class BrokenKey(DataKey):
    """A key that does not unwrap, though others do: whatever is done with it raises `SealBroken`."""

    __slots__ = ()

    def __init__(self, id_: int) -> None:
        self.id = id_

    def seal(self, plaintext: bytes, context: bytes) -> bytes:
        raise SealBroken("its data key does not unwrap")

    def open(self, sealed: bytes, context: bytes) -> bytes:
        raise SealBroken("its data key does not unwrap")


class MasterKey:
    """Wraps data keys. It is in no database: 32 bytes, hex, from a setting."""

    def __init__(self, master_key: bytes) -> None:
        if len(master_key) != 32:
            raise ValueError("the master key is 32 bytes: set TUO_MASTER_KEY to 64 hex digits")
        self._cipher = AESGCM(master_key)

    def wrap(self, secret: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, secret, _WRAPPING)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Raises `SealBroken` where the key was altered, or wrapped under another master key."""
        try:
            return self._cipher.decrypt(wrapped[:12], wrapped[12:], _WRAPPING)
        except (InvalidTag, ValueError):  # a `ValueError` where it is too short
            raise SealBroken("altered, or wrapped under another master key") from None
