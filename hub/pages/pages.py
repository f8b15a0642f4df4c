"""Renders the pages of a room in the frame that all of the hub's pages share."""

import base64
import hashlib
from importlib.resources import files

from fastapi import Response
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

_CSS = (files("hub.pages") / "pages" / "page.css").read_text()
_CSS_HASH = base64.b64encode(hashlib.sha256(_CSS.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_CSS_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

# A link to a page may be a key: it stays out of caches, of search engines and of other sites' logs.
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": _POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
}


class Pages:
    """The templates in the folder `pages` of `package`; each begins with `{% extends "layout.html" %}`."""

    def __init__(self, package: str) -> None:
        loader = ChoiceLoader([PackageLoader(package, "pages"), PackageLoader("hub.pages", "pages")])
        self._templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
        self._templates.globals["css"] = Markup(_CSS)
        self._templates.filters["code"] = _code

    def response(self, name: str, status: int, **shown: object) -> Response:
        """The page `name`, filled in, in the answer that carries it."""
        return Response(self.rendered(name, **shown), status, _HEADERS, "text/html; charset=utf-8")

    def rendered(self, name: str, **shown: object) -> str:
        """The page `name`, filled in, as a document of its own."""
        return self._templates.get_template(name).render(**shown)


def _code(text: str) -> Markup:
    """What stands between backticks, as code."""
    pieces = text.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(piece) if at % 2 else piece for at, piece in enumerate(pieces))
