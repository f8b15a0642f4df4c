"""What others got wrong, (a) to (n), has a test here each, wherever the room is that answers for it."""

import re
from collections import Counter
from pathlib import Path

_TESTS = Path(__file__).parents[1]
_NAMED = re.compile(r"def test_trap_([a-z])_")
_TRAPS = {
    "a": "routing by a marker the recipient must set: unmarked deaths silently never arrived",
    "b": "the last failed retry deletes the row",
    "c": "HTTP 500 counted as delivered",
    "d": "only the first record of a batch read",
    "e": "the store drops a duplicate and the bus publishes it again",
    "f": "an alert that fires for the first dead letter only",
    "g": "redriven dead letters that come straight back",
    "h": "a second subscription with the same key overwrites the first",
    "i": "cancel-then-create read as 'not dead'",
    "j": "a national identity number in the event's subject and in URLs",
    "k": "minutes of a recipient's outage lost a sixth of its notifications for good",
    "l": "one council told where two should be",
    "m": "an error in the registration made the family start again with a new reference",
    "n": "the second reporter is blocked instead of thanked",
}


def test_every_trap_has_a_test_named_after_it() -> None:
    found = Counter(letter for path in _TESTS.rglob("test_*.py") for letter in _NAMED.findall(path.read_text()))
    assert found.keys() == _TRAPS.keys(), sorted(_TRAPS.keys() ^ found.keys())
