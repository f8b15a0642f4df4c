"""The XML of an extract, record by record, as it is read.

defusedxml refuses document type declarations, and with them entities and whatever they expand to. What it leaves open is
closed here: depth, the size of one record, and markup that never ends. Elements are known by their names without prefix.
"""

from collections.abc import Iterator
from typing import BinaryIO, Union
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import Locator

from defusedxml import DefusedXmlException
from defusedxml.sax import make_parser

from hub.intake.files import BrokenFile

Node = dict[str, list[Union["Node", str]]]

_CHUNK = 64 * 1024
_LONGEST_MARKUP = 1024 * 1024  # bytes without an event: an attribute or comment that does not end
_LARGEST_RECORD = 64 * 1024  # characters of text and names
_DEEPEST = 8

GROUP, RECORD, COUNT = "DeathRegistrationGroup", "DeathRegistration", "RecordCount"


class BrokenExtract(BrokenFile):
    """The file is not a whole extract."""


class _Handler(ContentHandler):
    """Builds each record as nested lists, and lets go of it when it has been handed on."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[tuple[int, Node]] = []
        self.records = 0
        self.total: int | None = None
        self.events = 0
        self._locator: Locator | None = None
        self._open: list[tuple[str, Node]] = []
        self._text: list[str] = []
        self._size = 0
        self._started = 0

    @property
    def line(self) -> int:
        return int(self._locator.getLineNumber() or 0) if self._locator else 0

    def startElement(self, name: str, attrs: object) -> None:
        self.events += 1
        name = name.rpartition(":")[2]
        depth = len(self._open)
        if depth == 0 and name != GROUP:
            raise BrokenExtract(f"this is no extract: it does not begin with {GROUP}", self.line)
        if depth == 1:
            self._begin_member(name)
        if depth == _DEEPEST:
            raise BrokenExtract(f"elements lie more than {_DEEPEST} deep", self.line)
        self._grow(len(name))
        self._open.append((name, {}))
        self._text.clear()

    def characters(self, content: str) -> None:
        self.events += 1
        self._grow(len(content))
        self._text.append(content)

    def endElement(self, name: str) -> None:
        self.events += 1
        name, node = self._open.pop()
        text = " ".join("".join(self._text).split())
        self._text.clear()
        depth = len(self._open)
        if depth == 1 and name == COUNT:
            self._count(text)
        elif depth == 1:
            self.records += 1
            self.done.append((self._started, node))
        elif depth > 1 and (node or text):
            self._open[-1][1].setdefault(name, []).append(node or text)

    def _begin_member(self, name: str) -> None:
        if name not in (RECORD, COUNT):
            raise BrokenExtract(f"only {RECORD} and {COUNT} belong into {GROUP}", self.line)
        if self.total is not None:
            raise BrokenExtract(f"{COUNT} is not the last", self.line)
        self._started, self._size = self.line, 0

    def _grow(self, by: int) -> None:
        # Between records only white space belongs; it is not kept, and may be as long as it likes.
        if len(self._open) < 2:
            self._text.clear()
            return
        self._size += by
        if self._size > _LARGEST_RECORD:
            raise BrokenExtract(f"a record is longer than {_LARGEST_RECORD // 1024} KiB", self._started)

    def _count(self, text: str) -> None:
        if not (text.isascii() and text.isdigit() and len(text) <= 12):
            raise BrokenExtract(f"{COUNT} is not a number", self.line)
        self.total = int(text)


def elements(file: BinaryIO) -> Iterator[tuple[int, int, Node]]:
    """`(bytes read, line, record)` for every record, in the file's order; at the end the total has been compared.

    Raises `BrokenExtract` for a file that is not well-formed, not an extract, hostile, or has another total than records.
    """
    handler, parser = _Handler(), make_parser()
    parser.forbid_dtd = True
    parser.setContentHandler(handler)
    handler.setDocumentLocator(parser)
    read = quiet = seen = 0
    while chunk := file.read(_CHUNK):
        _feed(parser, chunk)
        read += len(chunk)
        quiet, seen = (0, handler.events) if handler.events > seen else (quiet + len(chunk), seen)
        if quiet > _LONGEST_MARKUP:
            raise BrokenExtract("a piece of markup is longer than 1 MiB", handler.line)
        yield from ((read, line, node) for line, node in handler.done)
        handler.done.clear()
    _feed(parser, None)
    yield from ((read, line, node) for line, node in handler.done)
    if handler.total is None:
        raise BrokenExtract(f"it has no {COUNT}: the file may have been cut off")
    if handler.total != handler.records:
        raise BrokenExtract(f"{COUNT} says {handler.total:,} and there are {handler.records:,} records")


def _feed(parser: object, chunk: bytes | None) -> None:
    try:
        parser.close() if chunk is None else parser.feed(chunk)  # type: ignore[attr-defined]
    except DefusedXmlException:
        raise BrokenExtract("it declares a document type or entities, which no extract does") from None
    except SAXParseException as error:
        raise BrokenExtract("it is not well-formed XML", error.getLineNumber()) from None
    except (UnicodeError, LookupError, ValueError):
        raise BrokenExtract("its text is not in the encoding it declares") from None
