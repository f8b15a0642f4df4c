"""Which key sets a client's entry takes."""

import warnings

import orjson
import pytest
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey

from hub.intake.secevents import KeysRefused, public_keys


def written(*keys: object, private: bool = False) -> str:
    return orjson.dumps(KeySet(list(keys)).as_dict(private=private)).decode()  # type: ignore[arg-type]


def weak() -> str:
    with warnings.catch_warnings(action="ignore"):
        return written(RSAKey.generate_key(1024))


def test_public_keys_of_the_kinds_taken_are_taken() -> None:
    keys = RSAKey.generate_key(2048), ECKey.generate_key("P-256"), ECKey.generate_key("P-384"), OKPKey.generate_key("Ed25519")
    assert len(public_keys(written(*keys)).keys) == 4


def test_a_private_key_is_refused_and_said_to_be_spoilt() -> None:
    with pytest.raises(KeysRefused, match="make that one anew"):
        public_keys(written(ECKey.generate_key("P-256"), private=True))


@pytest.mark.parametrize(
    "keys",
    [
        "",
        "7",
        "[]",
        "{}",
        '{"keys": 7}',
        '{"keys": []}',
        '{"keys": [7]}',
        '{"keys": [{"kty": "EC", "crv": "P-256"}]}',
        written(OctKey.generate_key(256), private=True),
        weak(),
        written(ECKey.generate_key("P-521")),
    ],
)
def test_what_is_no_set_of_strong_public_keys_is_refused(keys: str) -> None:
    with pytest.raises(KeysRefused):
        public_keys(keys)
