"""What the register cannot know stands in a paper as a blank that nobody overlooks."""

import re

_OPENS, _CLOSES = "[[ to be filled in: ", " ]]"
_BLANK = re.compile(f"{re.escape(_OPENS)}.*?{re.escape(_CLOSES)}")


class Blank(str):
    """One such place; its text is the hub's own."""

    __slots__ = ()


def blank(what: str) -> Blank:
    """The place for `what`."""
    return Blank(f"{_OPENS}{what}{_CLOSES}")


def blanks_in(text: str) -> int:
    """How many are left. What a register says so itself is escaped, and no blank."""
    return text.count(_OPENS)


def marked(html: str) -> str:
    """`html` with every one of them marked."""
    return _BLANK.sub(r"<mark>\g<0></mark>", html)
