"""JSON of others, taken apart: what is not of the form expected is refused by its path, in the sender's words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from hub.intake.translation import NotTaken
from schemas import Fault

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Member:
    """A value and the path to it; None where there is nothing. Paths are made of names the hub asks for, never of what was sent."""

    value: Any
    path: str = ""

    def __bool__(self) -> bool:
        return self.value not in (None, "", [], {})

    def at(self, *names: str) -> "Member":
        """The member under `names`, one below the other. Raises `NotTaken` where one above it is no object."""
        member = self
        for name in names:
            if not isinstance(member.value, dict | None):
                raise member.refused("is not an object", "an object")
            path = f"{member.path}.{name}" if member.path else name
            member = Member((member.value or {}).get(name), path)
        return member

    def items(self) -> Iterator["Member"]:
        """The items of a list. Raises `NotTaken` where it is something else."""
        if not isinstance(self.value, list | None):
            raise self.refused("is not a list", "a list")
        return (Member(item, f"{self.path}.{position}") for position, item in enumerate(self.value or ()))

    def first(self, holds: Callable[["Member"], object] = lambda _: True) -> "Member":
        """The first item of which that is so, or nothing."""
        return next((item for item in self.items() if holds(item)), Member(None, self.path))

    def text(self) -> str:
        """Its text, empty where there is none. Raises `NotTaken` where it is something else."""
        if not isinstance(self.value, str | None):
            raise self.refused("is not text", "a string")
        return self.value or ""

    def needed(self, accepted: str) -> "Member":
        """Itself. Raises `NotTaken` where there is nothing."""
        if not self:
            raise self.refused("is missing", accepted)
        return self

    def one_of(self, words: Mapping[str, T]) -> T:
        """What its text stands for. Raises `NotTaken` where it is not among them."""
        accepted = ", ".join(words)
        if (word := self.needed(accepted).text()) not in words:
            raise self.refused("is not known", accepted)
        return words[word]

    def refused(self, fault: str, accepted: str) -> NotTaken:
        return NotTaken(Fault(self.path, fault, accepted))
