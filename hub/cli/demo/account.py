"""What became of everything: a row for each recipient of each case, and whether it is accounted for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from hub.cases import group_reference, read_versions
from hub.cli.demo.lives import part_for
from hub.kinds import Part, at
from hub.policy import explain
from hub.privacy import Keys
from hub.recipients import Register
from hub.store import Connection
from hub.tasks import Cause, list_tasks
from hub.tracking import Directory, case_status, find_reference, sentence
from schemas import CaseStatus, DeliveryStatus, NotTold, State
from schemas.status import STATE_WORDS

_REFERENCES = """
SELECT r.code, coalesce(client.name, 'General Register Office'), NOT c.plan_due
FROM reference r JOIN cases c ON c.id = r.case_id LEFT JOIN client ON client.id = r.client
ORDER BY r.opened_at, r.code
"""
_STATES = {word: state for state, word in STATE_WORDS.items()}
_BY_A_PERSON = (Cause.UNROUTABLE, Cause.UNPLACED)
_AGAIN = {"corrected": "Was told of it, then of the correction. ", "retracted": "Was told that it is not so. "}
_PARTS = {Part.END: "that somebody leaves, and not where to", Part.START: "that somebody arrives", Part.UPDATE: "that somebody moves"}


@dataclass(frozen=True, slots=True)
class Row:
    """One recipient of one case: `told` says where the person lived and who told the hub. `at` is when it came to this state."""

    case: str
    told: str
    id: str
    recipient: str
    state: str
    means: str
    at: datetime
    is_settled: bool


@dataclass(frozen=True, slots=True)
class Account:
    """Everything so far. It is whole when every expected case is planned and every row is settled."""

    rows: tuple[Row, ...]
    expected: int
    planned: int

    @property
    def unsettled(self) -> list[Row]:
        return [row for row in self.rows if not row.is_settled]

    @property
    def is_whole(self) -> bool:
        return self.planned >= self.expected and not self.unsettled


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where the account is read from."""

    keys: Keys
    register: Register

    async def account(self, connection: Connection, expected: int) -> Account:
        """Read it anew."""
        directory = Directory(lambda: self.register, explain)
        tasks = [task for cause in _BY_A_PERSON for task in await list_tasks(connection, cause=cause)]
        with_task = {task.case_id for task in tasks}
        rows: list[Row] = []
        planned = 0
        for code, teller, is_planned in await (await connection.execute(_REFERENCES)).fetchall():
            found = await find_reference(connection, code)
            if found is None:
                continue
            status = await case_status(connection, self.keys, directory, code, found, everything=True)
            planned += is_planned
            content = await self._content(connection, found.case_id)
            told = f"{self._what(found.kind, content)}, told by {teller}"
            rows.extend(self._rows(status, told, content, has_task=found.case_id in with_task))
        return Account(tuple(rows), expected, planned)

    async def _content(self, connection: Connection, case: UUID) -> Mapping[str, Any]:
        """Only a demo may look: nobody lives there."""
        _, readable = await read_versions(connection, self.keys, case)
        return readable[-1].content

    def _what(self, kind: str, content: Mapping[str, Any]) -> str:
        """What happened, and in which town."""
        rules = self.register.kinds[kind]
        addresses = [next(filter(None, (at(content, path) for path in where.address))) for where in rules.places]
        return f"{rules.title}: {' to '.join(str(address['lines'][-1]) for address in addresses)}"

    def _rows(self, status: CaseStatus, told: str, content: Mapping[str, Any], *, has_task: bool) -> Iterable[Row]:
        name = group_reference(status.reference)
        for one in status.deliveries:
            means = f"“{one.reason}”" if one.reason else one.explanation or sentence(one)
            said = f"{_before(one)}{means}"
            yield Row(name, told, one.recipient, f"{one.service}, {one.organisation}", one.state, said, one.since, _is_settled(one))
        for other in status.not_told:
            if other.decision != "not-concerned":
                means = self._comes(other.recipient, content) if other.rule == "not-due-yet" else other.explanation
                yield _not_told(name, told, other, means, status, has_task=has_task)

    def _comes(self, recipient: str, content: Mapping[str, Any]) -> str:
        """What somebody will be told of a move, and when."""
        day = date.fromisoformat(content["movedOn"])
        part = part_for(self.register.recipients[recipient], content["oldAddress"]["postcode"], content["newAddress"]["postcode"], day)
        return f"Will be told on {day.day} {day:%B} {_PARTS[part]}."


def _before(told: DeliveryStatus) -> str:
    """How it came to know what it knows, where there is more to say of that."""
    if told.version > 1 and told.notice == "notified":
        return "Was told the correction alone. "
    return _AGAIN.get(told.notice, "")


def _is_settled(told: DeliveryStatus) -> bool:
    """Final; or accepted by one who never says more; or held, with the rule that holds it."""
    state = _STATES[told.state]
    if state is State.HELD:
        return told.rule is not None
    return state.is_final or (state is State.ACCEPTED and not told.says_when_done)


def _not_told(name: str, told: str, other: NotTold, means: str, status: CaseStatus, *, has_task: bool) -> Row:
    settled = has_task if other.decision == "unroutable" else bool(other.rule)
    task = " A person has the task." if other.decision == "unroutable" and has_task else ""
    recipient = f"{other.service}, {other.organisation}" if other.organisation else other.service
    return Row(name, told, other.recipient, recipient, other.decision, means + task, status.planned_at or status.told_at, settled)
