"""The role `clock`: any number of processes, of which one leads and does what waits for a time."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from hub.clock.agreements import Agreements
from hub.clock.dead_letters import watch_dead_letters
from hub.clock.duty import Duty, keep, wait_for
from hub.clock.endings import watch_endings
from hub.clock.gauges import set_gauges
from hub.clock.housekeeping import carry_erasures_through, keep_erased, make_partitions
from hub.clock.lateness import Agreed
from hub.clock.leader import leading
from hub.clock.likenesses import Likenesses
from hub.clock.reconcile import Reconciliation
from hub.clock.replanning import replan_what_has_come
from hub.clock.service_levels import ServiceLevels
from hub.clock.successions import Successions
from hub.clock.tallies import fold_tallies
from hub.clock.unclaimed import watch_unclaimed
from hub.delivery import release_expired
from hub.observe import ledger_answers, log, metrics, serve, setup_logging
from hub.planning import requeue_unplanned
from hub.privacy import Keys
from hub.recipients import Recipient, Register, RegisterWatch
from hub.roles import end_tasks, run_role
from hub.settings import Settings
from hub.store import LEDGER_AWAY, Pool, open_pool

ROLE = "clock"
_DAY = 86_400.0
# Where a recipient that collects itself has agreed to no time.
_COLLECTS_WITHIN = timedelta(days=5)


def main(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT."""
    setup_logging(settings, ROLE)
    run_role(partial(clock, settings))


async def clock(settings: Settings, stopping: asyncio.Event) -> None:
    """Stand by, lead when nobody else does, until `stopping` is set."""
    async with await open_pool(settings.database_url) as pool, await open_pool(settings.keystore_url, size=2) as keystore:
        keys = Keys(keystore, bytes.fromhex(settings.master_key.get_secret_value()))
        register = RegisterWatch(pool, lambda found: metrics.start_at_zero(recipients=found.recipients))
        beside = [asyncio.create_task(register.run()), asyncio.create_task(serve(settings, ROLE, partial(ledger_answers, pool)))]
        try:
            while not stopping.is_set():
                await _stand(settings, stopping, duties(pool, keys, settings, register))
        finally:
            await end_tasks(beside)


async def _stand(settings: Settings, stopping: asyncio.Event, work: list[Duty]) -> None:
    """One try at leading: until stopped, or the lock is lost, or at once where another leads."""
    try:
        async with leading(settings.database_url) as leadership:
            if leadership is not None:
                log.info("clock.leads")
                await keep(work, leadership, stopping, settings.clock_interval)
    except (*LEDGER_AWAY, OSError) as error:
        log.warning("clock.ledger-away", cause=type(error).__name__)
    await wait_for(stopping, settings.clock_interval)


def duties(pool: Pool, keys: Keys, settings: Settings, register: RegisterWatch) -> list[Duty]:
    """Everything that waits for a time. Each may run in two leaders at once without harm."""
    every = settings.clock_interval
    levels, agreements, reconciliation, likenesses = ServiceLevels(), Agreements(), Reconciliation(keys), Likenesses()
    successions = Successions()
    return [
        Duty("tallies", every, partial(fold_tallies, pool)),
        Duty("leases", settings.lease / 4, partial(release_expired, pool, settings.lease)),
        Duty("unplanned", 5 * every, partial(requeue_unplanned, pool, settings)),
        Duty("gauges", 5 * every, partial(set_gauges, pool)),
        Duty("agreements", 10 * every, partial(agreements.look, pool)),
        Duty("replanning", 5 * every, partial(replan_what_has_come, pool)),
        Duty("endings", 60 * every, lambda: watch_endings(pool, register.current)),
        Duty("successions", 60 * every, lambda: successions.look(pool, register.current)),
        Duty("unclaimed", 15 * every, partial(watch_unclaimed, pool)),
        Duty("dead-letters", 5 * every, partial(watch_dead_letters, pool)),
        Duty("likenesses", 10 * every, partial(likenesses.look, pool)),
        Duty("service-levels", 15 * every, lambda: levels.look(pool, agreed(register.current))),
        Duty("erasures", 30 * every, partial(carry_erasures_through, pool, keys, settings)),
        Duty("reconciliation", 60 * every, partial(reconciliation.look, pool)),
        Duty("partitions", _DAY, partial(make_partitions, pool)),
        Duty("erased", _DAY, partial(keep_erased, pool, keys)),
    ]


def agreed(register: Register) -> Mapping[str, Agreed]:
    """By when each recipient collects and answers."""
    return {one.id: Agreed(one.entry.collects_within or _COLLECTS_WITHIN, _answers_within(one)) for one in register.recipients.values()}


def _answers_within(one: Recipient) -> timedelta | None:
    return one.entry.answers_within if isinstance(one.entry.answers_within, timedelta) else None
