"""What a second teller of a move reads where the first wished protection: that it is done, and nothing that says where."""

from typing import Any

from hub.cases import Recorded, record
from hub.policy import explain
from hub.privacy import Keys
from hub.tracking import case_status, find_reference
from hub.tracking.directory import Directory
from hub.tracking.protection import is_kept_from
from hub.tracking.words import page_of
from schemas import CaseStatus
from tests.planning.conftest import Hub
from tests.planning.family import SG1, TODAY, person, told
from tests.planning.test_moves import everybody

_REFUGE = {"lines": ["Refuge"], "postcode": "L24 9AB"}


async def _say(hub: Hub, client: str, **more: Any) -> Recorded:
    who = person("Ada", nino="AB123456C")
    [answer] = await record(
        hub.pool, hub.keys, hub.blind, [told("change-of-address", client, mover=who, movedOn=TODAY.isoformat(), oldAddress=SG1, **more)]
    )
    assert isinstance(answer, Recorded)
    await hub.plan(answer.case_id)
    return answer


async def _seen(hub: Hub, reference: str, *, everything: bool = False) -> CaseStatus:
    register = await hub.register()
    async with hub.pool.connection() as connection:
        found = await find_reference(connection, reference)
        assert found is not None
        return await case_status(connection, hub.keys, Directory(lambda: register, explain), reference, found, everything=everything)


async def test_where_somebody_who_wished_protection_went_no_other_teller_reads(hub: Hub) -> None:
    await hub.load(everybody())
    hers = await _say(hub, "portal-a", newAddress=_REFUGE, protected=True)
    other = await _say(hub, "portal-b", protected=True)
    assert other.case_id == hers.case_id
    kept = await _seen(hub, other.reference)
    assert (kept.recipients_shown, kept.deliveries, kept.not_told, kept.notes) == (False, (), (), ())
    assert not any(word in kept.model_dump_json() for word in ("liverpool", "stevenage", "protected"))
    page = page_of(kept, "A change of address")
    assert page.summary == "Everybody who must know is told. Who that is, we do not show here."
    assert "stevenage.council-tax" in {one.recipient for one in (await _seen(hub, other.reference, everything=True)).not_told}
    async with hub.pool.connection() as connection:
        assert await is_kept_from(connection, hub.keys, other.case_id, "portal-b")


async def test_who_wished_it_reads_who_is_told_and_so_does_everybody_once_it_is_taken_back(hub: Hub) -> None:
    await hub.load(everybody())
    hers = await _say(hub, "portal-a", newAddress=_REFUGE, protected=True, minute=1, id_="hers")
    other = await _say(hub, "portal-b")
    assert "liverpool.council-tax" in {one.recipient for one in (await _seen(hub, hers.reference)).not_told}
    assert not (await _seen(hub, other.reference)).recipients_shown
    await _say(hub, "portal-a", protected=False, minute=2)
    assert not (await _seen(hub, other.reference)).recipients_shown, "another may have told through the same portal"
    await _say(hub, "portal-a", newAddress=_REFUGE, protected=False, minute=3, corrects="hers")
    assert (await _seen(hub, other.reference)).recipients_shown


async def test_through_one_portal_another_may_have_told_so_it_is_kept_from_whoever_reads_there(hub: Hub) -> None:
    await hub.load(everybody())
    await hub.run("INSERT INTO client (id, name, source_kind, key_hash) VALUES ('registrars', 'R', 'registrar', '')")
    member = {"person": person("Cy", "2015-05-05"), "confirmed": True}
    await _say(hub, "portal-a", newAddress=_REFUGE, protected=True, household=[member], minute=1)
    his = await _say(hub, "portal-a")
    kept = await _seen(hub, his.reference)
    assert (kept.recipients_shown, kept.deliveries, kept.not_told, kept.related) == (False, (), (), ())
    for minute in (2, 3):
        theirs = await _say(hub, "registrars", protected=True, minute=minute)
    async with hub.pool.connection() as connection:
        assert await is_kept_from(connection, hub.keys, theirs.case_id, "registrars"), "of what the portal's teller wished"


async def test_what_was_kept_back_stays_so_once_the_words_that_wished_it_are_erased(hub: Hub) -> None:
    await hub.load(everybody())
    hers = await _say(hub, "portal-a", newAddress=_REFUGE, protected=True)
    await hub.run("INSERT INTO erasure (case_id, data_keys) SELECT case_id, array_agg(data_key) FROM case_version GROUP BY 1")
    other = await _say(hub, "portal-b", minute=1)
    assert other.case_id == hers.case_id
    assert not (await _seen(hub, other.reference)).recipients_shown


async def test_whoever_alone_tells_of_a_case_reads_who_is_told_and_no_key_is_asked_for(hub: Hub) -> None:
    await hub.load(everybody())
    hers = await _say(hub, "portal-a", newAddress=_REFUGE, protected=True)
    no_keys = Keys(hub.pool, bytes(32))  # in the ledger there are none: asked for one, it fails
    async with hub.pool.connection() as connection:
        assert not await is_kept_from(connection, no_keys, hers.case_id, "portal-a")
