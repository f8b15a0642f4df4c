"""Writes the papers: one text of each in Markdown, and the same as a page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hub.pages import Pages
from hub.papers.blanks import blank
from hub.papers.controller import controller_of
from hub.papers.flows import by_kind, by_recipient, flows_of
from hub.papers.markdown import Written, as_html, code, escaped
from hub.papers.wording import in_sentence, lasting
from hub.recipients import Register, prohibitions

_PAPERS = {
    "record-of-processing": "Record of processing",
    "contract-schedules": "Schedules of data sharing",
    "impact-assessment": "Data protection impact assessment: draft",
    "who-gets-what": "Who gets what",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper; `name` is its file's, without an ending."""

    name: str
    title: str
    markdown: str
    html: str


def papers(register: Register, on: date) -> Iterator[Paper]:
    """All papers of a register on a day. The same register and day make the same papers, to the letter."""
    flows = flows_of(register, on)
    told = by_kind(flows, register)
    shown = {
        "register": register,
        "day": on,
        "on": f"{on.day} {on:%B %Y}",
        "controller": controller_of(register),
        "told": told,
        "recipients": by_recipient(flows, register),
        "prohibitions": prohibitions(),
        "held": [flow.terms.name for one in told for flow in one.flows if flow.is_held],
    }
    for name, title in _PAPERS.items():
        yield _paper(name, name, title, shown)
    for one in told:
        title = f"Privacy notice: {in_sentence(one.kind.title)}"
        yield _paper(f"privacy-notice-{one.kind.name}", "privacy-notice", title, {**shown, "one": one})


def _paper(name: str, template: str, title: str, shown: dict[str, Any]) -> Paper:
    text = _TEMPLATES.get_template(f"{template}.md").render(title=title, **shown)
    return Paper(name, title, text, _PAGES.rendered("paper.html", title=title, body=Markup(as_html(text))))


# Escaped by `finalize`: what Jinja escapes by itself is HTML.
_TEMPLATES = Environment(
    loader=PackageLoader("hub.papers", "papers"),
    autoescape=False,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    finalize=escaped,
)
_TEMPLATES.filters |= {"code": code, "written": Written, "sentence": in_sentence, "duration": lasting}
_TEMPLATES.globals["blank"] = blank
_PAGES = Pages("hub.papers")
