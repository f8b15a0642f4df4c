"""The role `deliver`: an engine, fed by the wake-ups of each connector kind through Faust where Kafka is there."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial

from connectors.contract import Connector, Endpoint
from hub.broker import Record, TopicWatch, decode_wakes, deliveries
from hub.delivery.engine import Engine
from hub.delivery.parts import Route
from hub.observe import ledger_answers, log, metrics, serve, setup_logging
from hub.privacy import Keys
from hub.recipients import Recipient, Register, RegisterWatch, resolve
from hub.roles import end_tasks, run_role
from hub.settings import Settings
from hub.store import open_pool
from hub.streams import Batches, Room, run_streams

ROLE = "deliver"
_Routes = dict[tuple[str, bool], Route]


def main(settings: Settings, connectors: Mapping[str, Connector]) -> None:
    """Run until SIGTERM or SIGINT; `connectors` by kind."""
    setup_logging(settings, ROLE)
    run_role(partial(deliver, settings, connectors))


async def deliver(settings: Settings, connectors: Mapping[str, Connector], stopping: asyncio.Event) -> None:
    """Everything the role does, until `stopping` is set."""
    async with await open_pool(settings.database_url) as pool, await open_pool(settings.keystore_url, size=2) as keystore:
        metrics.start_at_zero(connectors=connectors)
        routes: _Routes = {}
        register = RegisterWatch(pool, lambda found: _read_routes(found, settings, routes))
        await register.look()
        keys = Keys(keystore, bytes.fromhex(settings.master_key.get_secret_value()))
        engine = Engine(pool, keys, settings, connectors, lambda recipient, urgent: routes.get((recipient, urgent)))
        topics = [deliveries(kind) for kind in connectors]
        watch = TopicWatch(settings.kafka_bootstrap, topics)
        batches = [Batches(topic, partial(_wake, engine), Room(pool, watch, within=0.0)) for topic in topics]
        seen = asyncio.create_task(serve(settings, ROLE, partial(ledger_answers, pool)))
        sending = asyncio.create_task(engine.run(stopping))
        await run_streams(settings, ROLE, batches, watch, stopping, [register.run, partial(_never_before, sending)])
        await sending
        await end_tasks([seen])
        for connector in connectors.values():
            await connector.close()


async def _never_before(sending: "asyncio.Task[None]") -> None:
    """An engine that ends with an error takes the process with it, to be started again."""
    await asyncio.shield(sending)
    await asyncio.Event().wait()


def _read_routes(register: Register, settings: Settings, routes: _Routes) -> None:
    """How each recipient is reached, from its entry. One that cannot be reached as it stands keeps its deliveries queued."""
    found = {
        (id_, urgent): route
        for id_, one in register.recipients.items()
        for urgent in (False, True)
        if (route := _route(one, settings, urgent=urgent)) is not None
    }
    routes.clear()
    routes.update(found)


def _route(recipient: Recipient, settings: Settings, *, urgent: bool) -> Route | None:
    entry = recipient.entry
    way = entry.way(urgent=urgent)
    try:
        endpoint = Endpoint(recipient.id, resolve(way.settings))
    except LookupError as error:
        log.error("delivery.unresolved", recipient=recipient.id, cause=str(error.args[0]))
        return None
    concurrency = min(entry.concurrency, settings.lane_concurrency)
    lanes = 1 if urgent else entry.lanes
    return Route(endpoint, way.connector, concurrency, entry.per_second and entry.per_second / lanes)


async def _wake(engine: Engine, records: Sequence[Record]) -> None:
    """Tell the engine what became due; ask for lanes whose wake-ups come here while another has them."""
    strange = set()
    for record in records:
        for lane, urgent, ids in decode_wakes(record):
            if not engine.wake(lane, ids, urgent=urgent):
                strange.add(lane)
    if strange:
        await engine.propose(sorted(strange))
