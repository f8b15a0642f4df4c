"""Who is named in a case that is about themself: nothing more follows for them, and planning comes to an end."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from hub.cases import Arrival, Recorded, record
from hub.kinds import Kinds, OwnKind
from hub.recipients import Register, load
from schemas import SourceKind
from tests.planning.conftest import Hub
from tests.planning.family import SG1, TODAY, WD17, person, told
from tests.planning.paper import organisation

ADA = person("Ada", nino="AB123456C")
_MEMBER = {"person": ADA, "moves": True, "confirmed": True}
MOVE: dict[str, Any] = {"mover": ADA, "movedOn": TODAY.isoformat(), "oldAddress": SG1, "newAddress": WD17, "household": [_MEMBER]}
MARRIAGE: dict[str, Any] = {
    "person": ADA, "partner": ADA, "change": "marriage", "tookPlaceOn": TODAY.isoformat(), "tellForPartner": True,
}  # fmt: skip


async def _planned(hub: Hub, case: UUID) -> None:
    await asyncio.wait_for(hub.plan(case), 30)


async def _versions(hub: Hub, case: UUID) -> int:
    ((count,),) = await hub.run("SELECT count(*) FROM case_version WHERE case_id = %s", case)
    return int(count)


@pytest.mark.parametrize(
    ("kind", "content", "field"),
    [("change-of-address", MOVE, "mover.names"), ("partnership", MARRIAGE, "person.names")],
    ids=["a mover of their own household", "somebody's own partner"],
)
async def test_whoever_is_named_beside_themself_is_told_of_once_and_taken_back_once(
    hub: Hub, kind: str, content: dict[str, Any], field: str
) -> None:
    await hub.load([organisation("all", "everywhere", kind, {"team": [field]})])
    case = await hub.tell(told(kind, id_="first", **content))
    await _planned(hub, case)
    await hub.sent("all.team")
    assert await hub.tell(told(kind, minute=5, fact="retracted", corrects="first", **content)) == case
    await _planned(hub, case)
    assert await _versions(hub, case) == 2
    assert [version for _, version in await hub.rows(case)] == [1, 2]
    assert "not-followed" not in {cause for cause, _ in await hub.tasks()}


async def test_what_follows_and_becomes_part_of_the_first_case_is_said_once_and_is_a_persons_task(hub: Hub) -> None:
    """The lease is what makes two of them one case, whoever leaves."""
    names = {"type": "object", "properties": {"leaver": {"$ref": "Person"}, "other": {"$ref": "Person"}, "lease": {"type": "string"}}}
    entry = {
        "kind": "leaving-home", "title": "Leaving", "subject": "leaver", "recalls": ["leaver.names"],
        "matching": {"identities": [["lease"]]},
        "follows": [{"kind": "leaving-home", "each": "other", "content": {"leaver": "other", "lease": "lease"}}],
    }  # fmt: skip
    kinds = Kinds((OwnKind(entry, names),))
    async with hub.pool.connection() as connection:
        await load(connection, Register((organisation("all", "everywhere", "leaving-home", {"team": ["leaver.names"]}),), kinds=kinds))
    data = {"standing": "informal", "fact": "asserted", "sourceTime": "2026-03-01T00:00:00Z", "leaver": ADA} | {
        "other": person("Ben"), "lease": "L1",
    }  # fmt: skip
    event = {"specversion": "1.0", "id": "one", "source": "urn:example:family", "type": "uk.tellusonce.leaving-home.v1", "data": data}
    arrival = Arrival("family", SourceKind.CITIZEN, kinds.notifications.parse_object(event))
    (answer,) = await record(hub.pool, hub.keys, hub.blind, [arrival], kinds)
    assert isinstance(answer, Recorded)
    for _ in range(2):
        await hub.run("UPDATE cases SET plan_due = true")
        await _planned(hub, answer.case_id)
        assert await _versions(hub, answer.case_id) == 2
        assert ("not-followed", str(answer.case_id)) in await hub.tasks()
