"""Which two cases are proposed to a person: whatever instant they came at, once, and for the strongest reason."""

from datetime import UTC, datetime
from uuid import UUID

from hub.cases import Recorded, keep_apart, merge, proposals, propose_missed
from hub.cases.arrival import Draft, draft_of
from hub.cases.opening import open_cases
from hub.clock.likenesses import Likenesses
from hub.kinds import BUILT_IN
from hub.store import Connection
from tests.cases.conftest import Ledger
from tests.cases.deaths import death, informal

OPEN = "SELECT cause, about FROM task WHERE closed_at IS NULL"


def looks(number: int) -> dict[str, object]:
    """Somebody without a number of their own, who looks like everybody with the same `number`."""
    deceased: dict[str, object] = informal(number).notification.data.model_dump(mode="json", by_alias=True)["deceased"]
    return deceased | {"nino": None}


async def opened_in(ledger: Ledger, connection: Connection, number: int) -> Recorded:
    draft = draft_of(death(deceased=looks(number)), BUILT_IN, ledger.blind)
    assert isinstance(draft, Draft)
    [opened] = await open_cases(connection, [draft], await ledger.keys.fresh(1), datetime.now(UTC))
    return opened


async def at_one_instant(ledger: Ledger, number: int) -> tuple[UUID, UUID]:
    """Two cases that look alike, each recorded in a transaction that began before the other's ended."""
    async with ledger.pool.connection() as one, ledger.pool.connection() as two, one.transaction(), two.transaction():
        return tuple(sorted([(await opened_in(ledger, c, number)).case_id for c in (one, two)]))  # type: ignore[return-value]


async def test_two_alike_recorded_at_the_same_instant_are_found_and_proposed_once(ledger: Ledger) -> None:
    await ledger.tell(*(death() for _ in range(30)))
    pair = await at_one_instant(ledger, 12)
    assert await proposals(ledger.pool) == []
    assert await Likenesses().look(ledger.pool) == 1
    [proposal] = await proposals(ledger.pool)
    assert ((proposal.case_a, proposal.case_b), proposal.cause) == (pair, "looks-alike")
    assert await ledger.rows(OPEN) == [("match-proposed", f"{pair[0]} {pair[1]}")]
    assert await Likenesses().look(ledger.pool) == 0


async def test_the_round_goes_on_where_it_stopped_and_begins_again_at_its_end(ledger: Ledger) -> None:
    await ledger.tell(*(death() for _ in range(20)))
    pairs = {await at_one_instant(ledger, number) for number in range(13, 17)}
    after, found = b"", 0
    for _ in range(100):
        after, more = await propose_missed(ledger.pool, after, most=7, at_once=2)
        found += more
    assert found == len(pairs)
    assert {(one.case_a, one.case_b) for one in await proposals(ledger.pool)} == pairs


async def test_what_was_decided_merged_or_erased_is_not_proposed_anew(ledger: Ledger) -> None:
    apart, merged, erased = [await at_one_instant(ledger, number) for number in (17, 18, 19)]
    await keep_apart(ledger.pool, *apart, "clerk")
    await merge(ledger.pool, ledger.keys, *merged, "clerk")
    await ledger.rows("UPDATE cases SET erased_at = now() WHERE id = %s RETURNING 1", erased[0])
    assert await propose_missed(ledger.pool, b"") == (b"", 0)


async def test_two_that_only_looked_alike_are_raised_when_one_notification_carries_the_keys_of_both(ledger: Ledger) -> None:
    by_nino = await ledger.tell_one(informal(20))
    by_number = await ledger.tell_one(death(20, deceased=looks(20)))
    pair = " ".join(sorted((str(by_nino.case_id), str(by_number.case_id))))
    assert await ledger.rows(OPEN) == [("match-proposed", pair)]
    await ledger.tell_one(death(20, minute=3))
    assert [one.cause for one in await proposals(ledger.pool)] == ["keys-disagree"]
    assert await ledger.rows(OPEN) == [("keys-disagree", pair)]
