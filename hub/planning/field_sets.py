"""Which fields a message discloses, as a number: the same few sets come again and again."""

from collections.abc import Iterable

from hub.store import Connection

_MAKE = "INSERT INTO field_set (fields) SELECT %b::text[] ON CONFLICT (fields) DO NOTHING"
_FIND = "SELECT id FROM field_set WHERE fields = %b::text[]"
_READ = "SELECT id, fields FROM field_set WHERE id = ANY(%b::int[])"

Fields = tuple[str, ...]


class FieldSets:
    """The sets this process knows. A set made in a transaction is remembered by `keep`, after the commit."""

    def __init__(self) -> None:
        self._ids: dict[Fields, int] = {}
        self._sets: dict[int, Fields] = {}
        self._new: dict[Fields, int] = {}

    async def number(self, connection: Connection, sets: Iterable[Fields]) -> dict[Fields, int]:
        """The number of each set. Unknown ones are made, in one order for all, so that two processes do not wait in a circle."""
        wanted = set(sets)
        self._new = {}
        for fields in sorted(wanted - self._ids.keys()):
            await connection.execute(_MAKE, (list(fields),))
            row = await (await connection.execute(_FIND, (list(fields),))).fetchone()
            assert row is not None
            self._new[fields] = int(row[0])
        return {fields: self._ids.get(fields) or self._new[fields] for fields in wanted}

    def keep(self) -> None:
        """The transaction committed: what it made is there."""
        for fields, id_ in self._new.items():
            self._ids[fields], self._sets[id_] = id_, fields
        self._new = {}

    async def read(self, connection: Connection, ids: Iterable[int]) -> dict[int, Fields]:
        """The sets behind numbers."""
        wanted = set(ids)
        if unknown := wanted - self._sets.keys():
            rows = await (await connection.execute(_READ, (list(unknown),), binary=True)).fetchall()
            self._sets.update({id_: tuple(fields) for id_, fields in rows})
        return {id_: self._sets[id_] for id_ in wanted}
