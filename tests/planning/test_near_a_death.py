"""Near a death nothing is told that offers or reminds, whichever is told first; duties and entitlements go all the same."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from hub.cases import Arrival
from hub.kinds import Role
from schemas import State
from tests.cases.ties import tied
from tests.planning.conftest import Hub
from tests.planning.family import TODAY, person, registered, services, told

NATURES = {"duty": "duty", "entitlement": "entitlement", "offer": "offer", "reminder": "reminder"}
FIELDS = {
    "birth": ["child.names", "mother.names"], "stillbirth": ["mother.names"], "bereavement": ["deceased.names"],
    "change-of-contact": ["person.names"], "family-bereavement": ["person.names"],
}  # fmt: skip
GOES, STAYS = {"duty", "entitlement"}, {"offer", "reminder"}
MOTHER, FATHER = person("Ada", nhsNumber="9434765919"), person("Ben", "1979-01-01", nino="CE123456A")


@pytest.fixture(autouse=True)
async def register(hub: Hub) -> None:
    await hub.load([one for kind, fields in FIELDS.items() for one in services(kind, fields, **NATURES)])
    for client, kind in (("family", "citizen"), ("registrar", "registrar")):
        await hub.run("INSERT INTO client (id, name, source_kind, key_hash) VALUES (%s, %s, %s, %s)", client, client, kind, client.encode())


def baby(given: str = "Cal", **more: Any) -> dict[str, Any]:
    return person(given, "2026-02-10", **more)


def birth(child: dict[str, Any], number: str = "B1", **more: Any) -> Arrival:
    return registered("birth", number, **{"child": child, "mother": MOTHER, **more})


def death(who: dict[str, Any], number: str = "D1", **more: Any) -> Arrival:
    return registered("bereavement", number, deceased=who | {"dateOfDeath": {"value": "2026-02-11"}}, **more)


def stillbirth(**more: Any) -> Arrival:
    return registered("stillbirth", "S1", mother=MOTHER, child={"dateOfStillbirth": {"value": "2026-02-10"}}, **more)


def contact(who: dict[str, Any]) -> Arrival:
    return told("change-of-contact", person=who, reach={"telephone": "01438 242242"}, changedOn=TODAY.isoformat())


NUMBERED = {"nhsNumber": "9434765870"}
WIDOWER = {"person": FATHER, "relationship": "spouse", "tell": True}
# Whose offers and reminders, and what happened near them.
NEAR = {
    "a newborn's own birth": (birth(baby()), [death(baby())]),
    "a birth by the child's number alone": (birth(baby("Cal", **NUMBERED)), [death(baby("Kal", **NUMBERED))]),
    "a birth whose mother died": (birth(baby()), [death(MOTHER)]),
    "a birth whose second parent died": (birth(baby(), secondParent=FATHER), [death(FATHER)]),
    "a birth of the confinement of a stillbirth": (birth(baby()), [stillbirth()]),
    "what the person who died had told before": (contact(FATHER), [death(FATHER)]),
    "what a widower told before": (contact(FATHER), [death(MOTHER, relatives=[WIDOWER])]),
    "what a mother told before her child was stillborn": (contact(MOTHER), [stillbirth()]),
}  # fmt: skip


async def everything_planned(hub: Hub) -> None:
    """As the relay and the planner go on until nothing waits."""
    for _ in range(10):
        waiting = [row[0] for row in await hub.run("SELECT id FROM cases WHERE plan_due ORDER BY opened_at")]
        if not waiting:
            return
        await hub.plan(*waiting)
    raise AssertionError("planning feeds itself")


async def of_natures(hub: Hub, case: UUID) -> tuple[set[str], set[str]]:
    """Of which natures what is queued is, and what is withheld because somebody died."""
    decisions = await hub.decisions(case)
    queued = {id_ for (id_, _), row in (await hub.rows(case)).items() if row.state is State.QUEUED}
    kept = {id_ for id_, one in decisions.items() if (one["decision"], one["rule"]) == ("withheld", "bereavement-in-family")}
    return _natures(queued), _natures(kept)


def _natures(recipients: set[str]) -> set[str]:
    return {id_.removesuffix(".team").rpartition("-")[2] for id_ in recipients}


@pytest.mark.parametrize("before", [True, False], ids=["told before the death", "told after the death"])
@pytest.mark.parametrize("case", NEAR)
async def test_offers_and_reminders_are_withheld_and_all_else_goes(hub: Hub, case: str, before: bool) -> None:
    near, deaths = NEAR[case]
    ids = []
    for one in [near, *deaths] if before else [*deaths, near]:
        ids.append(await hub.tell_and_plan(one))
        await everything_planned(hub)
    told_of = ids[0] if before else ids[-1]
    assert await of_natures(hub, told_of) == (GOES, STAYS)


async def test_without_a_death_they_go(hub: Hub) -> None:
    case = await hub.tell_and_plan(birth(baby()))
    await hub.tell_and_plan(death(person("Zed", "1950-01-01")))
    await everything_planned(hub)
    assert await of_natures(hub, case) == (GOES | STAYS, set())


@pytest.mark.parametrize("event", [stillbirth(), death(baby()), told("family-bereavement", person=MOTHER, relationship="child",
                                   deceased={"dateOfDeath": {"value": "2026-02-11"}})], ids=lambda one: one.notification.kind)  # fmt: skip
async def test_a_death_itself_never_leads_to_an_offer(hub: Hub, event: Arrival) -> None:
    assert await of_natures(hub, await hub.tell_and_plan(event)) == (GOES, STAYS)


async def test_nothing_that_was_sent_is_taken_back_and_what_failed_is_not_put_back(hub: Hub) -> None:
    case = await hub.tell_and_plan(birth(baby()))
    await hub.sent("birth-offer.team")
    await hub.sent("birth-reminder.team", State.FAILED)
    await hub.tell_and_plan(death(baby()))
    await everything_planned(hub)
    rows = await hub.rows(case)
    assert {version for _, version in rows} == {1}
    assert rows["birth-offer.team", 1].state is State.ACCEPTED
    assert rows["birth-reminder.team", 1].state is State.SUPERSEDED


async def test_a_death_that_never_was_stops_nothing_new(hub: Hub) -> None:
    await hub.tell_and_plan(death(baby()))
    case = await hub.tell_and_plan(birth(baby()))
    await everything_planned(hub)
    assert (await of_natures(hub, case))[1] == STAYS
    await hub.tell_and_plan(death(baby(), fact="retracted", minute=5))
    await everything_planned(hub)
    assert await of_natures(hub, case) == (GOES | STAYS, set())


async def test_on_one_informal_word_of_a_death_they_wait_and_go_when_it_is_taken_back(hub: Hub) -> None:
    case = await hub.tell_and_plan(birth(baby()))
    died = baby() | {"dateOfDeath": {"value": "2026-02-11"}}
    await hub.tell_and_plan(told("bereavement", id_="word", deceased=died))
    await everything_planned(hub)
    assert await of_natures(hub, case) == (GOES, set())
    held = {id_ for id_, one in (await hub.decisions(case)).items() if (one["decision"], one["rule"]) == ("held", "bereavement-in-family")}
    assert _natures(held) == STAYS
    await hub.tell_and_plan(told("bereavement", minute=5, fact="retracted", corrects="word", deceased=died))
    await everything_planned(hub)
    assert await of_natures(hub, case) == (GOES | STAYS, set())


async def test_they_are_withheld_once_an_informal_death_is_registered(hub: Hub) -> None:
    numbered = baby("Cal", **NUMBERED)
    case = await hub.tell_and_plan(birth(numbered))
    await hub.tell_and_plan(told("bereavement", deceased=numbered | {"dateOfDeath": {"value": "2026-02-11"}}))
    await everything_planned(hub)
    await hub.tell_and_plan(death(numbered))
    await everything_planned(hub)
    assert await of_natures(hub, case) == (GOES, STAYS)


async def test_two_deaths_of_one_family_do_not_chase_each_other(hub: Hub) -> None:
    twins = [baby("Cal", nhsNumber="9434765870"), baby("Dee", nhsNumber="9434765919")]
    for number, child in enumerate(twins):
        await hub.tell(birth(child, f"B{number}"))
        await hub.tell(death(child, f"D{number}"))
    await hub.tell(death(MOTHER, "D9"))
    await everything_planned(hub)
    rows = await hub.run("SELECT id FROM cases WHERE kind = 'birth'")
    assert [await of_natures(hub, id_) for (id_,) in rows] == [(GOES, STAYS)] * 2


async def roles(hub: Hub, case: UUID) -> Sequence[tuple[str, Role]]:
    async with hub.pool.connection() as connection:
        return sorted({(kind, Role(role)) for _, kind, role in await tied(connection, case)})


async def test_a_newborn_has_a_case_of_its_birth_and_one_of_its_death_and_they_are_tied(hub: Hub) -> None:
    case = await hub.tell(birth(baby()))
    died = await hub.tell(death(baby()))
    assert died != case
    assert await roles(hub, case) == [("bereavement", Role.DEAD)]
