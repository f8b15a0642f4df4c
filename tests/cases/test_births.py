"""Births: siblings are two, whoever tells of them; what is registered again is a correction; an earlier identity is no tie."""

import asyncio
from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.cases import Arrival, Position, proposals
from hub.cases.matching import marks_of
from hub.kinds import BUILT_IN, Role
from hub.privacy import Blind
from schemas import SourceKind, field_paths
from tests.cases.conftest import Ledger
from tests.cases.ties import tied
from tests.planning.family import person, registered, told

MOTHER = person("Ada", "1995-03-03", nhsNumber="9434765919")
DAY = "2026-02-10"
_FIRST = "the first entry"
BLIND = Blind(bytes(32), bytes(32))


def by_hospital(given: str, order: int | None = None, **more: Any) -> Arrival:
    data = {"child": person(given, DAY), "mother": MOTHER, "confinement": {"order": order, "births": 2} if order else None}
    return told("birth", "hospital", SourceKind.HOSPITAL, **{**data, **more})


def by_registrar(given: str, order: int | None = None, number: str | None = None, **more: Any) -> Arrival:
    data = {"child": person(given, DAY), "mother": MOTHER, "confinement": {"order": order, "births": 2} if order else None}
    return registered("birth", number or f"B{given}", **{**data, **more})


TWINS = [by_hospital("Cal", 1), by_hospital("Dee", 2), by_registrar("Cal", 1), by_registrar("Dee", 2)]


async def children(ledger: Ledger) -> set[tuple[Any, ...]]:
    """The births there are, with how many told of each."""
    return set(await ledger.rows("SELECT c.id, c.newest FROM cases c WHERE kind = 'birth'"))


@pytest.mark.parametrize("order", [list(one) for one in permutations(range(4))][::5])
@pytest.mark.parametrize("batches", [1, 2, 4])
async def test_twins_are_two_told_in_any_order_in_one_batch_or_several(ledger: Ledger, order: Sequence[int], batches: int) -> None:
    arrivals = [TWINS[number] for number in order]
    for start in range(0, 4, 4 // batches):
        await ledger.tell(*arrivals[start : start + 4 // batches])
    assert sorted(newest for _, newest in await children(ledger)) == [2, 2]


async def test_twins_told_by_both_sides_at_once_are_two(ledger: Ledger) -> None:
    await asyncio.gather(*(ledger.tell(one) for one in TWINS))
    assert sorted(newest for _, newest in await children(ledger)) == [2, 2]


async def test_siblings_are_linked_by_their_confinement_and_each_is_a_subject_of_its_own(ledger: Ledger) -> None:
    one, two = [await ledger.tell_one(arrival) for arrival in TWINS[2:]]
    other = await ledger.tell_one(by_registrar("Eli", 1, child=person("Eli", "2023-01-01")))
    async with ledger.pool.connection() as connection:
        assert {(case, kind) for case, kind, _ in await tied(connection, one.case_id)} == {
            (two.case_id, "birth"),
            (other.case_id, "birth"),
        }, "by the confinement the twin, by the mother the elder child"
        assert Role.CHILD in {role for case, _, role in await tied(connection, two.case_id) if case == one.case_id}
    assert len(await ledger.rows("SELECT DISTINCT subject FROM cases")) == 3


async def test_a_twin_without_an_order_is_likened_and_never_merged(ledger: Ledger) -> None:
    first = await ledger.tell_one(by_hospital("Cal", 1))
    unknown = await ledger.tell_one(by_hospital("Dee"))
    nameless = await ledger.tell_one(by_hospital("", child={"dateOfBirth": {"value": DAY}}))
    assert len({first.case_id, unknown.case_id, nameless.case_id}) == 3
    pairs = {frozenset((one.case_a, one.case_b)) for one in await proposals(ledger.pool)}
    assert {first.case_id, unknown.case_id} in pairs
    assert {first.case_id, nameless.case_id} in pairs


_CHILDREN = st.lists(st.tuples(st.sampled_from(["Cal", "Dee", None]), st.sampled_from([1, 2, None]), st.booleans()), min_size=1, max_size=6)


@given(_CHILDREN)
def test_no_key_of_a_birth_is_that_of_a_sibling_s(children: list[tuple[str | None, int | None, bool]]) -> None:
    keys: dict[bytes, set[int | None]] = {}
    for given_, order, by_mother in children:
        child = person(given_, DAY) if given_ else {"dateOfBirth": {"value": DAY}}
        arrival = by_hospital("", order, child=child, mother=MOTHER if by_mother else person("Ada", "1995-03-03"))
        for key in marks_of(arrival.notification.data, BUILT_IN["birth"], BLIND).certain:
            keys.setdefault(key, set()).add(order)
    assert all(len(orders) == 1 and None not in orders for orders in keys.values())


async def test_a_birth_needs_no_second_parent_and_one_added_later_corrects_it(ledger: Ledger) -> None:
    first = await ledger.tell_one(by_registrar("Cal", number="B1", id_=_FIRST))
    father = person("Ben", "1990-01-01")
    again = await ledger.tell_one(by_registrar("Cal", number="B1", minute=9, secondParent=father))
    assert (again.case_id, again.version, again.position) == (first.case_id, 2, Position.NEWER)
    anew = await ledger.tell_one(by_registrar("Cal", number="B9", corrects=_FIRST, minute=10, secondParent=father))
    assert (anew.case_id, anew.version) == (first.case_id, 3), "an entry of another number, which names what it corrects"


async def test_what_a_court_or_a_panel_made_of_somebody_is_tied_to_nothing_there_was_before(ledger: Ledger) -> None:
    born = by_registrar("Cal", number="B1", child=person("Cal", DAY, nhsNumber="9434765870"))
    # After an adoption or a parental order: another entry, other names, another NHS number, other parents; the day is the same.
    parents: dict[str, Any] = {"mother": person("Eve", "1988-01-01", "Other"), "secondParent": person("Tom", "1987-01-01", "Other")}
    after = by_registrar("Kit", number="A1", child=person("Kit", DAY, "Other"), **parents)
    before, now = (marks_of(one.notification.data, BUILT_IN["birth"], BLIND) for one in (born, after))
    for one, other in ((before.certain, now.certain), (before.alike, now.alike), (before.ties, now.ties)):
        assert not set(one) & set(other)
    opened, anew = await ledger.tell_one(born), await ledger.tell_one(after)
    assert opened.case_id != anew.case_id
    assert await proposals(ledger.pool) == []


@pytest.mark.parametrize("kind", sorted(BUILT_IN))
def test_no_kind_has_a_word_for_an_earlier_identity(kind: str) -> None:
    words = ("adopt", "former", "previous", "earlier", "gender", "birthname", "parentalorder", "oldsex", "assigned")
    found = {path for path in field_paths(BUILT_IN.model(kind)) if any(word in path.lower() for word in words)}
    # Names alone, said by the person about themselves, and no sex among them.
    assert {path.partition(".")[0] for path in found} <= ({"formerNames"} if kind == "change-of-name" else set())
    assert not any("sex" in path.lower() for path in found)
    entry = BUILT_IN[kind]
    keyed = {path for tie in entry.ties for path in tie.of} | {path for key in entry.matching.identities for path in key}
    assert not any(path.startswith("formerNames") for path in keyed)
