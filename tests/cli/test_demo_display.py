"""What the demo shows, as wide as the terminal is."""

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from hub.cli.demo.account import Account, Row
from hub.cli.demo.display import Display

_SAYS = "Has received it and updated its records."
_NAMES = [f"Driving licences {number}, Driver and Vehicle Agency" for number in range(40)]


def _row(place: str, name: str, state: str = "applied", means: str = _SAYS) -> Row:
    return Row(
        f"{place} ref", f"{place}, told by a registrar", name.split(",")[0], name, state, means, datetime.now(UTC), state == "applied"
    )


def _shown(width: int, height: int) -> list[str]:
    """The lines of the one frame shown in a terminal of this size."""
    console = Console(file=io.StringIO(), force_terminal=True, width=width, height=height, color_system=None, legacy_windows=False)
    rows = [_row(place, name) for place in ("Hertford", "Watford") for name in _NAMES]
    with Display(console, {}) as display:
        display.show(Account(tuple(rows), 2, 2))
        assert isinstance(console.file, io.StringIO)
        return console.file.getvalue().split("\n")


@pytest.mark.parametrize(("width", "height", "with_sentence"), [(80, 24, False), (120, 40, True)])
def test_names_are_whole_and_all_fits_and_sentences_come_where_there_is_room(width: int, height: int, with_sentence: bool) -> None:
    lines = _shown(width, height)
    assert len(lines) <= height
    assert any("Watford, told by a registrar" in line for line in lines)
    named = [line for line in lines if "Driving" in line]
    assert all("Driver and Vehicle Agency  " in line and "applied" in line for line in named)
    assert all(("Has received it" in line) is with_sentence for line in named)


def test_at_the_end_what_many_did_is_counted_and_what_few_did_is_told() -> None:
    console = Console(file=io.StringIO(), width=80)
    rows = [*(_row("Hertford", name) for name in _NAMES), _row("Hertford", "Housing, Hertford", "rejected", "“There is no tenancy.”")]
    Display(console, {"Driving licences 7": "It is slow."}).show_all(Account(tuple(rows), 1, 1))
    assert isinstance(console.file, io.StringIO)
    said = " ".join(console.file.getvalue().split())
    assert f"Hertford, told by a registrar Hertford ref applied 39 services: {_SAYS}" in said
    assert f"applied Driving licences 7, Driver and Vehicle Agency: It is slow. {_SAYS}" in said
    assert "rejected Housing, Hertford: “There is no tenancy.”" in said


def test_why_a_recipient_is_slow_is_not_said_where_it_is_not_told_yet() -> None:
    console = Console(file=io.StringIO(), width=80)
    rows = [_row("Hertford", "Housing, Hertford"), _row("Watford", "Housing, Hertford", "held", "Will be told on 28 November.")]
    Display(console, {"Housing": "It is slow."}).show_all(Account(tuple(rows), 2, 2))
    assert isinstance(console.file, io.StringIO)
    said = " ".join(console.file.getvalue().split())
    assert f"Housing, Hertford: It is slow. {_SAYS}" in said
    assert "Housing, Hertford: Will be told on 28 November." in said
