"""What each teller reads of two cases that became one: the same deliveries, told before or after, and nothing of each other."""

from uuid import UUID

from hub.cases import Recorded, merge, record, undo
from hub.policy import explain
from hub.tracking import case_status, disclosures
from hub.tracking.case import find_reference
from hub.tracking.directory import Directory
from schemas import CaseStatus, SourceKind
from tests.cases.deaths import death
from tests.planning.conftest import Hub
from tests.planning.test_parting import HERE, THERE, who


async def told(hub: Hub, number: int, client: str) -> Recorded:
    who_ = who("Ada", nino="AB000001C") if number == 1 else who("Ada", "WD17 1XL", nino="AB000002C")
    arrival = death(number, client=client, source_kind=SourceKind.REGISTER, deceased=who_)
    [answer] = await record(hub.pool, hub.keys, hub.blind, [arrival])
    assert isinstance(answer, Recorded)
    return answer


async def seen(hub: Hub, reference: str) -> CaseStatus:
    register = await hub.register()
    async with hub.pool.connection() as connection:
        found = await find_reference(connection, reference)
        assert found is not None
        return await case_status(connection, hub.keys, Directory(lambda: register, explain), reference, found)


async def read_of(hub: Hub, case: UUID) -> set[str]:
    """Whom the record of disclosures names."""
    register = await hub.register()
    async with hub.pool.connection() as connection:
        found = await disclosures(connection, Directory(lambda: register, explain), "", case)
    return {one.recipient for one in found.disclosures}


async def plan_and_send(hub: Hub, *cases: UUID) -> None:
    await hub.plan(*cases)
    await hub.run("UPDATE delivery SET state = 10, told = true, first_attempt_at = now() WHERE state = 1")


async def test_each_teller_of_a_merged_case_reads_the_same_of_recipients_and_nothing_of_the_other_teller(hub: Hub) -> None:
    first, second = await told(hub, 1, "registrar-of-here"), await told(hub, 2, "registrar-of-there")
    await plan_and_send(hub, first.case_id, second.case_id)
    await merge(hub.pool, hub.keys, first.case_id, second.case_id, "clerk")
    await plan_and_send(hub, first.case_id)

    views = [await seen(hub, one.reference) for one in (first, second)]
    assert views[0].deliveries == views[1].deliveries
    assert {delivery.recipient for delivery in views[0].deliveries} >= {HERE, THERE}
    assert not {one.recipient for one in views[0].not_told} & {delivery.recipient for delivery in views[0].deliveries}
    for view, other in zip(views, (second, first), strict=True):
        text = view.model_dump_json()
        assert other.reference not in text
        assert "registrar-of" not in text

    await undo(hub.pool, hub.keys, first.case_id, second.case_id, "clerk")
    await plan_and_send(hub, first.case_id, second.case_id)
    here, there = [await seen(hub, one.reference) for one in (first, second)]
    assert HERE not in {delivery.recipient for delivery in there.deliveries}
    assert THERE in {delivery.recipient for delivery in there.deliveries if delivery.told}
    assert HERE in {delivery.recipient for delivery in here.deliveries if delivery.told}
    assert THERE not in {delivery.recipient for delivery in here.deliveries}
    for case, theirs, strange in ((first.case_id, HERE, THERE), (second.case_id, THERE, HERE)):
        named = await read_of(hub, case)
        assert theirs in named
        assert strange not in named
