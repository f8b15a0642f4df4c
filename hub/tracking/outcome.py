"""What an answer settles, and what it asks of a person."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from uuid import UUID

from hub.store import Connection
from hub.tasks import Cause, TaskDraft, close_tasks, open_tasks
from hub.tracking.rules import Answered, Effect
from schemas import Answer, State

_OPENS = {Answer.NEEDS_INFORMATION: Cause.NEEDS_INFORMATION, Answer.REJECTED: Cause.REJECTED}
_ARRIVED = (Cause.FAILED, Cause.PLACED_TOO_LONG)
_DONE = (*_ARRIVED, Cause.ANSWER_OVERDUE, Cause.NEEDS_INFORMATION, Cause.REJECTED)
_PUT_RIGHT = (State.APPLIED, State.NO_RECORD)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer taken: what it did, and where its delivery stands since."""

    address: tuple[UUID, int]
    case_id: UUID
    answered: Answered
    effect: Effect
    state: State
    data_key: int | None
    sealed: bytes | None

    @property
    def row(self) -> tuple[UUID, int, int, str | None, int | None, bytes | None, str]:
        """As the ledger keeps it."""
        said = self.answered.acknowledgement
        return (*self.address, int(said.answer.state), said.code, self.data_key, self.sealed, self.answered.channel)


async def settle_tasks(connection: Connection, given: Sequence[Given], with_tasks: Container[UUID]) -> None:
    """Close what these answers settle, of the deliveries that have open tasks; then open what they ask."""
    settled = [(cause, str(one.address[0])) for one in given if one.address[0] in with_tasks for cause in _settles(one)]
    await close_tasks(connection, settled, "answer")
    # Of several answers to one delivery only the one it ended at may ask.
    last = {one.address[0]: one for one in given if one.effect is Effect.MOVES}
    asking = [one for one in given if one.effect is Effect.LATE or last.get(one.address[0]) is one]
    await open_tasks(connection, [_draft(one, cause) for one in asking if (cause := _asks(one))])


def _settles(one: Given) -> tuple[Cause, ...]:
    if one.effect is not Effect.MOVES:
        return ()
    if one.state in _PUT_RIGHT:
        return (*_DONE, Cause.TOLD_NOT_SO)
    return _ARRIVED if one.state is State.ACCEPTED else _DONE


def _asks(one: Given) -> Cause | None:
    if one.effect is Effect.LATE:
        return Cause.LATE_ANSWER
    return _OPENS.get(one.answered.acknowledgement.answer)


def _draft(one: Given, cause: Cause) -> TaskDraft:
    said, delivery = one.answered.acknowledgement, one.address[0]
    return TaskDraft(
        cause,
        str(delivery),
        case_id=one.case_id,
        delivery=delivery,
        recipient=one.answered.recipient,
        evidence={"message": one.answered.message_id, "answer": said.answer.value, "reason": said.code, "state": one.state.word},
    )
