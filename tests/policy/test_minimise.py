"""No field leaves that the agreement does not name, whatever the payload."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.policy import differing, minimise, minimiser, overlaid, paths_in
from schemas import Bereavement, field_paths
from tests.policy.payloads import everything

_NAMES = st.sampled_from(["names", "family", "given", "nino", "address", "postcode", "spouse", "x"])
_LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
_VALUES = st.recursive(_LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4), max_leaves=25)
_PAYLOADS = st.dictionaries(_NAMES, _VALUES, max_size=6)
_PATHS = st.lists(_NAMES, min_size=1, max_size=4).map(".".join)
_FIELDS = st.lists(_PATHS, max_size=6)


def _is_named(path: str, fields: list[str]) -> bool:
    return any(path == field or path.startswith(f"{field}.") for field in fields)


@given(_PAYLOADS, _FIELDS)
def test_no_field_outside_the_agreement_leaves(payload: dict[str, Any], fields: list[str]) -> None:
    assert all(_is_named(path, fields) for path in paths_in(minimise(payload, fields)))


@given(_PAYLOADS, _FIELDS)
def test_what_leaves_is_what_was_there(payload: dict[str, Any], fields: list[str]) -> None:
    assert _is_part(minimise(payload, fields), payload)


@given(_PAYLOADS, _FIELDS)
def test_minimising_twice_changes_nothing(payload: dict[str, Any], fields: list[str]) -> None:
    once = minimise(payload, fields)
    assert minimise(once, fields) == once


@given(_PAYLOADS, _FIELDS)
def test_the_fields_recorded_as_disclosed_cover_all_that_leaves(payload: dict[str, Any], fields: list[str]) -> None:
    kept, found = minimiser(tuple(fields))(payload)
    assert set(found) <= set(fields)
    assert all(_is_named(path, list(found)) for path in paths_in(kept))


@given(_PAYLOADS, st.lists(st.sampled_from(sorted(field_paths(Bereavement))), max_size=12))
def test_no_field_of_a_death_outside_the_agreement_leaves(noise: dict[str, Any], fields: list[str]) -> None:
    payload = {**noise, **everything("bereavement")}
    assert all(_is_named(path, fields) for path in paths_in(minimise(payload, fields)))


@given(_PAYLOADS, _PAYLOADS)
def test_an_echo_carries_only_what_differs(told: dict[str, Any], said: dict[str, Any]) -> None:
    assert differing(told, told) == {}
    assert _is_part(differing(told, said), told)


@given(_PAYLOADS, _PAYLOADS)
def test_who_believes_what_it_said_and_heard_has_nothing_new_to_hear(said: dict[str, Any], told: dict[str, Any]) -> None:
    assert differing(told, overlaid(said, told)) == {}


def test_a_branch_named_is_taken_whole_and_lists_are_gone_through() -> None:
    payload = {"deceased": {"aliases": [{"family": "A", "type": "x"}, {"type": "y"}], "nino": "N", "names": {"family": "B"}}}
    fields = ["deceased.aliases.family", "deceased.names"]
    assert minimise(payload, fields) == {"deceased": {"aliases": [{"family": "A"}], "names": {"family": "B"}}}


def _is_part(part: Any, whole: Any) -> bool:
    """Whether everything in `part` is in `whole`, at its place."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in whole and _is_part(value, whole[name]) for name, value in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        return all(any(_is_part(item, other) for other in whole) for item in part)
    return bool(part == whole)
