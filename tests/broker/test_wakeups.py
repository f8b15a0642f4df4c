"""Wake-ups are read as they were written, and nothing else is taken for one."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.broker import Record, Unprocessable, Wake, decode_wakes, encode_wakes

_WAKES = st.lists(st.builds(Wake, st.integers(0, 2**31 - 1), st.booleans(), st.lists(st.uuids(), max_size=20)), max_size=8)


def _record(value: bytes | None) -> Record:
    return Record("deliveries.webhook", 0, 0, None, value)


@given(_WAKES)
def test_what_is_written_is_read(wakes: list[Wake]) -> None:
    assert decode_wakes(_record(encode_wakes(wakes))) == wakes


@given(_WAKES.filter(bool), st.data())
def test_what_is_cut_short_is_no_wake_up(wakes: list[Wake], data: st.DataObject) -> None:
    value = encode_wakes(wakes)
    whole = {len(encode_wakes(wakes[:count])) for count in range(len(wakes) + 1)}
    cut = data.draw(st.integers(1, len(value) - 1).filter(lambda at: at not in whole))
    with pytest.raises(Unprocessable):
        decode_wakes(_record(value[:cut]))


@given(st.binary(max_size=200))
def test_anything_else_is_refused_or_harmless(value: bytes) -> None:
    try:
        wakes = decode_wakes(_record(value))
    except Unprocessable:
        return
    assert encode_wakes(wakes) == value
    assert all(isinstance(id_, UUID) for wake in wakes for id_ in wake.ids)
