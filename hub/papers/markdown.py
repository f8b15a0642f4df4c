"""Markdown that says what was meant: a register's texts are input, and none of them is markup."""

import re
from typing import Any

from markdown_it import MarkdownIt

from hub.papers.blanks import Blank, marked

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&!$])")
_AT_START = re.compile(r"^([-+=]|[0-9]+(?=[.)]))")
_HTML = MarkdownIt("commonmark", {"html": False}).enable("table")


class Written(str):
    """Markdown of the hub's own making."""

    __slots__ = ()


def escaped(value: Any) -> str:
    """`value` as text on one line of Markdown, in a table or out of it."""
    if isinstance(value, Written | Blank):
        return value
    text = _MARKUP.sub(r"\\\1", " ".join(str(value).split()))
    return _AT_START.sub(lambda found: f"\\{found[1]}" if not found[1].isdigit() else f"{found[1]}\\", text)


def code(value: Any) -> Written:
    """`value` as code: an id or a path."""
    return Written("`" + str(value).replace("`", "'").replace("|", "\\|").replace("\n", " ") + "`")


def as_html(text: str) -> str:
    """The same as HTML, with blanks marked; tags in it stay text."""
    return marked(_HTML.render(text))
