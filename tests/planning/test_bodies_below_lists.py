"""What nobody is told, or not who is concerned with one side, is not told where it lies in the members of a list either."""

from typing import Any

from hub.kinds import Kinds, OwnKind, faults
from tests.planning.paper import book_of, data, judged, noon, organisation
from tests.planning.test_moves import MOVER

_KIND, _HIDDEN = "leaving-home", "HIDDEN"
_WORKER = {"type": "object", "properties": {"label": {"type": "string"}, "secret": {"type": "string"}}}
_SCHEMA = {
    "type": "object",
    "properties": {
        "leaver": {"$ref": "Person"},
        "oldHome": {"$ref": "Address"},
        "newHome": {"$ref": "Address"},
        "workers": {"type": "array", "items": _WORKER},
    },
}
_ENTRY: dict[str, Any] = {
    "kind": _KIND, "title": "Leaving home", "subject": "leaver", "recalls": ["leaver.names"],
    "places": [{"address": ["oldHome"], "as": "leaves"}, {"address": ["newHome"], "as": "arrives"}],
}  # fmt: skip
_TOLD = {
    "leaver": MOVER, "oldHome": {"postcode": "SG1 1AA"}, "newHome": {"postcode": "WD17 1AA"},
    "workers": [{"label": "one", "secret": _HIDDEN}, {"label": "two"}],
}  # fmt: skip


def _read(**entry: Any) -> dict[str, dict[str, Any]]:
    """What a service of either town reads, whose agreement names the whole list."""
    own = OwnKind(_ENTRY | entry, _SCHEMA)
    assert faults([own]) == [[]]
    towns = {"stevenage": "E07000243", "watford": "E07000103"}
    book = book_of([organisation(town, [code], _KIND, {"team": ["workers"]}) for town, code in towns.items()], Kinds((own,)))
    return {town: data(judged(book, _KIND, _TOLD, noon(2026, 11, 21))[f"{town}.team"]) for town in towns}


def test_what_goes_to_nobody_is_left_out_of_every_member() -> None:
    for told in _read(never=["workers.secret"]).values():
        assert told["workers"] == [{"label": "one"}, {"label": "two"}]


def test_what_one_side_is_not_told_is_left_out_of_every_member_for_that_side_alone() -> None:
    told = _read(apart={"end": {"fields": ["newHome", "workers.secret"]}})
    assert told["stevenage"]["workers"] == [{"label": "one"}, {"label": "two"}]
    assert told["watford"]["workers"] == _TOLD["workers"]
