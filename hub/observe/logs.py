"""Structured logs, one JSON object a line on stderr. Only fields named here are written: an event that carries
anything else loses it, so that nothing personal can reach a log by an oversight."""

import inspect
import logging
import re
import sys
import threading
import warnings
from collections.abc import Iterable, Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import PurePath
from traceback import extract_tb
from typing import Any, BinaryIO, TextIO
from uuid import UUID

import orjson
import structlog

from hub.settings import Settings

FIELDS = frozenset(
    (
        # what, where
        *("event", "level", "at", "role", "worker", "logger", "dropped"),
        # ids the hub made itself, and words of the register
        *("case", "version", "delivery", "message", "recipient", "lane", "connector", "agreement", "client", "kind", "register"),
        # an attempt
        *("attempt", "outcome", "status", "cause", "reason", "state", "took_ms", "bytes", "unsent", "items"),
        # records and tables
        *("topic", "partition", "offset", "paths", "count", "waiting", "duty", "epoch", "table"),
        # processes
        *("exception", "where", "signal", "pid", "port", "host", "route", "method", "seconds", "ready", "revision"),
    )
)
_LONGEST = 300
_LEFT_OUT = "…"
_QUOTES = re.compile(r"[\n<({\[]")
_PLAIN = (int, float, bool, type(None))

_base: dict[str, Any] = {}
# The descriptor and not `sys.stderr`, which others replace and close.
_out: BinaryIO = open(2, "wb", buffering=1 << 16, closefd=False)  # noqa: SIM115 - lives as long as the process

# As every room logs: `log.info("lane.opened", lane=7, recipient="…")`. The event's name is a constant.
log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


def _value(value: Any) -> Any:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_value(item) for item in value]
    if isinstance(value, str | UUID):
        return str(value)[:_LONGEST]
    return type(value).__name__


def _frames(error: BaseException) -> list[str]:
    return [_place(frame.filename, frame.lineno, frame.name) for frame in extract_tb(error.__traceback__)]


def _place(filename: str, line: int | None, function: str | None) -> str:
    return f"{'/'.join(PurePath(filename).parts[-3:])}:{line} {function or ''}".rstrip()


def _exception(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    # The message of an exception may quote a row or a body (PostgreSQL's DETAIL does): its type and place suffice.
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["exception"] = f"{type(error).__module__}.{type(error).__qualname__}"
        event["where"] = _frames(error)
    return event


def _allowed(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    kept = {key: _value(value) for key, value in event.items() if key in FIELDS}
    if len(kept) < len(event):
        kept["dropped"] = len(event) - len(kept)
    return {**_base, "at": datetime.now(UTC), **kept}


class _Foreign(logging.Handler):
    """Records of libraries: their template, with numbers filled in and every other value left out; of what is no template,
    the place alone."""

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = {"event": _said(record), "level": record.levelname.lower(), "logger": record.name}
        where = [_place(record.pathname, record.lineno, record.funcName)]
        event = _allowed(None, "", _exception(None, "", {**fields, "where": where, "exc_info": record.exc_info}))
        _out.write(orjson.dumps(event) + b"\n")
        _out.flush()


def _said(record: logging.LogRecord) -> str:
    if not isinstance(record.msg, str):
        return type(record.msg).__name__
    if record.args or _is_literal(record):
        return _template(record)
    # asyncio says first what happened, and then quotes what it happened to.
    return _QUOTES.split(record.msg, 1)[0].strip() if record.name == "asyncio" else _LEFT_OUT


def _is_literal(record: logging.LogRecord) -> bool:
    """Whether the message stands in the code that logs it: one put together there (an f-string) may quote anything."""
    frame = inspect.currentframe()
    while frame is not None and (frame.f_code.co_filename, frame.f_lineno) != (record.pathname, record.lineno):
        frame = frame.f_back
    return frame is not None and record.msg in frame.f_code.co_consts


def _template(record: logging.LogRecord) -> str:
    arguments = record.args if isinstance(record.args, tuple) else ()
    if not arguments:
        return record.msg
    shown = [a if isinstance(a, int | float) else type(a).__name__ if isinstance(a, BaseException) else _LEFT_OUT for a in arguments]
    pieces = record.msg.replace("%r", "%s").replace("%d", "%s")
    try:
        return pieces % tuple(shown)
    except (TypeError, ValueError):
        return record.msg


def _configure(level: int) -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            _exception,
            _allowed,
            structlog.processors.JSONRenderer(serializer=lambda event, **_: orjson.dumps(event)),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(_out),
        cache_logger_on_first_use=False,
    )


# From the first import: nothing logs around the list, not even before a process has named itself. A command, which never
# does, is read by a person: it says what it did itself.
_configure(logging.WARNING)


def setup_logging(settings: Settings, role: str) -> None:
    """Send this process's logs, libraries' included, as JSON lines to stderr; call once, first."""
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    _base.update(role=role, worker=settings.worker)
    _configure(level)
    logging.basicConfig(handlers=[_Foreign()], level=max(level, logging.WARNING), force=True)
    logging.getLogger("uvicorn.access").disabled = True
    # What nobody catches is logged as every other error is: Python itself would print its message.
    sys.excepthook = _crashed
    sys.unraisablehook = _unraisable
    threading.excepthook = _thread_crashed
    warnings.showwarning = _warned


def _crashed(_: type[BaseException], error: BaseException, __: object) -> None:
    log.critical("role.crashed", exc_info=error)


def _thread_crashed(crash: threading.ExceptHookArgs) -> None:
    if not issubclass(crash.exc_type, SystemExit):
        log.error("thread.crashed", exc_info=crash.exc_value)


def _unraisable(raised: "sys.UnraisableHookArgs") -> None:
    log.error("python.unraisable", exc_info=raised.exc_value)


def _warned(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, file: TextIO | None = None, line: str | None = None
) -> None:
    log.warning("python.warned", exception=category.__qualname__, where=[_place(filename, lineno, None)])


def wide_events(name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Log many events of one name in one write: the hot path's way (about 2 µs an event). Values are plain already."""
    base = {**_base, "event": name, "level": "info", "at": datetime.now(UTC)}
    lines = [orjson.dumps({**base, **{key: value for key, value in row.items() if key in FIELDS}}, default=_value) for row in rows]
    if lines:
        _out.write(b"\n".join(lines) + b"\n")
        _out.flush()
