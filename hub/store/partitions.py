"""Monthly partitions of the tables that grow, by the time in a delivery's id."""

from datetime import UTC, datetime

from psycopg import sql

from hub.store.pool import Connection
from schemas.ids import bound_at

PARTITIONED = ("delivery", "message", "attempt")


def _month(at: datetime, ahead: int) -> datetime:
    months = at.year * 12 + at.month - 1 + ahead
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)


async def add_partitions(connection: Connection, at: datetime, months: int = 3) -> None:
    """Make the partitions of `at`'s month, the one before it and `months` after it where they are missing."""
    for table in PARTITIONED:
        for ahead in range(-1, months + 1):
            start, end = _month(at, ahead), _month(at, ahead + 1)
            await connection.execute(
                sql.SQL("CREATE TABLE IF NOT EXISTS {} PARTITION OF {} FOR VALUES FROM ({}) TO ({}) {}").format(
                    sql.Identifier(f"{table}_{start:%Y_%m}"),
                    sql.Identifier(table),
                    sql.Literal(str(bound_at(start))),
                    sql.Literal(str(bound_at(end))),
                    sql.SQL("WITH (fillfactor = 70)" if table == "delivery" else ""),
                )
            )
