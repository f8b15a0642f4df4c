"""What should follow for somebody and cannot be recorded is never taken for said."""

from hub.kinds import BUILT_IN, Kinds, OwnKind
from hub.recipients import Register, load
from tests.planning.conftest import Hub
from tests.planning.family import move, person, services


async def test_what_the_hub_refuses_to_record_for_somebody_is_a_persons_task_each_time_it_is_planned(hub: Hub) -> None:
    organisations = services("change-of-address", ["mover", "movedOn", "oldAddress", "newAddress"], council="duty")
    await hub.load(organisations)
    case = await hub.tell_and_plan(move(person("Ada"), {"person": person("Ben"), "confirmed": True}))
    (follow,) = BUILT_IN["change-of-address"].follows
    changed = follow.model_dump(mode="json", by_alias=True)
    changed["content"].pop("oldAddress")
    kinds = Kinds((OwnKind({"kind": "change-of-address", "follows": [changed]}),))
    # The same version says something else of him under the same id.
    async with hub.pool.connection() as connection:
        await load(connection, Register(tuple(organisations), kinds=kinds))
    for _ in range(2):
        await hub.run("UPDATE cases SET plan_due = true WHERE id = %s", case)
        await hub.plan(case)
        assert ("not-followed", str(case)) in await hub.tasks()
