"""Proves plans: what each should say is worked out again from the policy of its day, and compared with what it says.

Only what was left out is looked for: somebody due whom a plan does not name, or keeps back though the policy of its day allowed
it. Whoever is told less than before, by a newer rule, is planned anew for other reasons.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hub.cases import planned_deliveries
from hub.planning.case import DueCase, Telling
from hub.planning.judging import judge
from hub.planning.offers import OfferBook, read_lanes
from hub.planning.reading import read_planned, read_versions
from hub.planning.whereabouts import whereabouts
from hub.privacy import Keys
from hub.recipients import of_version
from hub.store import Connection
from schemas import Fact
from schemas.days import day_of

_PLANS = """
SELECT p.case_id, p.register, p.planned_at, p.decisions FROM cases c JOIN plan p ON p.case_id = c.id AND p.version = c.effective
WHERE c.id = ANY(%b::uuid[])
"""
_TOLD = """
SELECT d.id, lane.recipient, d.subject FROM delivery d JOIN lane ON lane.id = d.lane
WHERE d.id = ANY(%(ids)b::uuid[]) AND d.id BETWEEN %(low)b AND %(high)b AND d.told
"""
_KEPT_BACK = frozenset({"held", "withheld"})
# Why somebody whom the policy allows is rightly not told by this version: they have it, or said it themselves.
_HAVE_IT = frozenset({"nothing-new", "told-already", "filtered", "bereavement-in-family"})


@dataclass(frozen=True, slots=True)
class _Plan:
    register: int
    planned_at: datetime
    decisions: Sequence[Mapping[str, Any]]


class Prover:
    """Remembers the registers of the plans it saw last: many were made under the same few."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._known: dict[int, OfferBook] = {}

    async def left_out(self, connection: Connection, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
        """Of those of `ids` that are planned: the recipients due that their plans leave out, by case; none where a plan is whole."""
        rows = await (await connection.execute(_PLANS, (list(ids),), binary=True)).fetchall()
        plans = {row[0]: _Plan(*row[1:]) for row in rows}
        books = await self._books(connection, {plan.register for plan in plans.values()})
        kinds = {id_: books[plan.register].register.kinds for id_, plan in plans.items()}
        cases = await read_planned(connection, self._keys, kinds)
        await read_versions(connection, self._keys, {case.id: case for case in cases if case.version > 1})
        told = await _told_before(connection, [case for case in cases if case.version > 1])
        found = {case.id: _missing(case, plans[case.id], books[plans[case.id].register], told.get(case.id, set())) for case in cases}
        return {id_: missing for id_, missing in found.items() if missing}

    async def _books(self, connection: Connection, versions: set[int]) -> dict[int, OfferBook]:
        """A register's lanes are there before any plan is made by it."""
        self._known = {version: book for version, book in self._known.items() if version in versions}
        if new := versions - self._known.keys():
            lanes = await read_lanes(connection)
            self._known |= {version: OfferBook(await of_version(connection, version), lanes) for version in new}
        return self._known


def _missing(case: DueCase, plan: _Plan, book: OfferBook, told: set[str]) -> list[str]:
    """The recipients whom the plan should name and does not, or should tell and keeps back."""
    decided = {str(one["recipient"]): one for one in plan.decisions}
    unnamed = told - decided.keys()
    if case.fact is Fact.ASSERTED:
        where = whereabouts(case.kind, case.content, day_of(plan.planned_at))
        for verdict in judge(case, where, book, plan.planned_at):
            one = decided.get(verdict.recipient)
            if one is None or (isinstance(verdict, Telling) and one["decision"] in _KEPT_BACK and one["rule"] not in _HAVE_IT):
                unnamed.add(verdict.recipient)
    return sorted(unnamed)


async def _told_before(connection: Connection, cases: Sequence[DueCase]) -> dict[UUID, set[str]]:
    """Who was told of each case by the plans before its newest."""
    now = {case.id: case.version for case in cases}
    planned: dict[UUID, set[UUID]] = {}
    subjects: dict[UUID, set[UUID]] = {case.id: {case.subject} for case in cases}
    for one in await planned_deliveries(connection, list(now)):
        planned.setdefault(one.delivery, set()).add(one.case)
        subjects[one.case].add(one.subject)
    if not planned:
        return {}
    given = {"ids": list(planned), "low": min(planned), "high": max(planned)}
    found: dict[UUID, set[str]] = {}
    for id_, recipient, subject in await (await connection.execute(_TOLD, given, binary=True)).fetchall():
        for case in planned[id_]:
            if subject in subjects[case]:
                found.setdefault(case, set()).add(recipient)
    return found
