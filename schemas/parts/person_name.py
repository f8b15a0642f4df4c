"""A person's names. Given and family name are both optional: there are people without the one or the other."""

from typing import Annotated

from pydantic import Field

from schemas.words import Line, Model, ShortLine, is_empty


class PersonName(Model):
    """One name of a person: given names in their order, one family name."""

    title: ShortLine | None = None
    given: Annotated[tuple[Line, ...], Field(max_length=20, exclude_if=is_empty)] = ()
    family: Line | None = None


class Alias(PersonName):
    """Another name the person was known by; `type` is the register's word: "otherwise", "formerly known as"."""

    type: ShortLine | None = None
