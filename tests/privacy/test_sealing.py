"""What is sealed opens only under its key and where it belongs."""

import os
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.privacy import DataKey, SealBroken, case_context, key_id_of
from hub.privacy.sealing import MasterKey

KEY = DataKey(7, bytes(range(32)))


@given(st.binary(max_size=300), st.binary(max_size=60))
def test_what_is_sealed_opens_where_it_belongs(plaintext: bytes, context: bytes) -> None:
    assert KEY.open(KEY.seal(plaintext, context), context) == plaintext


@given(st.binary(min_size=1, max_size=60), st.data())
def test_a_value_altered_anywhere_does_not_open(plaintext: bytes, data: st.DataObject) -> None:
    sealed = bytearray(KEY.seal(plaintext, b"here"))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        KEY.open(bytes(sealed), b"here")


def test_a_value_copied_to_another_case_version_does_not_open() -> None:
    case = uuid4()
    sealed = KEY.seal(b"x", case_context(case, 1))
    with pytest.raises(SealBroken):
        KEY.open(sealed, case_context(case, 2))


def test_the_format_is_a_byte_the_key_id_a_nonce_and_the_ciphertext() -> None:
    sealed = KEY.seal(b"abc", b"")
    assert sealed[:9] == b"\x01" + (7).to_bytes(8, "big")
    assert len(sealed) == 9 + 12 + 3 + 16
    assert key_id_of(sealed) == 7


def test_the_same_content_never_seals_to_the_same_bytes() -> None:
    assert KEY.seal(b"x", b"") != KEY.seal(b"x", b"")


def test_a_wrapped_key_opens_under_its_own_master_key_alone() -> None:
    master, secret = MasterKey(os.urandom(32)), os.urandom(32)
    wrapped = master.wrap(secret)
    assert secret not in wrapped
    assert master.unwrap(wrapped) == secret
    with pytest.raises(SealBroken):
        MasterKey(os.urandom(32)).unwrap(wrapped)


def test_a_key_does_not_show_its_secret() -> None:
    assert repr(KEY) == "DataKey(7)"
