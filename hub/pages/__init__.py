"""Pages for people: one request, no script, nothing fetched from anywhere, readable by a screen reader and on paper."""

from hub.pages.pages import Pages

__all__ = ["Pages"]
