"""A registrar, a widow, a hospital and a department tell of one death: in every order and at once it is one case."""

import asyncio
import itertools
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from hub.cases import Arrival, Recorded, merge, proposals, propose_missed
from hub.store import open_pool
from schemas import SourceKind
from tests.cases.conftest import Ledger
from tests.cases.deaths import death
from tests.conftest import Databases


def who(number: int, **more: Any) -> dict[str, Any]:
    return {
        "names": {"given": ["Ada"], "family": f"Planted{number}"},
        "dateOfBirth": {"value": "1931-04-07"},
        "dateOfDeath": {"value": "2026-02-11"},
        "usualAddress": {"postcode": "SG1 1AA"},
    } | more


def four(number: int) -> list[Arrival]:
    """What the four tell; every two of them have the National Insurance number in common."""
    known = {"nino": f"AB{number:06d}C"}
    sure = {"standing": "informal", "registration": None}
    return [
        death(number, deceased=who(number, **known)),
        death(number, client="widow", source_kind=SourceKind.CITIZEN, minute=1, deceased=who(number, **known), **sure),
        death(number, client="hospital", source_kind=SourceKind.HOSPITAL, minute=2, deceased=who(number, **known), **sure),
        death(number, client="department", source_kind=SourceKind.DEPARTMENT, minute=3, deceased=who(number, **known), **sure),
    ]


@pytest.mark.timeout(120)
async def test_in_every_order_they_are_one_case_with_one_truth_and_a_reference_each(ledger: Ledger) -> None:
    for number, order in enumerate(itertools.permutations(range(4)), 100):
        told = four(number)
        answers = [await ledger.tell_one(told[place]) for place in order]
        await one_case(ledger, answers)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(3))
async def test_at_once_through_several_doors_they_are_one_case(ledger: Ledger, postgres: Databases, seed: int) -> None:
    told = [arrival for number in range(200, 212) for arrival in four(number)]
    random.Random(seed).shuffle(told)
    doors = [Ledger(await open_pool(postgres.database_url, size=4), ledger.keystore, ledger.keys, ledger.blind) for _ in range(3)]
    batches = [told[start : start + 5] for start in range(0, len(told), 5)]
    answered = await asyncio.gather(*(door.tell(*batch) for door, batch in zip(itertools.cycle(doors), batches)))
    answers = [answer for batch in answered for answer in batch if isinstance(answer, Recorded)]
    assert len(answers) == len(told)
    by_person: dict[str, list[Recorded]] = {}
    for arrival, answer in zip(told, answers, strict=True):
        by_person.setdefault(arrival.notification.data.model_dump()["deceased"]["names"]["family"], []).append(answer)
    for theirs in by_person.values():
        await one_case(ledger, theirs)
    for door in doors:
        await door.pool.close()


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(2))
async def test_with_nothing_but_a_likeness_they_are_proposed_whatever_the_order(ledger: Ledger, seed: int) -> None:
    told = [death(number, client="widow", registration=None, standing="informal", deceased=who(300)) for number in range(4)]
    random.Random(seed).shuffle(told)
    answers = await asyncio.gather(*(ledger.tell_one(arrival) for arrival in told))
    assert len({answer.case_id for answer in answers}) == 4
    while (await propose_missed(ledger.pool, b""))[1]:
        pass
    pairs = {(one.case_a, one.case_b) for one in await proposals(ledger.pool)}
    assert pairs == {tuple(sorted(pair)) for pair in itertools.combinations([answer.case_id for answer in answers], 2)}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(3))
async def test_merges_and_notifications_with_the_keys_of_two_cases_neither_lock_each_other_nor_lose_any(ledger: Ledger, seed: int) -> None:
    chance = random.Random(seed)
    people = range(400, 406)
    by_number = [await ledger.tell_one(death(n, deceased=who(n))) for n in people]
    by_nino = [await ledger.tell_one(four(n)[1]) for n in people]
    bridging = [arrival for n in people for arrival in (death(n, minute=9, deceased=who(n, nino=f"AB{n:06d}C")), four(n)[2])]
    chance.shuffle(bridging)
    joined = [merge(ledger.pool, ledger.keys, a.case_id, b.case_id, "clerk") for a, b in zip(by_number, by_nino, strict=True)]
    works = [*(ledger.tell(arrival) for arrival in bridging), *joined]
    chance.shuffle(works)
    await asyncio.gather(*works)
    assert await ledger.rows("SELECT count(*) FROM cases WHERE merged_into IS NULL") == [(len(people),)]
    live = "SELECT count(*) FROM case_version v JOIN cases c ON c.id = v.case_id WHERE c.merged_into IS NULL AND NOT v.parted"
    assert await ledger.rows(live) == [(4 * len(people),)]


async def one_case(ledger: Ledger, answers: Sequence[Recorded]) -> None:
    [case] = {answer.case_id for answer in answers}
    assert len({answer.reference for answer in answers}) == len(answers)
    truth = await ledger.rows("SELECT standing, fact, source_time, newest FROM cases WHERE id = %s", case)
    assert truth == [(3, 1, datetime(2026, 3, 1, tzinfo=UTC), len(answers))]
