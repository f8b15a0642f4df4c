"""Keyed hashes: what lets the hub recognise a person, a repeat or a link without writing down who it is.

All are BLAKE2b in its keyed mode (RFC 7693), with a purpose of their own each, so that a hash made for one use says
nothing in another.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

_DIGEST = 16
_MAC = 18  # 24 characters of base64url, without padding

# A status link lives at least this long. Its end falls on a round month, so that a replay gives the first link again
# and a later one a longer one.
_LINK_DAYS = 180
_LINK_STEP = 30
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


class Blind:
    """Hashes under `blind_key` and link signatures under `link_key`, 32 bytes each. Both must outlive the ledger."""

    def __init__(self, blind_key: bytes, link_key: bytes) -> None:
        if len(blind_key) != 32 or len(link_key) != 32:
            raise ValueError("blind and link keys are 32 bytes: set TUO_BLIND_KEY and TUO_LINK_KEY to 64 hex digits each")
        self._blind_key = blind_key
        self._link_key = link_key
        self._states: dict[str, hashlib.blake2b] = {}
        self._recipients: dict[str, hashlib.blake2b] = {}

    def key(self, purpose: str, *parts: bytes | str) -> bytes:
        """16 bytes standing for `parts` in order; `purpose` is at most 16 ASCII characters."""
        return self._hashed(purpose, parts).digest()

    def pairwise(self, recipient: str, subject: UUID) -> str:
        """The subject's id as one recipient knows it: 32 hex digits, of no use to another recipient."""
        # One is made for every delivery, and recipients are few: what is the same for each is hashed once.
        state = self._recipients.get(recipient)
        if state is None:
            state = self._recipients[recipient] = self._hashed("pairwise", (recipient,))
        hashed = state.copy()
        hashed.update(_measured(subject.bytes))
        return hashed.hexdigest()

    def sign_link(self, reference: str, at: datetime | None = None) -> str:
        """A token that shows the case behind `reference` to whoever holds it, for 180 to 210 days from `at` (default now)."""
        days = ((at or datetime.now(UTC)) - _EPOCH).days + _LINK_DAYS
        end = days + -days % _LINK_STEP
        return f"{reference}.{end:x}.{self._signature(reference, end)}"

    def check_link(self, token: str, at: datetime | None = None) -> str | None:
        """The reference a genuine, unexpired token is for, else None."""
        reference, _, rest = token.partition(".")
        day, _, signature = rest.partition(".")
        if not (token.isascii() and len(token) <= 80 and 0 < len(day) <= 6):
            return None
        try:
            end = int(day, 16)
        except ValueError:
            return None
        if not hmac.compare_digest(signature, self._signature(reference, end)):
            return None
        return reference if (at or datetime.now(UTC)) < _EPOCH + timedelta(days=end) else None

    def _signature(self, reference: str, end: int) -> str:
        message = f"{reference}.{end}".encode()
        digest = hashlib.blake2b(message, digest_size=_MAC, key=self._link_key, person=b"status link").digest()
        return base64.urlsafe_b64encode(digest).decode()

    def _hashed(self, purpose: str, parts: Iterable[bytes | str]) -> hashlib.blake2b:
        # A keyed state is made once for each purpose and copied: half the time of making it anew.
        state = self._states.get(purpose)
        if state is None:
            state = self._states[purpose] = hashlib.blake2b(digest_size=_DIGEST, key=self._blind_key, person=purpose.encode())
        hashed = state.copy()
        hashed.update(b"".join([_measured(part.encode() if isinstance(part, str) else part) for part in parts]))
        return hashed


def _measured(part: bytes) -> bytes:
    """With its length before each part ("ab", "c") and ("a", "bc") differ."""
    return b"%d:%b" % (len(part), part)
