"""Reads notifications from HTTP requests: CloudEvents 1.0 in structured, binary and batch mode (HTTP protocol binding 1.0.2)."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

import orjson
from pydantic import ValidationError

from hub.intake.limits import MOST_NESTED, MOST_VALUES, has_too_many_nested, has_too_many_values, holds_too_many_values, is_too_deep
from hub.intake.problems import invalid, too_large, unknown_media
from hub.kinds import Kinds
from hub.observe import log
from hub.problems import Problem, defect, malformed
from hub.settings import Settings
from schemas import Notification, Notifications, faults

ONE, BATCH, PLAIN = b"application/cloudevents+json", b"application/cloudevents-batch+json", b"application/json"
_ACCEPTED = "application/cloudevents+json, application/cloudevents-batch+json, or application/json with ce-… headers"
_KEY = re.compile(r"[!-~]{1,255}")
_ATTRIBUTES = ("specversion", "id", "source", "type", "time", "subject", "dataschema", "corrects", "originid")


class Media:
    """Which content types a door takes, and how many bytes of each."""

    def __init__(self, limits: Mapping[bytes, int], accepted: str) -> None:
        self._limits = limits
        self._accepted = accepted

    def media_type(self, headers: Mapping[bytes, bytes]) -> bytes:
        """One of those taken. Raises `Problem` (415)."""
        kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if kind not in self._limits:
            raise unknown_media(self._accepted)
        return kind

    def check_size(self, kind: bytes, size: int) -> None:
        """Raises `Problem` (413)."""
        if size > self._limits[kind]:
            raise too_large(f"at most {self._limits[kind]} bytes")


class Reader(Media):
    """Reads within the limits of the settings."""

    def __init__(self, settings: Settings, kinds: Callable[[], Kinds]) -> None:
        self._kinds = kinds
        self._depth = settings.max_depth
        self._items = settings.max_batch_items
        limits = {ONE: settings.max_body_bytes, PLAIN: settings.max_body_bytes, BATCH: settings.max_batch_bytes}
        super().__init__(limits, _ACCEPTED)

    def one(self, kind: bytes, headers: Mapping[bytes, bytes], raw: bytes) -> Notification:
        """The notification of a request that carries one. Raises `Problem`."""
        check_nesting(raw, self._depth)
        if has_too_many_values(raw):
            raise _too_many_values()
        read_by = self._kinds().notifications
        try:
            if kind == PLAIN and b"ce-specversion" in headers:
                return read_by.parse_object(_from_headers(headers, raw))
            return read_by.parse(raw)
        except ValidationError as error:
            raise _refused(error, read_by) from None

    def batch(self, raw: bytes) -> list[Any]:
        """The items of a batch, unread. Raises `Problem` where it is no batch."""
        check_nesting(raw, self._depth + 1)
        items = _json(raw, "a JSON array of CloudEvents")
        if not isinstance(items, list) or not items:
            raise malformed("", "is not a batch", "a JSON array of at least one CloudEvent")
        if len(items) > self._items:
            raise too_large(f"at most {self._items} items")
        return items

    def item(self, item: Any) -> Notification | Problem:
        """One item of a batch, or what is wrong with it."""
        if not isinstance(item, dict):
            return malformed("", "is not an object", "a CloudEvent")
        if holds_too_many_values(item):
            return _too_many_values()
        read_by = self._kinds().notifications
        try:
            return read_by.parse_object(item)
        except ValidationError as error:
            return _refused(error, read_by)
        except Exception as error:  # a mistake of ours in one item harms no other
            log.error("intake.defect", exc_info=error)
            return defect()


def check_nesting(raw: bytes, depth: int) -> None:
    """Raises `Problem` (400) for JSON that is nested deeper, or has more objects and lists than any reader needs."""
    if has_too_many_nested(raw):
        raise malformed("", "has too many objects and lists", f"at most {MOST_NESTED} in all")
    if is_too_deep(raw, depth):
        raise malformed("", "is nested too deeply", f"at most {depth} levels")


def read_json(raw: bytes, depth: int) -> Any:
    """The JSON of one event, whatever its vocabulary. Raises `Problem` (400) for what is none, or more than any event is."""
    check_nesting(raw, depth)
    if has_too_many_values(raw):
        raise _too_many_values()
    return _json(raw, "a JSON object in UTF-8")


def idempotency_key(headers: Mapping[bytes, bytes]) -> str | None:
    """The caller's own key. Raises `Problem` (400) where it has not the form of one."""
    given = headers.get(b"idempotency-key")
    if given is None:
        return None
    key = given.decode("latin-1")
    if not _KEY.fullmatch(key):
        raise malformed("Idempotency-Key", "is not of the form accepted", "1 to 255 visible ASCII characters")
    return key


def _from_headers(headers: Mapping[bytes, bytes], raw: bytes) -> dict[str, Any]:
    event: dict[str, Any] = {"data": _json(raw, "a JSON object in UTF-8")}
    for name in _ATTRIBUTES:
        value = headers.get(b"ce-" + name.encode())
        if value is not None:
            event[name] = _attribute(name, value)
    return event


def _attribute(name: str, value: bytes) -> str:
    try:
        return unquote_to_bytes(value).decode()
    except UnicodeDecodeError:
        raise malformed(f"ce-{name}", "is not UTF-8", "text in UTF-8, percent-encoded") from None


def _refused(error: ValidationError, read_by: Notifications) -> Problem:
    """As malformed where there is no field to name: it is no JSON, no object, or something else altogether."""
    found = faults(error, read_by)
    first = found[0]
    return invalid(found) if first.field else malformed(first.field, first.fault, first.accepted)


def _too_many_values() -> Problem:
    return malformed("", "has too many members", f"at most {MOST_VALUES} members and items in all")


def _json(raw: bytes, accepted: str) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise malformed("", "is not JSON", accepted) from None
