"""What a case tells, cut for each offer: made once for those with the same fields and the same part."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from hub.kinds import Part, at
from hub.planning.case import Content, DueCase
from hub.planning.offers import Offer
from hub.policy import Minimiser


class Bodies:
    """The payloads of one case."""

    def __init__(self, case: DueCase) -> None:
        self._case = case
        self._contents: dict[Part | None, Content] = {}
        self._made: dict[tuple[Minimiser, Part | None], tuple[bytes, tuple[str, ...]]] = {}

    def body(self, offer: Offer, part: Part | None) -> tuple[bytes, tuple[str, ...]]:
        """The payload as JSON, and the paths it discloses."""
        key = offer.cut, part  # one for each set of fields
        made = self._made.get(key)
        if made is None:
            data, fields = offer.cut(self.content(part))
            made = self._made[key] = (orjson.dumps(data), fields)
        return made

    def content(self, part: Part | None) -> Content:
        """What any agreement may take from for this part: nothing that goes to nobody, nothing of the other side."""
        content = self._contents.get(part)
        if content is None:
            kind = self._case.kind
            apart = kind.apart.get(part) if part is not None else None
            kept_back = kind.to_nobody
            if apart is not None and not (apart.unless is not None and at(self._case.content, apart.unless) is True):
                kept_back = (*kept_back, *apart.fields)
            content = self._contents[part] = without(self._case.content, kept_back)
        return content


def without(content: Content, paths: Iterable[str]) -> Content:
    """`content` without what lies at `paths`, lists gone through member by member; what is left is shared, not copied."""
    for path in paths:
        content = _without(content, path.split("."))
    return content


def _without(content: Content, path: list[str]) -> Content:
    name, *below = path
    if name not in content:
        return content
    if not below:
        return {key: value for key, value in content.items() if key != name}
    return {**content, name: _within(content[name], below)}


def _within(inner: Any, below: list[str]) -> Any:
    if isinstance(inner, list):
        return [_within(member, below) for member in inner]
    return _without(inner, below) if isinstance(inner, Mapping) else inner
