"""The promises, held against what the recipients saw: nothing lost, order kept, every repeat explained, retractions exact."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import orjson

from schemas.delivery import Notice, State
from schemas.ids import parse_message_id
from tests.bench.arrivals import Arrival, Mode
from tests.bench.events import Told
from tests.bench.receiver import RECIPIENTS
from tests.bench.register import recipient_id
from tests.bench.result import ACCEPTED
from tests.bench.witness import Answer
from tests.chaos.ledger import Delivery, Ledger
from tests.chaos.stories import Story

_UNFINISHED = frozenset({State.QUEUED, State.SENDING, State.FAILED})
# Whoever answers 200 has taken it, though the answer breaks off or names half of a batch, of which the rest comes again.
_TAKES = frozenset({Mode.UP, Mode.SLOW, Mode.HALF})
_REFUSES = frozenset({Mode.REJECT, Mode.GONE})


@dataclass
class Verdict:
    """What a run came to. Everything in `faults` is a broken promise, as a sentence."""

    accepted: int = 0
    due: int = 0
    losses: int = 0
    duplicates: int = 0
    late_writes: int = 0  # of a frozen worker, discarded by their version
    never_accepted: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass
class Checks:
    """One run: what was told, what was answered, what arrived, and what the ledger says."""

    stories: Sequence[Story]
    answers: Mapping[tuple[int, int], Answer]  # by number and edition
    arrivals: Sequence[Arrival]
    ledger: Ledger
    frozen: bool = False  # a worker was frozen: late writes are possible

    def judge(self) -> Verdict:
        verdict = Verdict(never_accepted=sum(answer.status not in ACCEPTED for answer in self.answers.values()))
        self._by_recipient: defaultdict[tuple[UUID, str], list[tuple[Arrival, Delivery]]] = defaultdict(list)
        for arrival in self.arrivals:
            self._place(arrival, verdict)
        for story in self.stories:
            self._everyone_was_told(story, verdict)
        for came in self._by_recipient.values():
            self._versions_never_go_down(came, verdict)
        self._repeats_are_explained(verdict)
        self._nothing_is_left_open(verdict)
        return verdict

    def _place(self, arrival: Arrival, verdict: Verdict) -> None:
        parsed = parse_message_id(arrival.message)
        delivery = self.ledger.deliveries.get(parsed[0]) if parsed else None
        if delivery is None:
            verdict.faults.append(f"{arrival.message} reached recipient {arrival.recipient} and the ledger does not know it")
        elif delivery.recipient != recipient_id(arrival.recipient):
            verdict.faults.append(f"{arrival.message} for {delivery.recipient} reached recipient {arrival.recipient}")
        else:
            self._by_recipient[delivery.case_id, delivery.recipient].append((arrival, delivery))

    def _everyone_was_told(self, story: Story, verdict: Verdict) -> None:
        accepted = [told for told in story.told if self.answers[told.number, told.edition].status in ACCEPTED]
        verdict.accepted += len(accepted)
        if not accepted:
            return
        last = max(accepted, key=lambda told: told.edition)
        case = self.ledger.cases[_reference(self.answers[last.number, last.edition])]
        for number in range(1, RECIPIENTS + 1):
            came = self._by_recipient[case, recipient_id(number)]
            fault = (
                self._not_told(last, number, came, verdict)
                if last.fact == "asserted"
                else self._not_recalled(last, number, case, came, verdict)
            )
            if fault:
                verdict.faults.append(f"{fault}: {self._state(case, number)}")

    def _not_told(self, last: Told, number: int, came: Sequence[tuple[Arrival, Delivery]], verdict: Verdict) -> str | None:
        """The newest content is due at everyone."""
        verdict.due += 1
        if any(arrival.edition == last.edition and arrival.mode in _TAKES for arrival, _ in came):
            return None
        verdict.losses += 1
        return f"death {last.number} edition {last.edition} never reached recipient {number}"

    def _not_recalled(self, last: Told, number: int, case: UUID, came: Sequence[tuple[Arrival, Delivery]], verdict: Verdict) -> str | None:
        """A cancellation or retraction is due at everyone who was told or may have been, and at nobody else."""
        wanted = Notice.RETRACTED if last.fact == "retracted" else Notice.CANCELLED
        rows = [delivery for delivery in self.ledger.by_case.get(case, ()) if delivery.recipient == recipient_id(number)]
        knew = any(delivery.notice <= Notice.CORRECTED for _, delivery in came) or any(d.told for d in rows if d.notice <= Notice.CORRECTED)
        reached = any(delivery.notice is wanted and arrival.mode in _TAKES for arrival, delivery in came)
        verdict.due += knew
        if knew and not reached:
            verdict.losses += 1
            return f"recipient {number} was told of death {last.number} and not that it is {last.fact}"
        if not knew and any(delivery.notice is wanted for _, delivery in came):
            return f"recipient {number} was never told of death {last.number} and heard that it is {last.fact}"
        return None

    def _state(self, case: UUID, number: int) -> str:
        rows = [d for d in self.ledger.by_case.get(case, ()) if d.recipient == recipient_id(number)]
        newest = self.ledger.effective.get(case)
        return f"effective {newest}, " + ("; ".join(f"version {d.version} {d.state.word} ({d.reason})" for d in rows) or "nothing planned")

    def _versions_never_go_down(self, came: list[tuple[Arrival, Delivery]], verdict: Verdict) -> None:
        highest = 0
        for arrival, delivery in sorted(came, key=lambda pair: pair[0].at):
            if delivery.version < highest:
                if self.frozen and self._lease_expired(arrival):
                    verdict.late_writes += 1
                else:
                    verdict.faults.append(f"{delivery.recipient} got version {delivery.version} of case {delivery.case_id} after {highest}")
            highest = max(highest, delivery.version)

    def _lease_expired(self, arrival: Arrival) -> bool:
        parsed = parse_message_id(arrival.message)
        return parsed is not None and any(attempt.cause == "lease-expired" for attempt in self.ledger.attempts.get(parsed, ()))

    def _repeats_are_explained(self, verdict: Verdict) -> None:
        by_message: defaultdict[str, list[Arrival]] = defaultdict(list)
        messages: defaultdict[UUID, set[str]] = defaultdict(set)
        for arrival in self.arrivals:
            by_message[arrival.message].append(arrival)
        for message, came in by_message.items():
            parsed = parse_message_id(message)
            if parsed is None:
                continue
            messages[parsed[0]].add(message)
            # What was refused in so many words has not been taken: sending that again, after a person looked or in
            # a smaller batch, repeats nothing.
            repeats = sum(arrival.mode not in _REFUSES for arrival in came) - 1
            verdict.duplicates += max(0, repeats)
            unknown = sum(attempt.is_unknown for attempt in self.ledger.attempts.get(parsed, ()))
            if repeats > unknown:
                verdict.faults.append(f"{message} came {repeats + 1} times with {unknown} attempts of unknown outcome")
            if len({arrival.digest for arrival in came}) > 1:
                verdict.faults.append(f"{message} came with different content")
        verdict.faults += [f"delivery {delivery} went under {len(ids)} messages" for delivery, ids in messages.items() if len(ids) > 1]

    def _nothing_is_left_open(self, verdict: Verdict) -> None:
        for delivery in self.ledger.deliveries.values():
            if delivery.state in _UNFINISHED:
                verdict.faults.append(f"delivery {delivery.id} to {delivery.recipient} is still {delivery.state.word} ({delivery.reason})")


def _reference(answer: Answer) -> str:
    reference: str = orjson.loads(answer.body)["reference"]
    return reference.replace("-", "").replace(" ", "")
