"""What one case has to do with others: those that follow from it, and those that are about the same people."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hub.kinds.entry import Entry, Path, Paths, Slug


class Follow(Entry):
    """A case of `kind` follows for everybody at `each` (a list, or one) for whom all of `when` is true.

    `content` says what they are told with: a member of the case that follows, and the path here from which it is taken. A
    path that begins with that of `each` is the one person's. With `confirmed`, nothing is sent of somebody for whom that is
    not true until it is, or until they say it themselves.
    """

    kind: Slug
    each: Path
    when: Paths = ()
    confirmed: Path | None = None
    content: Annotated[Mapping[Path, Path], Field(min_length=1)]

    def paths(self) -> Paths:
        """Every path of the case from which it follows."""
        return (self.each, *self.when, *((self.confirmed,) if self.confirmed else ()), *self.content.values())


class Role(StrEnum):
    """What somebody is in a case. Only the first two change what is told of other cases: what offers or reminds is not."""

    DEAD = "dead"
    BEREAVED = "bereaved"
    PERSON = "person"
    CHILD = "child"
    PARENT = "parent"


GRIEVING = frozenset({Role.DEAD, Role.BEREAVED})


class Tie(Entry):
    """Cases of any kind whose ties of one `name` have the same values, at `of`, are about the same person or the same
    confinement. It is made where all of them are given, dates in full. It never makes one case of two."""

    name: Slug
    role: Annotated[Role, Field(alias="as")]
    of: Annotated[Paths, Field(min_length=1, max_length=5)]
