"""The role `track` at work: news out, answers in, collections seen, and an orderly end."""

import asyncio
import secrets

import orjson

from hub.broker import acknowledgements, open_producer
from hub.privacy import Keys
from hub.recipients import Register, load
from hub.settings import Settings
from hub.store import open_pool
from hub.tracking.role import track
from schemas import State, message_id
from tests.tracking.conftest import Deliveries
from tests.tracking.register import small_register
from tests.waiting import until


async def test_track_publishes_news_takes_answers_by_topic_and_follows_the_register(settings: Settings) -> None:
    stopping = asyncio.Event()
    master_key = bytes.fromhex(settings.master_key.get_secret_value())
    async with await open_pool(settings.database_url) as pool, await open_pool(settings.keystore_url, size=2) as keystore:
        ledger = Deliveries(pool, Keys(keystore, master_key))
        running = asyncio.create_task(track(settings, stopping))
        try:
            # The register comes after the role: it must take up the topic recipient by itself.
            organisation = f"stevenage-{secrets.token_hex(3)}"
            content = [{**orjson.loads(small_register().content)["organisations"][1], "organisation": organisation, "agreements": []}]
            async with pool.connection() as connection:
                await load(connection, Register.from_content({"organisations": content, "kinds": []}, 0))
            one = await ledger.planted(f"{organisation}.waste", state=State.ACCEPTED)
            await ledger.run("INSERT INTO news (topic, events) VALUES ('delivery-status', %s)", orjson.dumps([]))
            await until(lambda: _count(ledger, "news", 0))

            producer = await open_producer(settings, "recipient")
            await producer.send_and_wait(acknowledgements(one.recipient), b'{"answer":"applied"}', key=message_id(one.id, 1).encode())
            await producer.stop()
            await until(lambda: ledger.all_are([one.id], State.APPLIED), 30)
            await until(lambda: _count(ledger, "news", 0))
        finally:
            stopping.set()
            await asyncio.wait_for(running, 15)


async def _count(ledger: Deliveries, table: str, wanted: int) -> bool:
    return bool(await ledger.one(f"SELECT count(*) FROM {table}") == wanted)  # noqa: S608 - a table's name
