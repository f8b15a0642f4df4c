"""All kinds of change that a hub knows: those built in, and those of its own register."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import schemas
from hub.kinds.kind import Kind
from hub.kinds.shipped import shipped
from schemas import FOR_THE_HUB, KINDS, LifeEvent, Notifications, field_paths
from schemas.own import own_model

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class OwnKind:
    """A kind as a register brings it: the entry (over the built-in one of that name, if there is one), and the schema of one's own."""

    entry: Mapping[str, Any]
    schema: Mapping[str, Any] | None = None


class UnknownKind(KeyError):
    """No kind of this name: the register that knew it is gone."""


@dataclass(frozen=True)
class Kinds:
    """Kinds by name, with their models. Raises what reading an own kind raises: see `hub.kinds.checking`."""

    own: Sequence[OwnKind] = ()
    _kinds: dict[str, Kind] = field(init=False, default_factory=dict)
    _models: dict[str, type[LifeEvent]] = field(init=False, default_factory=dict)
    _paths: dict[str, frozenset[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._models.update(KINDS)
        self._kinds.update({name: Kind.model_validate(entry) for name, entry in _entries().items()})
        for one in self.own:
            kind = Kind.model_validate({**_entries().get(str(one.entry.get("kind")), {}), **one.entry})
            self._kinds[kind.name] = kind
            if one.schema is not None:
                self._models[kind.name] = own_model(kind.name, one.schema)

    def __getitem__(self, kind: str) -> Kind:
        found = self._kinds.get(kind)
        if found is None:
            raise UnknownKind(kind)
        return found

    def __contains__(self, kind: str) -> bool:
        return kind in self._kinds

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def model(self, kind: str) -> type[LifeEvent]:
        return self._models[kind]

    def field_paths(self, kind: str) -> frozenset[str]:
        """What an agreement about this kind may name."""
        found = self._paths.get(kind)
        if found is None:
            paths = field_paths(self._models[kind])
            found = self._paths[kind] = frozenset(path for path in paths if not is_below(path, self[kind].never))
        return found

    def all_paths(self, kind: str) -> frozenset[str]:
        """What the entry of a kind may name: also what no agreement may."""
        return field_paths(self._models[kind]) | FOR_THE_HUB

    @cached_property
    def notifications(self) -> Notifications:
        """What reads notifications of these kinds."""
        return Notifications(self._models) if self.own else schemas.BUILT_IN


def is_below(path: str, branches: Iterable[str]) -> bool:
    """Whether a dotted path is one of these, or lies below one."""
    return any(path == branch or path.startswith(f"{branch}.") for branch in branches)


@cache
def _entries() -> Mapping[str, Mapping[str, Any]]:
    return {entry["kind"]: entry for entry in map(shipped, sorted(_DATA.glob("*.yaml")))}


BUILT_IN = Kinds()
