"""Deliveries as planning leaves them, planted straight into the ledger, so that the engine is tested alone."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
from psycopg.rows import TupleRow

from hub.privacy import Keys, case_context
from hub.store import Connection, Pool, record_changes
from schemas.delivery import Notice, State
from schemas.ids import delivery_id, message_id


@dataclass
class Ledger:
    """Plants cases and deliveries, and reads what became of them."""

    pool: Pool
    keys: Keys

    async def lane(self, recipient: str, connector: str = "webhook", split: int = 0) -> int:
        added = "INSERT INTO lane (recipient, connector, split) VALUES (%s, %s, %s) RETURNING id"
        return int(await self.one(added, recipient, connector, split))

    async def case(self, subject: UUID | None = None) -> UUID:
        case_id = uuid4()
        await self.run(
            "INSERT INTO cases (id, subject, kind, newest, effective, standing, fact, source_time, opened_at, plan_due)"
            " VALUES (%s, %s, 'bereavement', 0, 0, 3, 1, now(), now(), false)",
            case_id,
            subject or uuid4(),
        )
        return case_id

    async def version(self, case_id: UUID, version: int) -> datetime:
        """A planned case version that is now the truth; returns when it was recorded."""
        at = datetime.now(UTC)
        [key] = await self.keys.fresh(1)
        await self.run(
            "INSERT INTO case_version (case_id, version, notification, client, standing, fact, source_time, recorded_at, data_key, sealed)"
            " VALUES (%s, %s, %s, 'register', 3, 1, now(), %s, %s, %s)",
            case_id,
            version,
            uuid4(),
            at,
            key.id,
            key.seal(b'{"source":"x","id":"1","data":{}}', case_context(case_id, version)),
        )
        await self.run("UPDATE cases SET newest = %s, effective = %s WHERE id = %s", version, version, case_id)
        return at

    async def delivery(
        self, case_id: UUID, version: int, at: datetime, lane: int, recipient: str, notice: Notice = Notice.NOTIFIED
    ) -> UUID:
        """A queued delivery with its first message."""
        id_ = delivery_id(at, case_id, version, recipient)
        [key] = await self.keys.fresh(1)
        subject = await self.one("SELECT subject FROM cases WHERE id = %s", case_id)
        name = message_id(id_, 1)
        body = orjson.dumps({"specversion": "1.0", "id": name, "subject": "5" * 32, "caseversion": version, "data": {"pad": "x" * 600}})
        async with self.pool.connection() as connection, connection.transaction():
            await connection.execute(
                "INSERT INTO delivery (id, case_id, subject, due_at, changed_at, lane, version, state, notice, priority, message)"
                " VALUES (%s, %s, %s, %s, now(), %s, %s, 1, %s, %s, 1)",
                (id_, case_id, subject, at, lane, version, int(notice), notice.priority),
            )
            await connection.execute(
                "INSERT INTO message VALUES (%s, 1, 'sample@1', 1, 1, %s, %s)", (id_, key.id, key.seal(body, name.encode()))
            )
            await record_changes(connection, [], at, begun={(lane, int(State.QUEUED)): 1})
        return id_

    async def deliveries(self, count: int, lane: int, recipient: str) -> list[UUID]:
        """`count` deliveries of a case each, in order."""
        made = []
        for _ in range(count):
            case_id = await self.case()
            made.append(await self.delivery(case_id, 1, await self.version(case_id, 1), lane, recipient))
        return made

    async def backlog(self, count: int, lane: int, recipient: str) -> None:
        """`count` cases with a delivery each that cannot be read, for what waits and is not to be sent in a test."""
        case_id = await self.case()
        first = await self.delivery(case_id, 1, await self.version(case_id, 1), lane, recipient)
        await self.run(
            "WITH c AS (INSERT INTO cases (id, subject, kind, newest, effective, standing, fact, source_time, opened_at, plan_due)"
            " SELECT gen_random_uuid(), gen_random_uuid(), kind, 1, 1, 3, 1, now(), now(), false FROM cases, generate_series(1, %s)"
            " WHERE cases.id = %s RETURNING id, subject), d AS (INSERT INTO delivery"
            " (id, case_id, subject, due_at, changed_at, lane, version, state, notice, priority, message)"
            " SELECT overlay(d.id::text PLACING substr(c.id::text, 25) FROM 25)::uuid, c.id, c.subject, now(), now(), d.lane, 1, 1, 0, 0, 1"
            " FROM c, delivery d WHERE d.id = %s RETURNING id)"
            " INSERT INTO message SELECT d.id, 1, agreement, register, fields, data_key, sealed FROM d, message WHERE delivery = %s",
            count - 1,
            case_id,
            first,
            first,
        )

    async def break_key(self, keystore_url: str, delivery: UUID) -> None:
        """Alter the key of a delivery's message where it is stored, so that it does not unwrap."""
        key = await self.one("SELECT data_key FROM message WHERE delivery = %s", delivery)
        async with await Connection.connect(keystore_url, autocommit=True) as keystore:
            await keystore.execute("UPDATE data_key SET wrapped = '\\x00' || wrapped WHERE id = %s", (key,))

    async def states(self, ids: list[UUID]) -> list[State]:
        rows = await self.all("SELECT id, state FROM delivery WHERE id = ANY(%s)", ids)
        found = {id_: State(state) for id_, state in rows}
        return [found[id_] for id_ in ids]

    async def all_are(self, ids: list[UUID], state: State) -> bool:
        return set(await self.states(ids)) == {state}

    async def one(self, statement: str, *values: object) -> Any:
        [row] = await self.all(statement, *values)
        return row[0]

    async def all(self, statement: str, *values: object) -> list[TupleRow]:
        async with self.pool.connection() as connection:
            return await (await connection.execute(statement.encode(), values)).fetchall()

    async def run(self, statement: str, *values: object) -> None:
        async with self.pool.connection() as connection:
            await connection.execute(statement.encode(), values)
