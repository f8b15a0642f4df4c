"""PostgreSQL: connections, migrations and partitions of the ledger and of the key store."""

from hub.store.changes import STATUS_TOPIC, Change, record_changes
from hub.store.migrate import SchemaState, migrate, schema_state
from hub.store.partitions import add_partitions
from hub.store.planning import ask_for_planning, ask_for_planning_in_parts
from hub.store.pool import LEDGER_AWAY, Connection, Pool, open_pool
from hub.store.references import reference_of

__all__ = [
    "LEDGER_AWAY",
    "STATUS_TOPIC",
    "Change",
    "Connection",
    "Pool",
    "SchemaState",
    "add_partitions",
    "ask_for_planning",
    "ask_for_planning_in_parts",
    "migrate",
    "open_pool",
    "record_changes",
    "reference_of",
    "schema_state",
]
