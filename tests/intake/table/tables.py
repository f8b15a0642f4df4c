"""Tables and maps written by the tests; the documented ones where nothing else is asked."""

from pathlib import Path

from hub.intake.files import BrokenFile, RefusedRecord
from hub.intake.table import ColumnMap, MapFault, read, read_map
from hub.kinds import BUILT_IN, Kinds
from hub.privacy import Blind
from schemas import Notification
from tests.intake.documented import example

__all__ = ["BrokenFile"]

BLIND = Blind(bytes(range(32)), bytes(32))
TABLE, MAP = example("CSV", "csv"), example("CSV", "yaml")
HEAD = TABLE.splitlines()[0]


def mapped(folder: Path, text: str = MAP, kinds: Kinds = BUILT_IN) -> ColumnMap:
    found = faults_or_map(folder, text, kinds)
    assert isinstance(found, ColumnMap), found
    return found


def faults_or_map(folder: Path, text: str, kinds: Kinds = BUILT_IN) -> ColumnMap | list[MapFault]:
    (folder / "map.yaml").write_text(text, "utf-8")
    return read_map(folder / "map.yaml", kinds)


def write(folder: Path, table: str | bytes) -> Path:
    path = folder / "table.csv"
    path.write_bytes(table if isinstance(table, bytes) else table.encode())
    return path


def taken_and_refused(folder: Path, table: str | bytes = TABLE, map_: str = MAP) -> tuple[list[Notification], list[RefusedRecord]]:
    batches = list(read(write(folder, table), mapped(folder, map_), BUILT_IN, BLIND))
    return [told for batch in batches for _, told in batch.notifications], [one for batch in batches for one in batch.refused]


def row(number: int, *, at: str = "12/03/2026 10:00", name: str = '"Planted, Iris"', **cells: str) -> str:
    """A row of the documented table."""
    cells = {"aka": "", "sex": "F", "born": "02/05/1941", "died": "09/03/2026", "lines": "Stevenage", "postcode": "SG1 1AA"} | cells
    return ",".join((f"{number:06}", at, name, *cells.values()))
