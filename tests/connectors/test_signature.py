"""The kit's check of a signature against the specification's own library."""

import base64
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from connectors.kit import Verifier

SECRETS = ["whsec_" + base64.b64encode(bytes([n]) * 32).decode() for n in range(3)]


def signed(secret: str, body: str, at: float | None = None) -> tuple[str, str, str]:
    at = at or time.time()
    return "msg_1", str(int(at)), str(Webhook(secret).sign("msg_1", datetime.fromtimestamp(int(at), UTC), body))


@given(st.text())
def test_what_the_library_signs_is_accepted(body: str) -> None:
    assert Verifier([SECRETS[0]]).accepts(*signed(SECRETS[0], body), body.encode())


@given(st.binary(min_size=1), st.binary())
def test_another_body_is_not(other: bytes, body: bytes) -> None:
    text = body.decode("latin-1")
    assert not Verifier([SECRETS[0]]).accepts(*signed(SECRETS[0], text), text.encode() + other)


@pytest.mark.parametrize("used", [0, 1])
def test_while_keys_change_over_both_are_live(used: int) -> None:
    assert Verifier(SECRETS[:2]).accepts(*signed(SECRETS[used], "{}"), b"{}")
    assert not Verifier(SECRETS[:2]).accepts(*signed(SECRETS[2], "{}"), b"{}")


def test_one_of_several_signatures_is_enough() -> None:
    message, at, first = signed(SECRETS[0], "{}")
    _, _, second = signed(SECRETS[1], "{}")
    assert Verifier([SECRETS[1]]).accepts(message, at, f"{first} {second}", b"{}")


@pytest.mark.parametrize("late", [-301, 301])
def test_an_old_one_or_one_from_the_future_is_not(late: int) -> None:
    assert not Verifier([SECRETS[0]]).accepts(*signed(SECRETS[0], "{}", time.time() + late), b"{}")


@given(st.text(), st.text(), st.text())
def test_nonsense_is_refused_and_raises_nothing(message: str, at: str, signature: str) -> None:
    assert not Verifier([SECRETS[0]]).accepts(message, at, signature, b"{}")


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_!"])
def test_what_is_no_secret_is_refused_so_that_nothing_is_taken_under_an_empty_key(secret: str) -> None:
    with pytest.raises(ValueError, match="24 bytes"):
        Verifier([secret])
