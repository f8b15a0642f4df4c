"""A hub as far as planning: a ledger, a register, and what became of what was told."""

import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
import pytest

from hub.cases import Arrival, Recorded, record
from hub.planning import Planned, Planner
from hub.privacy import Blind, Keys
from hub.recipients import Organisation, Register, load, newest
from hub.store import Pool, open_pool
from schemas import Notice, State, message_id
from schemas.told import Told
from tests.conftest import Databases

BASE = ["standing", "fact", "deceased.names", "deceased.dateOfBirth", "deceased.dateOfDeath"]
STEVENAGE, WATFORD, HERTFORDSHIRE = "E07000243", "E07000103", "E10000015"
_SAMPLE = {"power": "sample", "basis": "sample"}


def organisation(name: str, places: Sequence[str] | str, services: dict[str, dict[str, Any]]) -> Organisation:
    """An organisation whose services each have an agreement; a service's values change its agreement's."""
    entry = {
        "organisation": name,
        "name": name.title(),
        "places": places,
        "services": [
            {"service": service, "name": service, "kinds": ["bereavement"], "connector": "webhook", "answersWithin": "never"}
            for service in services
        ],
        "agreements": [
            {
                "id": f"{name}-{service}", "recipient": f"{name}.{service}", "kind": "bereavement", "protocol": "sample",
                "sender": _SAMPLE, "receiver": _SAMPLE, "impactAssessment": "sample", "asks": "statute",
                "fields": [*BASE, *changed.pop("more", [])],
            } | changed
            for service, changed in ((service, dict(changed)) for service, changed in services.items())
        ],
    }  # fmt: skip
    return Organisation.model_validate(entry)


def everyone(**changed: dict[str, Any]) -> list[Organisation]:
    """Stevenage, Watford, their county and the centre, each expected service somewhere."""
    address = {"more": ["deceased.usualAddress"]}
    district = {name: address | changed.get(name, {}) for name in ("council-tax", "electoral-registration", "housing", "housing-benefit")}
    county: dict[str, dict[str, Any]] = {name: {} for name in ("adult-social-care", "blue-badge", "concessionary-travel", "libraries")}
    return [
        organisation("stevenage", [STEVENAGE], district),
        organisation("watford", [WATFORD], district),
        organisation("hertfordshire", [HERTFORDSHIRE], county),
        organisation("dwp", "everywhere", {"benefits": {"more": ["deceased.nino"]} | changed.get("benefits", {})}),
    ]


def with_urgent_way(*, has: bool = True, **changed: dict[str, Any]) -> list[Organisation]:
    """The same, the centre with a topic for what can wait and a webhook for what cannot; or not any more."""
    *others, centre = everyone(**changed)
    [service] = centre.services
    urgent = {"connector": "webhook", "settings": {"url": "https://quick.example.org/in"}}
    entry = service.model_dump(by_alias=True, exclude_defaults=True) | ({"urgent": urgent} if has else {}) | {"connector": "topic"}
    return [*others, Organisation.model_validate(centre.model_dump(by_alias=True, exclude_defaults=True) | {"services": [entry]})]


@dataclass(frozen=True, slots=True)
class Row:
    """A delivery, and the event of its current message where that can be read."""

    id: UUID
    recipient: str
    version: int
    state: State
    notice: Notice
    priority: int
    message: int
    reason: str | None
    event: dict[str, Any] | None = field(repr=False)


@dataclass
class Hub:
    """Tells, plans and looks."""

    pool: Pool
    keys: Keys
    blind: Blind
    planner: Planner

    async def load(self, organisations: Sequence[Organisation]) -> Register:
        async with self.pool.connection() as connection:
            await load(connection, Register(tuple(organisations)))
        return await self.register()

    async def register(self) -> Register:
        async with self.pool.connection() as connection:
            found = await newest(connection)
        assert found is not None
        return found

    async def tell(self, arrival: Arrival) -> UUID:
        """Record it and return its case."""
        (answer,) = await record(self.pool, self.keys, self.blind, [arrival])
        assert isinstance(answer, Recorded)
        return answer.case_id

    async def plan(self, *cases: UUID) -> Planned:
        return await self.planner.plan(self.pool, await self.register(), cases)

    async def tell_and_plan(self, arrival: Arrival) -> UUID:
        case = await self.tell(arrival)
        await self.plan(case)
        return case

    async def run(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        async with self.pool.connection() as connection:
            cursor = await connection.execute(query, values)
            return await cursor.fetchall() if cursor.description else []

    async def sent(self, recipient: str, state: State = State.ACCEPTED) -> None:
        """As the engine leaves what it sent to a recipient."""
        await self.run(
            "UPDATE delivery SET state = %s, told = true, first_attempt_at = now() WHERE state = 1"
            " AND lane IN (SELECT id FROM lane WHERE recipient = %s)",
            int(state),
            recipient,
        )

    async def rows(self, case: UUID) -> dict[tuple[str, int], Row]:
        """The case's deliveries by recipient and version."""
        found = await self.run(
            "SELECT d.id, lane.recipient, d.version, d.state, d.notice, d.priority, d.message, d.reason, m.data_key, m.sealed"
            " FROM delivery d JOIN lane ON lane.id = d.lane LEFT JOIN message m ON m.delivery = d.id AND m.number = d.message"
            " WHERE d.case_id = %s",
            case,
        )
        keys = await self.keys.get({row[8] for row in found if row[8]})
        rows: dict[tuple[str, int], Row] = {}
        for id_, recipient, version, state, notice, priority, message, reason, key, sealed in found:
            event = orjson.loads(keys[key].open(sealed, message_id(id_, message).encode())) if key in keys else None
            if event is not None:
                Told.model_validate(event)  # whatever is told is as published
            rows[recipient, version] = Row(id_, recipient, version, State(state), Notice(notice), priority, message, reason, event)
        return rows

    async def decisions(self, case: UUID) -> dict[str, dict[str, str]]:
        """The newest plan's decisions by recipient."""
        (row,) = await self.run("SELECT decisions FROM plan WHERE case_id = %s ORDER BY version DESC LIMIT 1", case)
        return {decision["recipient"]: decision for decision in row[0]}

    async def tasks(self) -> set[tuple[str, str]]:
        return {(cause, about) for cause, about in await self.run("SELECT cause, about FROM task WHERE closed_at IS NULL")}


@pytest.fixture
async def hub(postgres: Databases) -> AsyncIterator[Hub]:
    """A hub whose register has everyone."""
    async with await open_pool(postgres.database_url) as pool, await open_pool(postgres.keystore_url) as keystore:
        keys, blind = Keys(keystore, os.urandom(32)), Blind(os.urandom(32), os.urandom(32))
        opened = Hub(pool, keys, blind, Planner(keys, blind, "https://hub.example.org"))
        await opened.load(everyone())
        yield opened
