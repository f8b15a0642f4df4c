"""An export as a page for the person it is about."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.access.export import Export
from hub.pages import Pages

_PAGES = Pages("hub.access")


def as_page(export: Export) -> str:
    """The page, complete in itself."""
    told = [(one, list(_lines(one.content or {}, ""))) for one in export.told_us]
    return _PAGES.rendered("export.html", export=export, told=told)


def _lines(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every value under its dotted path; texts of a list on one line."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _lines(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list | tuple) and any(isinstance(inner, Mapping) for inner in value):
        for inner in value:
            yield from _lines(inner, path)
    else:
        yield path, ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
