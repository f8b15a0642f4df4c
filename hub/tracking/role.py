"""The role `track`: publishes the ledger's news, reads recipients' answers, and sees what they collected."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from hub.broker import AWAY, DEAD_LETTERS, DELIVERY_STATUS, TopicWatch, acknowledgements, ensure_topics, open_producer
from hub.observe import ledger_answers, log, metrics, serve, setup_logging
from hub.privacy import Keys
from hub.recipients import Register, RegisterWatch
from hub.roles import end_tasks, run_role
from hub.settings import Settings
from hub.store import Pool, open_pool
from hub.tracking.collected import note_collected, requeue_lost
from hub.tracking.news import publish_news
from hub.tracking.shelves import Shelves
from hub.tracking.topic_answers import AnswerReader, read_answers

ROLE = "track"
_QUICKEST, _SLOWEST = 0.02, 0.5
_LOOK_AT_SHELVES = 1.0
_AGAIN = 1.0


def main(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT."""
    setup_logging(settings, ROLE)
    run_role(partial(track, settings))


async def track(settings: Settings, stopping: asyncio.Event) -> None:
    """Everything the role does, until `stopping` is set."""
    async with await open_pool(settings.database_url) as pool, await open_pool(settings.keystore_url, size=2) as keystore:
        keys = Keys(keystore, bytes.fromhex(settings.master_key.get_secret_value()))
        changed = asyncio.Event()
        register = RegisterWatch(pool, lambda _: changed.set())
        await register.look()
        duties = [
            asyncio.create_task(register.run()),
            asyncio.create_task(_again(partial(_publish, settings, pool), "news")),
            asyncio.create_task(_again(partial(_read, settings, pool, keys, register, changed), "answers")),
            asyncio.create_task(_again(partial(_watch_shelves, settings, pool, keys, register), "shelves")),
            asyncio.create_task(serve(settings, ROLE, partial(ledger_answers, pool))),
        ]
        stop = asyncio.create_task(stopping.wait())
        running = [stop, *duties] if settings.observe_port else [stop, *duties[:-1]]
        done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        await end_tasks((*duties, stop))
        for task in done - {stop}:
            await task  # a defect: it ends the process, and the supervisor starts another


async def _again(work: Callable[[], Awaitable[None]], name: str) -> None:
    """Do `work` for ever; begin anew when the ledger or the broker was away, or when it has reason to."""
    while True:
        try:
            await work()
        except AWAY as error:
            log.warning("track.away", duty=name, cause=type(error).__name__)
            await asyncio.sleep(_AGAIN)


async def _publish(settings: Settings, pool: Pool) -> None:
    await ensure_topics(settings.kafka_bootstrap, DELIVERY_STATUS, DEAD_LETTERS)
    producer = await open_producer(settings, ROLE)
    try:
        wait = _QUICKEST
        while True:
            rows = await publish_news(pool, producer, settings.public_url)
            wait = _QUICKEST if rows else min(2 * wait, _SLOWEST)
            await asyncio.sleep(wait)
    finally:
        await producer.stop()


async def _read(settings: Settings, pool: Pool, keys: Keys, register: RegisterWatch, changed: asyncio.Event) -> None:
    """Read the answers of those who answer by topic; return when the register names others."""
    recipients = _groups(register.current)
    if not recipients:
        await _other_recipients(register, changed, recipients)
        return
    topics = [acknowledgements(recipient) for recipient in sorted(recipients)]
    metrics.start_at_zero(topics=topics)
    watch = TopicWatch(settings.kafka_bootstrap, topics)
    tasks = [
        asyncio.create_task(watch.run()),
        asyncio.create_task(read_answers(settings, AnswerReader(pool, keys, watch), topics)),
        asyncio.create_task(_other_recipients(register, changed, recipients)),
    ]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            await task
    finally:
        await end_tasks(tasks)


async def _other_recipients(register: RegisterWatch, changed: asyncio.Event, known: Mapping[str, str]) -> None:
    while _groups(register.current).keys() == known.keys():
        changed.clear()
        await changed.wait()


async def _watch_shelves(settings: Settings, pool: Pool, keys: Keys, register: RegisterWatch) -> None:
    if not _groups(register.current):
        await asyncio.sleep(_AGAIN)
        return
    async with Shelves(settings) as shelves:
        while True:
            for shelf in await shelves.look(_groups(register.current)):
                if not await note_collected(pool, keys, shelf):
                    await requeue_lost(pool, shelf)
            await asyncio.sleep(_LOOK_AT_SHELVES)


def _groups(register: Register) -> dict[str, str]:
    """Recipients that collect from a topic, with the consumer group that counts."""
    return {
        one.id: str(way.settings["group"])
        for one in register.recipients.values()
        for way in one.entry.ways.values()
        if way.connector == "topic"
    }
