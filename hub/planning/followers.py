"""Keeps a place for everybody for whom something follows from a case, and finds what is to be told of them under a version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from hub.cases import is_own_client, read_versions
from hub.kinds import Kinds
from hub.planning.case import DueCase, FirstHand
from hub.planning.following import OVER, Place, Saying, Wanted, ending, match, said_of, telling, wanted_of
from hub.privacy import Blind, Keys
from hub.store import Connection
from schemas import Fact

_PLACES = """
SELECT coalesce(c.merged_into, c.id), f.mark, f.kind, f.person, f.said, EXISTS (
  SELECT FROM blind_key b JOIN cases theirs ON theirs.id = b.case_id
  WHERE b.key = f.mark AND coalesce(theirs.merged_into, theirs.id) = coalesce(c.merged_into, c.id))
FROM follower f JOIN cases c ON c.id = f.of_case
WHERE c.id = ANY(%(cases)b::uuid[]) OR c.merged_into = ANY(%(cases)b::uuid[]) ORDER BY f.recorded_at, f.mark
"""
_KEEP = """
INSERT INTO follower (mark, of_case, kind, person) VALUES (%b, %b, %b, %b::bytea[])
ON CONFLICT (mark) DO UPDATE SET person = excluded.person WHERE follower.person <> excluded.person
"""
# Their case, and whether another case speaks of them as well: then it goes on.
_CASE = """
SELECT root.id, EXISTS (
  SELECT FROM blind_key b JOIN cases c ON c.id = b.case_id JOIN follower f ON f.mark = b.key
  WHERE (c.id = root.id OR c.merged_into = root.id) AND f.mark <> %(mark)b AND f.said <> '')
FROM blind_key own JOIN cases c ON c.id = own.case_id JOIN cases root ON root.id = coalesce(c.merged_into, c.id)
WHERE own.key = %(mark)b
"""
_SAID = "UPDATE follower SET said = %b WHERE mark = %b"


@dataclass(frozen=True, slots=True)
class Following:
    """What is to be recorded before a case's version is planned. `refused`: the marks of those places for which it could not be."""

    case: UUID
    version: int
    sayings: Sequence[Saying] = field(repr=False)
    refused: frozenset[bytes] = frozenset()


class Followers:
    """`source` is the hub's public URL, under which it tells itself."""

    def __init__(self, keys: Keys, blind: Blind, source: str) -> None:
        self._keys = keys
        self._blind = blind
        self._source = source

    async def due(self, connection: Connection, kinds: Kinds, cases: Sequence[DueCase], with_past: set[UUID]) -> list[Following]:
        """What of these locked cases is not recorded yet. Places are kept in the caller's transaction."""
        leads = [(case, case.first_hand) for case in cases if case.kind.follows and case.first_hand is not None]
        wanted = {case.id: wanted_of(case.kind, told, kinds, self._blind) for case, told in leads}
        places = await self._places(connection, [case for case, some in wanted.items() if some or case in with_past])
        leading = [(case, told) for case, told in leads if wanted[case.id] or case.id in places]
        found = [await self._of(connection, kinds, case, told, wanted[case.id], places.get(case.id, ())) for case, told in leading]
        return [one for one in found if one.sayings]

    async def note(self, connection: Connection, following: Following) -> None:
        """It is recorded: remember what was said, with the plan that rests on it. What was refused is not said."""
        for saying in (one for one in following.sayings if one.place.mark not in following.refused):
            await connection.execute(_SAID, (saying.said, saying.place.mark))

    async def _of(
        self, connection: Connection, kinds: Kinds, case: DueCase, told: FirstHand, wanted: Sequence[Wanted], places: Sequence[Place]
    ) -> Following:
        theirs = match(wanted, places)
        sayings: list[Saying] = []
        unfollowed: list[str] = []
        for one, place in zip(wanted, theirs, strict=True):
            if place.said == said_of(one.data, self._blind):
                continue
            saying = telling(case.version, told.source_kind, place, one.data, self._source, kinds, self._blind)
            # What became part of the leading case would make a new version of it each time it is said.
            if saying is None or place.is_within:
                unfollowed.append(one.kind)
                continue
            await connection.execute(_KEEP, (place.mark, case.id, place.kind, sorted(place.person)))
            sayings.append(saying)
        named = {place.mark for place in theirs}
        for place in places:
            if place.said != OVER and not place.is_within and place.mark not in named:
                sayings += await self._end(connection, kinds, case.version, told, place)
        case.unfollowed = tuple(unfollowed)
        return Following(case.id, case.version, sayings)

    async def _places(self, connection: Connection, cases: list[UUID]) -> Mapping[UUID, Sequence[Place]]:
        found: dict[UUID, list[Place]] = {}
        if cases:
            rows = await (await connection.execute(_PLACES, {"cases": cases}, binary=True)).fetchall()
            for case, mark, kind, person, said, is_within in rows:
                found.setdefault(case, []).append(Place(bytes(mark), kind, frozenset(map(bytes, person)), said, is_within))
        return found

    async def _end(self, connection: Connection, kinds: Kinds, version: int, told: FirstHand, place: Place) -> list[Saying]:
        """That what was told of somebody is over; none where nothing was, or where it can be read no more."""
        row = await (await connection.execute(_CASE, {"mark": place.mark}, binary=True)).fetchone()
        if row is None:
            return []
        theirs, goes_on = row
        if goes_on:
            return [Saying(place, None, OVER)]
        _, readable = await read_versions(connection, self._keys, theirs)
        earlier = [one.content for one in readable if is_own_client(one.client) and one.fact is Fact.ASSERTED]
        if not earlier:
            return []
        saying = telling(version, told.source_kind, place, ending(told.content, earlier), self._source, kinds, self._blind)
        return [saying] if saying else []
