"""The public keys by which a client signs, as a JSON Web Key Set (RFC 7517) in its entry."""

import warnings
from functools import lru_cache

import orjson
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from hub.store import Pool

_FIND = "SELECT jwks FROM client WHERE id = %b"
_SMALLEST_RSA = 2048
_CURVES = {"P-256", "P-384", "Ed25519"}

PublicKeys = KeySet


class KeysRefused(Exception):
    """This is no set of public keys to sign with. Its text says why."""


@lru_cache(maxsize=64)  # clients that sign are few, and read anew they cost more than the signature
def public_keys(jwks: str) -> PublicKeys:
    """The keys of a set. Raises `KeysRefused`."""
    try:
        with warnings.catch_warnings(action="ignore", category=SecurityWarning):  # what is weak is refused below
            keys = KeySet.import_key_set(orjson.loads(jwks))
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        raise KeysRefused('it is not of the form {"keys": [...]} of RFC 7517') from None
    for key in keys:
        if isinstance(key, RSAKey | ECKey | OKPKey) and key.is_private:
            raise KeysRefused("it has a private key: give the public ones, and make that one anew, since it has left its place")
        if not _is_strong(key):
            raise KeysRefused("only RSA keys of at least 2048 bits, and keys on the curves P-256, P-384 and Ed25519, are taken")
    return keys


async def client_keys(pool: Pool, client: str) -> PublicKeys | None:
    """The keys of a client; None where it has none."""
    async with pool.connection() as connection:
        row = await (await connection.execute(_FIND, (client,))).fetchone()
    return public_keys(row[0]) if row and row[0] else None


def _is_strong(key: object) -> bool:
    if isinstance(key, RSAKey):
        return key.raw_value.key_size >= _SMALLEST_RSA
    return isinstance(key, ECKey | OKPKey) and key.curve_name in _CURVES
