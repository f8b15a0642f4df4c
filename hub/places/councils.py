"""The councils of Great Britain, past, present and decided, and who succeeds whom on which day."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class CouncilKind(StrEnum):
    """What a council is in the structure of local government."""

    COUNTY = "county"
    DISTRICT = "district"
    UNITARY = "unitary"
    METROPOLITAN = "metropolitan"
    LONDON = "london"
    SCOTTISH = "scottish"
    WELSH = "welsh"
    COMBINED = "combined"


@dataclass(frozen=True, slots=True)
class Council:
    """`code` is its GSS code; a council decided and not yet coded has a name of its own (`west-surrey`).

    `name` is that of its area, `official` its own. `codes` are all it is known by, the present one first. `ended` is the
    first day on which it is no more.
    """

    code: str
    name: str
    official: str
    kind: CouncilKind
    nation: str
    codes: tuple[str, ...]
    county: str | None = None
    combined: str | None = None
    ended: date | None = None
    successors: tuple[str, ...] = ()

    def is_standing(self, on: date) -> bool:
        return self.ended is None or on < self.ended


@dataclass(frozen=True, slots=True)
class Succession:
    """One council's end and who took over, by their codes."""

    ended: str
    successor: str
    on: date


@dataclass(frozen=True, slots=True)
class Ending:
    """A council that ends, the first day without it, and who takes over: several where its area is split up."""

    council: Council
    on: date
    successors: tuple[Council, ...]


class Councils:
    """All councils by every code they are or were known by."""

    def __init__(self, councils: Iterable[Council]) -> None:
        self._all = tuple(councils)
        self._by_code = {code: council for council in self._all for code in council.codes}
        self._before: dict[str, list[Council]] = {}
        for council in self._all:
            for successor in self.successors(council):
                self._before.setdefault(successor.code, []).append(council)

    @classmethod
    def from_json(cls, rows: Iterable[Mapping[str, Any]]) -> "Councils":
        """As `hub.places.build` writes them."""
        return cls(
            Council(
                code=row["code"],
                name=row["name"],
                official=row["official"],
                kind=CouncilKind(row["kind"]),
                nation=row["nation"],
                codes=(row["code"], *row.get("former", ())),
                county=row.get("county"),
                combined=row.get("combined"),
                ended=date.fromisoformat(row["ended"]) if "ended" in row else None,
                successors=tuple(row.get("successors", ())),
            )
            for row in rows
        )

    def __iter__(self) -> Iterator[Council]:
        return iter(self._all)

    def get(self, code: str) -> Council | None:
        return self._by_code.get(code)

    def successors(self, council: Council) -> tuple[Council, ...]:
        return tuple(found for code in council.successors if (found := self.get(code)))

    def endings(self) -> Iterator[Ending]:
        """Every end that has been or is decided."""
        return (Ending(one, one.ended, self.successors(one)) for one in self if one.ended)

    def before(self, council: Council) -> Sequence[Council]:
        """Those that ended and whose area, or a part of it, `council` took over."""
        return self._before.get(council.code, ())

    def on(self, code: str, day: date) -> tuple[Council | None, tuple[Succession, ...]]:
        """Who stands in for `code` on `day`, and by which successions; None where several share it or nobody is known."""
        passed: list[Succession] = []
        council = self.get(code)
        while council is not None and council.ended is not None and council.ended <= day:
            if len(council.successors) != 1:
                return None, tuple(passed)
            passed.append(Succession(council.code, council.successors[0], council.ended))
            council = self.get(council.successors[0])
        return council, tuple(passed)
