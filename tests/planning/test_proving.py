"""The nightly proof: what each plan should say, by the policy of its day, against what it says."""

from uuid import UUID

from hub.clock.reconcile import Reconciliation
from schemas import State
from tests.cases.deaths import death, informal
from tests.planning.conftest import Hub, everyone

# One recipient is taken out of a plan, as a defect would leave it out: nothing else remembers it.
_FORGET = """
UPDATE plan SET decisions = (
  SELECT coalesce(jsonb_agg(decision), '[]') FROM jsonb_array_elements(decisions) AS decision WHERE decision ->> 'recipient' <> %s)
"""
_HOLD = """
UPDATE plan SET decisions = (
  SELECT jsonb_agg(CASE WHEN decision ->> 'recipient' = %s THEN decision || '{"decision": "held", "rule": "standing"}' ELSE decision END)
  FROM jsonb_array_elements(decisions) AS decision)
"""


async def found(hub: Hub) -> dict[str, list[str]]:
    """By case, the recipients that the tasks name."""
    rows = await hub.run("SELECT about, evidence -> 'recipients' FROM task WHERE cause = 'left-out' AND closed_at IS NULL")
    return dict(rows)


async def _is_due(hub: Hub, case: UUID) -> bool:
    return bool((await hub.run("SELECT plan_due FROM cases WHERE id = %s", case))[0][0])


async def test_whole_plans_are_proved_whole_whatever_came_of_them(hub: Hub) -> None:
    for number in range(3):
        await hub.tell_and_plan(death(number))
    await hub.sent("stevenage.council-tax", State.APPLIED)
    await hub.tell_and_plan(death(0, minute=5, adultsRemaining=1))
    await hub.tell_and_plan(death(1, minute=5, fact="retracted"))
    await hub.tell_and_plan(informal(7))
    assert await Reconciliation(hub.keys).look(hub.pool) == 0
    assert await found(hub) == {}


async def test_somebody_left_out_is_found_made_a_task_of_and_told(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(1))
    whole = await hub.tell_and_plan(death(2))
    left_out = "dwp.benefits"
    await hub.run("DELETE FROM message")
    await hub.run("DELETE FROM delivery WHERE case_id = %s AND lane IN (SELECT id FROM lane WHERE recipient = %s)", case, left_out)
    await hub.run(_FORGET + "WHERE case_id = %s", left_out, case)
    assert await Reconciliation(hub.keys).look(hub.pool) == 1
    assert await found(hub) == {str(case): [left_out]}
    assert (await _is_due(hub, case), await _is_due(hub, whole)) == (True, False)
    await hub.plan(case)
    assert (await hub.rows(case))[left_out, 1].state is State.QUEUED
    assert await Reconciliation(hub.keys).look(hub.pool) == 0


async def test_somebody_kept_back_whom_the_policy_of_that_day_allowed_is_found(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(1))
    await hub.run(_HOLD, "stevenage.council-tax")
    assert await Reconciliation(hub.keys).look(hub.pool) == 1
    assert await found(hub) == {str(case): ["stevenage.council-tax"]}


async def test_somebody_told_before_whom_a_newer_plan_forgets_is_found(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(1))
    await hub.sent("dwp.benefits", State.ACCEPTED)
    await hub.tell_and_plan(death(1, minute=5, fact="cancelled"))
    await hub.run(_FORGET + "WHERE version = 2", "dwp.benefits")
    assert await Reconciliation(hub.keys).look(hub.pool) == 1
    assert await found(hub) == {str(case): ["dwp.benefits"]}


async def test_a_plan_is_judged_by_the_register_of_its_day(hub: Hub) -> None:
    await hub.tell_and_plan(death(1))
    await hub.load([*everyone(), everyone()[0].model_copy(update={"organisation": "stevenage-two"})])
    # The new register has more to tell; what was planned before it is whole by the policy it was planned under.
    assert await Reconciliation(hub.keys).look(hub.pool) == 0
