"""What every part of an entry is, of a kind or of a recipient: written in camelCase, nothing unknown taken, paths in the wire's names."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel

from schemas.words import pattern

_PATH = pattern(r"^[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*)*$", "a dotted path, such as deceased.names.family")
_SLUG = pattern(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", "small letters and figures, with hyphens between, such as council-tax")

Path = Annotated[str, StringConstraints(pattern=_PATH, max_length=200)]
Paths = tuple[Path, ...]
# A member of the event itself.
Member = Annotated[str, StringConstraints(pattern=r"^[a-z][A-Za-z0-9]*$", max_length=40)]
Members = tuple[Member, ...]
# Ids end in topic names, where a full stop parts organisation from service and an underscore would clash with it.
Slug = Annotated[str, StringConstraints(pattern=_SLUG, max_length=40)]


class Entry(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, hide_input_in_errors=True
    )
