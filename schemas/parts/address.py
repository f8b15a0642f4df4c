"""Addresses as people give them. A postcode of British form is normalised; any other is kept as it was given."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from schemas.words import Line, Model, is_empty, pattern

_UNIT = re.compile(r"(GIR|[A-Z]{1,2}[0-9][A-Z0-9]?)[ ]*([0-9][A-Z]{2})")
_POSTCODE = pattern(r"^[\p{L}\p{N}][\p{L}\p{N} -]*$", "letters, figures and spaces, such as SG1 1AA")


def normal_postcode(text: str) -> str | None:
    """`sg11aa` → `SG1 1AA`; None where the text has not the form of a British postcode (BS 7666)."""
    found = _UNIT.fullmatch(text.strip().upper())
    return f"{found[1]} {found[2]}" if found else None


def _normalised(text: str) -> str:
    return normal_postcode(text) or text


Postcode = Annotated[str, StringConstraints(min_length=1, max_length=12, to_upper=True, pattern=_POSTCODE), AfterValidator(_normalised)]


class Address(Model):
    """Up to ten lines from flat to town. No line and no postcode need be known; abroad a postcode has any form."""

    lines: Annotated[tuple[Line, ...], Field(max_length=10, exclude_if=is_empty)] = ()
    postcode: Postcode | None = None
    country: Line | None = None
