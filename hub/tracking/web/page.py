"""The status page: what a case's tellers and their families read."""

from fastapi import Response

from hub.cases import group_reference
from hub.pages import Pages
from hub.tracking.words import page_of
from schemas import CaseStatus

_PAGES = Pages("hub.tracking.web")


def status_page(status: CaseStatus, title: str) -> Response:
    """The whole page, for whoever holds the signed link. `title` is the kind of change, for people."""
    return _PAGES.response("status.html", 200, page=page_of(status, title))


def received_page(reference: str) -> Response:
    """What a bare reference shows: that it was received."""
    return _PAGES.response("received.html", 200, reference=group_reference(reference))


def erased_page() -> Response:
    """What is left of an erased case."""
    return _PAGES.response("erased.html", 410)


def unknown_page() -> Response:
    """For a link that is wrong or has ended, and for a reference that was never given."""
    return _PAGES.response("unknown.html", 404)
