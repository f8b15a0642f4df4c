"""Takes recipients' answers, from whichever channel: one transaction a batch, one row an answer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

import orjson

from hub.observe import metrics
from hub.privacy import DataKey, Keys
from hub.recipients import Citation, cited
from hub.store import Change, Connection, record_changes
from hub.tracking import statements as sql
from hub.tracking.outcome import Given, settle_tasks
from hub.tracking.rules import Answered, Effect, Refusal, Standing, as_agreed, effect
from schemas import Acknowledgement, State, parse_message_id, sources_of


@dataclass(frozen=True, slots=True)
class Noted:
    """The answer is on record, and the delivery stands at `state`. `repeated`: the same was said before."""

    delivery: UUID
    state: State
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    case_id: UUID
    lane: int
    recipient: str
    version: int
    data_key: int
    register: int
    agreement: str
    digest: bytes  # of that register

    @property
    def citation(self) -> Citation:
        return self.register, self.agreement

    def change(self, delivery: UUID, before: State, after: State, cause: str | None) -> Change:
        return Change(delivery, self.case_id, self.recipient, self.lane, self.version, before, after, cause)


_Address = tuple[UUID, int]
_Said = tuple[int, str | None, bytes | None]  # answer, reason code, sealed words


def answer_context(message_id: str) -> bytes:
    """Where the sealed words of an answer belong."""
    return b"answer:" + message_id.encode()


async def acknowledge(
    connection: Connection, keys: Keys, message_id: str, recipient: str, acknowledgement: Acknowledgement, channel: str
) -> Noted | Refusal:
    """Take one answer; durable when it returns."""
    return (await acknowledge_many(connection, keys, [Answered(message_id, recipient, acknowledgement, channel)]))[0]


async def acknowledge_many(connection: Connection, keys: Keys, answers: Sequence[Answered]) -> list[Noted | Refusal]:
    """Take answers in the order given; one result each. Durable when it returns, and nothing of it is when it raises
    `psycopg.Error`: then all may be given again."""
    addresses = [parse_message_id(answer.message_id) for answer in answers]
    known = await _find(connection, sorted({address for address in addresses if address}))
    mine = [
        address if address in known and known[address].recipient == answer.recipient else None
        for answer, address in zip(answers, addresses, strict=True)
    ]
    if not any(mine):
        return [Refusal.UNKNOWN] * len(answers)
    theirs = [known[address] for address in mine if address]
    agreements = await cited(connection, {one.citation for one in theirs}, {one.register: one.digest for one in theirs})
    answers = [
        replace(answer, acknowledgement=as_agreed(answer.acknowledgement, agreements.get(known[address].citation))) if address else answer
        for answer, address in zip(answers, mine, strict=True)
    ]
    wanted = {known[address].data_key for answer, address in zip(answers, mine, strict=True) if address and answer.acknowledgement.reason}
    opened = await keys.get(wanted) if wanted else {}
    batch = _Batch(known, opened)
    async with connection.pipeline(), connection.transaction():
        await batch.lock(connection, {address for address in mine if address})
        results = [batch.take(answer, address) for answer, address in zip(answers, mine, strict=True)]
        await _write(connection, batch)
    return results


async def _find(connection: Connection, addresses: Sequence[_Address]) -> dict[_Address, _Known]:
    if not addresses:
        return {}
    ids = [delivery for delivery, _ in addresses]
    given = {"ids": ids, "numbers": [number for _, number in addresses], "low": min(ids), "high": max(ids)}
    rows = await (await connection.execute(sql.KNOWN, given, binary=True)).fetchall()
    return {(row[0], row[1]): _Known(*row[2:]) for row in rows}


class _Batch:
    """Answers being taken, over deliveries that are locked: what each finds is what the one before it left."""

    def __init__(self, known: Mapping[_Address, _Known], opened: Mapping[int, DataKey]) -> None:
        self._known = known
        self._opened = opened
        self.found: dict[UUID, Standing] = {}
        self.standing: dict[UUID, Standing] = {}
        self.given: list[Given] = []
        self.changes: list[Change] = []
        self.with_tasks: set[UUID] = set()
        self._said: dict[_Address, _Said] = {}

    async def lock(self, connection: Connection, addresses: Collection[_Address]) -> None:
        ids = sorted({delivery for delivery, _ in addresses})
        bounds = {"ids": ids, "low": ids[0], "high": ids[-1]}
        await connection.execute(sql.LOCK_LANES, (sorted({self._known[address].lane for address in addresses}),))
        locked = await connection.execute(sql.LOCK_DELIVERIES, bounds, binary=True)
        said = await connection.execute(sql.SAID, bounds, binary=True)
        tasks = await connection.execute(sql.TASKS, bounds, binary=True)
        self.found = {row[0]: Standing(State(row[1]), row[2], row[3]) for row in await locked.fetchall()}
        self.standing = dict(self.found)
        self._said = {(row[0], row[1]): (row[2], row[3], row[4]) for row in await said.fetchall()}
        self.with_tasks = {row[0] for row in await tasks.fetchall()}

    def take(self, answered: Answered, address: _Address | None) -> Noted | Refusal:
        if address is None:
            return Refusal.UNKNOWN
        delivery, number = address
        stands, said = self.standing[delivery], answered.acknowledgement
        does = effect(stands, number, said.answer)
        if isinstance(does, Refusal):
            return does
        known = self._known[address]
        key = self._opened.get(known.data_key)
        words = _words(said)
        if _same(self._said.get(address), said, words, key, answered.message_id):
            return Noted(delivery, stands.state, repeated=True)
        sealed = key.seal(words, answer_context(answered.message_id)) if words and key else None
        self._said[address] = (int(said.answer.state), said.code, sealed)
        if does is Effect.MOVES:
            after = said.answer.state
            self.changes.append(known.change(delivery, stands.state, after, said.code))
            self.standing[delivery] = stands = Standing(after, stands.message, attempted=True)
        data_key = known.data_key if sealed else None
        self.given.append(Given(address, known.case_id, answered, does, stands.state, data_key, sealed))
        return Noted(delivery, stands.state)


async def _write(connection: Connection, batch: _Batch) -> None:
    if not batch.given:
        return
    reasons = {change.delivery: change.cause for change in batch.changes}
    for target in sorted({batch.standing[id_].state for id_ in reasons}):
        moved = sorted(id_ for id_ in reasons if batch.standing[id_].state is target)
        given = {"target": int(target), "sources": sources_of(target), "ids": moved, "reasons": [reasons[id_] for id_ in moved]}
        await connection.execute(sql.MOVE, {**given, "low": moved[0], "high": moved[-1]})
    await connection.execute(sql.ANSWER, tuple(map(list, zip(*(one.row for one in batch.given), strict=True))))
    collected = [one.address for one in batch.given if batch.found[one.address[0]].state is State.PLACED]
    if collected:
        await connection.execute(sql.COLLECTED, tuple(map(list, zip(*collected, strict=True))))
    await record_changes(connection, batch.changes, datetime.now(UTC))
    await settle_tasks(connection, batch.given, batch.with_tasks)
    for one in batch.given:
        metrics.answers.labels(one.answered.acknowledgement.answer.state.word, one.answered.channel).inc()


def _words(said: Acknowledgement) -> bytes | None:
    return None if said.reason is None else orjson.dumps({"reason": said.reason, "at": said.at})


def _same(last: _Said | None, said: Acknowledgement, words: bytes | None, key: DataKey | None, message_id: str) -> bool:
    if last is None or last[:2] != (int(said.answer.state), said.code):
        return False
    if words is None:
        return last[2] is None
    # Without its key the case is erased: words are neither kept nor compared.
    return key is None or (last[2] is not None and key.open(last[2], answer_context(message_id)) == words)
