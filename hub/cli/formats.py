"""The formats of files that `tuo ingest` reads, and what each of them needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from hub.cli.faults import Plain
from hub.intake import gro, source_kind_of, table
from hub.intake.files import Batch, OnProgress, read_events
from hub.intake.nhs import read_event
from hub.kinds import Kinds
from hub.privacy import Blind
from hub.settings import Settings
from hub.store import Pool
from schemas import Notification, SourceKind


class Format(StrEnum):
    """What a file is."""

    GRO = "gro"
    SET = "set"
    NHS = "nhs"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Source:
    """A file, what it is, and whose."""

    file: Path
    format: Format
    map: Path | None
    client: str | None


# How files begin that can be nothing else: XML, JSON, and the first letters of every token's header.
_BEGINNINGS = {b"<": Format.GRO, b"{": Format.NHS, b"eyJ": Format.SET}


def recognise(file: Path, map_: Path | None) -> Format:
    """What a file is, by its map or its first characters. Raises `Plain` where these do not say."""
    if map_ is not None:
        return Format.CSV
    with file.open("rb") as opened:
        beginning = opened.read(256).removeprefix(b"\xef\xbb\xbf").lstrip()
    found = next((form for letters, form in _BEGINNINGS.items() if beginning.startswith(letters)), None)
    if found is None:
        raise Plain(f"What {file.name} is cannot be seen from how it begins. Say so: --map MAP.yaml for CSV, or --format.")
    return found


async def source_of(
    source: Source, pool: Pool, kinds: Kinds, blind: Blind, settings: Settings, on_progress: OnProgress
) -> tuple[str, SourceKind, Iterator[Batch]]:
    """Who tells it, as what kind of source, and its records. Raises `Plain`; reading them raises `BrokenFile`."""
    if source.map is not None and source.format is not Format.CSV:
        raise Plain(f"--map is for CSV, and {source.file.name} is read as {source.format}.")
    if source.format is Format.GRO:
        if source.client is not None:
            raise Plain("An extract is the register's own: leave --client out.")
        return gro.CLIENT, SourceKind.REGISTER, gro.read(source.file, blind, on_progress)
    client, kind = await _client(source, pool)
    if source.format is Format.CSV:
        return client, kind, table.read(source.file, _map(source, kinds), kinds, blind, on_progress)
    if source.format is Format.SET:
        from hub.intake.secevents import client_keys, read_token  # loads what signatures need, which no other format does

        keys, audience = await client_keys(pool, client), settings.public_url.rstrip("/")

        def read_one(raw: bytes) -> Notification:
            return read_token(raw.decode("latin-1"), keys, audience, settings.max_depth)

        return client, kind, read_events(source.file, read_one, settings.max_body_bytes, on_progress)

    def read_nhs(raw: bytes) -> Notification:
        return read_event(raw, settings.max_depth)

    return client, kind, read_events(source.file, read_nhs, settings.max_body_bytes, on_progress)


async def _client(source: Source, pool: Pool) -> tuple[str, SourceKind]:
    if source.client is None:
        raise Plain("Whose is it? Say so: --client stevenage-registrars. `tuo clients list` shows those there are.")
    kind = await source_kind_of(pool, source.client)
    if kind is None:
        raise Plain(f"There is no active client {source.client!r}. `tuo clients list` shows those there are.")
    return source.client, kind


def _map(source: Source, kinds: Kinds) -> table.ColumnMap:
    if source.map is None:
        raise Plain("What are its columns? Say so: --map MAP.yaml, as in docs/adapters.md.")
    found = table.read_map(source.map, kinds)
    if isinstance(found, list):
        raise Plain("\n".join(["The map cannot be used. Nothing was taken.", *map(str, found)]))
    return found
