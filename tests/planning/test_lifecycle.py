"""The whole life of a fact, of every kind: told in any order by several tellers, planned at any time in between. What each
recipient was told is the witness: in the end everybody told believes what is true."""

import asyncio
import itertools
import os
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from hub.cases import Recorded, record
from hub.kinds import BUILT_IN
from hub.planning import Planner
from hub.privacy import Blind, Keys
from hub.recipients import Organisation
from hub.store import open_pool
from schemas import Fact, Notice, Standing, State
from tests.conftest import Databases
from tests.planning.conftest import Hub, Row
from tests.planning.lives import KINDS, REGISTERED_KINDS, TELLERS, Told, arrival, subject_of, true_now

SURE, EARLY = "centre.sure", "centre.early"
_SAMPLE = {"power": "sample", "basis": "sample"}
_numbers = itertools.count(200_000)


def _fields(kind: str) -> list[str]:
    subject = subject_of(kind)
    return ["standing", "fact", f"{subject}.names", f"{subject}.dateOfBirth", *BUILT_IN[kind].recalls]


def _centre() -> Organisation:
    """Two services told of every kind: one of what is registered, one of everything."""
    agreements = [
        {"id": f"{name.replace('.', '-')}-{kind}", "recipient": name, "kind": kind, "standing": standing, "fields": _fields(kind)}
        for name, standing in ((SURE, "registered"), (EARLY, "informal"))
        for kind in KINDS
    ]
    more: dict[str, Any] = {"protocol": "sample", "sender": _SAMPLE, "receiver": _SAMPLE, "impactAssessment": "sample", "asks": "statute"}
    services = [
        {"service": name.split(".")[1], "name": name, "kinds": KINDS, "connector": "webhook", "answersWithin": "never"}
        | ({"urgent": {"connector": "webhook"}} if name == EARLY else {})
        for name in (SURE, EARLY)
    ]
    entry = {"organisation": "centre", "name": "Centre", "places": "everywhere", "services": services}
    return Organisation.model_validate(entry | {"agreements": [one | more for one in agreements]})


