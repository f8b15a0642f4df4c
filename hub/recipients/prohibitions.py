"""What may not be told to whom, whatever is agreed: rules as data (`prohibitions.yaml`), each with its source."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter

from hub.kinds import Entry, shipped
from hub.recipients.entries import LongSlug, Text

_FILE = Path(__file__).with_name("prohibitions.yaml")

_Patterns = Annotated[tuple[str, ...], Field(min_length=1)]


class Prohibition(Entry):
    """One rule. `to` and `fields` are patterns, as the head of the file says."""

    id: LongSlug
    to: _Patterns
    fields: _Patterns
    source: Text
    sentence: Text


_RULES = TypeAdapter(tuple[Prohibition, ...])


@cache
def prohibitions() -> tuple[Prohibition, ...]:
    """Every rule, in the order of the file."""
    return _RULES.validate_python(shipped(_FILE))


def prohibition(recipient: str, field: str, known: Iterable[str] = ()) -> Prohibition | None:
    """The rule that keeps `field` (a dotted path) from `recipient`, if one does.

    A branch is told whole: where `known` are the paths of the kind, one that holds a prohibited field is prohibited too.
    """
    beneath = f"{field}."
    paths = (field, *(path for path in known if path.startswith(beneath)))
    return next((rule for path in paths if (rule := _rule(recipient, path)) is not None), None)


@lru_cache(maxsize=65_536)
def _rule(recipient: str, path: str) -> Prohibition | None:
    names = path.lower().split(".")
    return next(
        (
            rule
            for rule in prohibitions()
            if any(fnmatchcase(recipient, pattern) for pattern in rule.to)
            and any(_follow(names, pattern.lower().split(".")) for pattern in rule.fields)
        ),
        None,
    )


def _follow(names: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether the names of a pattern stand in a path one after the other."""
    starts = range(len(names) - len(wanted) + 1)
    return any(all(fnmatchcase(name, pattern) for name, pattern in zip(names[start:], wanted, strict=False)) for start in starts)