class Life(RuleBasedStateMachine):
    """One case. `hub` and `runner` are set for a whole run of examples."""

    hub: Hub
    runner: asyncio.Runner

    @initialize(kind=st.sampled_from(KINDS))
    def begin(self, kind: str) -> None:
        self.kind, self.who = kind, next(_numbers)
        self.said: list[Told] = []
        self.later: list[int] = []
        self.case: UUID | None = None
        self.is_planned = True

    @rule(
        standing=st.sampled_from([Standing.REGISTERED, Standing.REGISTERED, *Standing]),
        fact=st.sampled_from(Fact),
        later=st.sampled_from([1, 1, 1, 2, -3]),
        given=st.sampled_from(["Ada", "Eve"]),
        second=st.sampled_from([False, False, True]),
        teller=st.integers(0, 1),
        planned=st.sampled_from([True, True, True, False]),
        sent=st.sampled_from([(SURE, EARLY)] * 4 + [(SURE,), (EARLY,), ()]),
    )
    def tell(
        self, standing: Standing, fact: Fact, later: int, given: str, second: bool, teller: int, planned: bool, sent: tuple[str, ...]
    ) -> None:
        """The source's clock runs on, and now and then an older state of things comes late."""
        numbered = standing is Standing.REGISTERED and self.kind in REGISTERED_KINDS
        minute = 60 + sum(self.later) + later
        self.later.append(max(later, 0))
        told = Told(standing, fact, minute, given, f"{self.who}-{second}" if numbered else None)
        by = TELLERS[standing]
        event = arrival(self.kind, self.who, told, by[teller % len(by)])
        (answer,) = self.run(record(self.hub.pool, self.hub.keys, self.hub.blind, [event]))
        assert isinstance(answer, Recorded)
        assert self.case in (None, answer.case_id)
        self.case = answer.case_id
        self.said.append(told)
        self.is_planned = False
        if planned:
            self.plan()
            for recipient in sent:
                self.send(recipient)

    def plan(self) -> None:
        assert self.case is not None
        self.run(self.hub.plan(self.case))
        self.is_planned = True
        self.what_waits_is_so()

    def send(self, recipient: str) -> None:
        """The engine sends nothing of a case that waits for its plan."""
        self.run(
            self.hub.run(
                "UPDATE delivery SET state = %s, told = true, first_attempt_at = now() WHERE state = 1 AND case_id = %s"
                " AND lane IN (SELECT id FROM lane WHERE recipient = %s)",
                int(State.ACCEPTED),
                self.case,
                recipient,
            )
        )

    def what_waits_is_so(self) -> None:
        """What waits to be told is true; an end goes to nobody who was never told; a cancellation is no "not dead"."""
        true = true_now(self.said)
        ends = {Fact.CANCELLED: Notice.CANCELLED, Fact.RETRACTED: Notice.RETRACTED}
        for recipient in (SURE, EARLY):
            heard, waits = self.heard(recipient)
            for row in waits:
                assert row.event is not None
                assert row.event["data"]["fact"] == true.fact.word
                assert row.event["type"].split(".")[3] == row.notice.name.lower()
                assert (row.notice in ends.values()) is (true.fact is not Fact.ASSERTED)
                if true.fact is not Fact.ASSERTED:
                    assert heard, "nobody hears first that it is over"
                    assert row.notice is ends[true.fact]
                else:
                    assert row.notice is (Notice.CORRECTED if heard else Notice.NOTIFIED)
                    self.assert_whole(row.event["data"], true)
            if not any(one.fact is Fact.RETRACTED for one in self.said):
                assert all(row.notice is not Notice.RETRACTED for row in (*heard, *waits))

    def teardown(self) -> None:
        if getattr(self, "case", None) is None:
            return
        self.plan()
        self.send(SURE)
        self.send(EARLY)
        true = true_now(self.said)
        told = {recipient: heard for recipient in (SURE, EARLY) if (heard := self.heard(recipient)[0])}
        for heard in told.values():
            last = heard[-1]
            assert last.event is not None
            assert last.event["data"]["fact"] == true.fact.word
            if true.fact is Fact.ASSERTED:
                self.assert_whole(last.event["data"], true)
        if true.fact is Fact.RETRACTED:
            rows = self.run(self.hub.run("SELECT cause, recipient FROM task WHERE case_id = %s AND closed_at IS NULL", self.case))
            assert {recipient for cause, recipient in rows if cause == "told-not-so"} == told.keys()
            assert any(cause == "breach-assessment" for cause, _ in rows) is bool(told)

    def assert_whole(self, data: dict[str, Any], true: Told) -> None:
        """All that the agreement names, as it is now: also to who was told in between that it was over."""
        person = data[subject_of(self.kind)]
        assert person["names"] == {"given": [true.given], "family": f"Planted{self.who}"}
        assert "dateOfBirth" in person

    def heard(self, recipient: str) -> tuple[list[Row], list[Row]]:
        """What the recipient was told in order, and what waits for it."""
        assert self.case is not None
        rows = [row for row in self.run(self.hub.rows(self.case)).values() if row.recipient == recipient]
        rows.sort(key=lambda row: row.version)
        return [row for row in rows if row.state is State.ACCEPTED], [row for row in rows if row.state is State.QUEUED]

    def run(self, work: Any) -> Any:
        return self.runner.run(work)


@pytest.mark.timeout(300)
def test_in_whatever_order_it_is_told_and_planned_everybody_told_believes_the_truth_in_the_end(postgres: Databases) -> None:
    async def opened() -> Hub:
        pool, keystore = await open_pool(postgres.database_url), await open_pool(postgres.keystore_url)
        keys, blind = Keys(keystore, os.urandom(32)), Blind(os.urandom(32), os.urandom(32))
        hub = Hub(pool, keys, blind, Planner(keys, blind, "https://hub.example.org"))
        await hub.load([_centre()])
        return hub

    with asyncio.Runner() as runner:
        Life.runner, Life.hub = runner, runner.run(opened())
        # A failure is shown as it was found: to look for a shorter one takes minutes on a real ledger.
        often = settings(
            max_examples=25, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
        )
        try:
            run_state_machine_as_test(Life, settings=often)
        finally:
            runner.run(Life.hub.pool.close())
