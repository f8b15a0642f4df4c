"""Makes an edition from the published registers; `tuo places update` calls it.

Its source holds `postcodes.csv.xz` and `areas.csv` (OS Code-Point Open) and `local-authorities.csv` (mySociety). The two
registers disagree somewhere, always: what cannot be resolved is named, and is `council-unresolved` at a look-up. What is
decided and in no register yet is in `reorganisations.csv`, beside this file.
"""

import csv
import hashlib
import lzma
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson

from hub.places.postcodes import pack
from schemas.parts import normal_postcode

SOURCES = ("postcodes.csv.xz", "areas.csv", "local-authorities.csv")
_ROOM = Path(__file__).parent
_KINDS = {
    "CTY": "county", "NMD": "district", "UA": "unitary", "MD": "metropolitan", "LBO": "london", "CC": "london",
    "SCO": "scottish", "WPA": "welsh", "COMB": "combined", "SRA": "combined",
}  # fmt: skip
_OF_A_COUNCIL = (
    "local-authority-code", "gss-code", "nice-name", "official-name", "local-authority-type", "nation", "county-la",
    "combined-authority", "end-date", "replaced-by", "former-gss-codes", "os-file",
)  # fmt: skip

Row = dict[str, str]


def build(source: Path, target: Path, edition: date) -> list[str]:
    """Write the two files; returns the codes in the postcodes that no council could be found for."""
    names = {row["gss"]: row for row in _read(source / SOURCES[1], "gss", "name")}
    numbers: dict[tuple[str, str, str], int] = {}
    rows = [(row["postcode"], numbers.setdefault(_where(row), len(numbers))) for row in _postcodes(source / SOURCES[0])]
    areas = [[ward, names.get(ward, {}).get("name", ward), district, county or None] for ward, district, county in numbers]
    codes = {code for _, district, county in numbers for code in (district, county) if code}
    councils, unresolved = _councils(list(_read(source / SOURCES[2], *_OF_A_COUNCIL)), names, codes)
    target.mkdir(parents=True, exist_ok=True)
    table = pack(rows)
    (target / "postcodes.bin").write_bytes(table)
    digest = hashlib.sha256(table).hexdigest()
    content = {"edition": edition.isoformat(), "postcodes": digest, "areas": areas, "councils": councils}
    (target / "areas.json").write_bytes(orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE))
    return unresolved


def _postcodes(path: Path) -> Iterator[Row]:
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in _rows(file, path.name, ("postcode", "ward_gss", "district_gss", "county_gss")):
            if normal_postcode(row["postcode"]) != row["postcode"]:
                raise ValueError(f"{path.name} has a postcode that is not written like SG1 1AA")
            yield row


def _where(row: Row) -> tuple[str, str, str]:
    return row["ward_gss"], row["district_gss"], row["county_gss"]


def _read(path: Path, *columns: str) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from _rows(file, path.name, columns)


def _rows(file: Iterable[str], name: str, columns: Sequence[str]) -> Iterator[Row]:
    reader = csv.DictReader(file)
    if missing := set(columns) - set(reader.fieldnames or ()):
        raise ValueError(f"{name} has no column {', '.join(sorted(missing))}")
    return iter(reader)


def _councils(register: list[Row], names: dict[str, Row], codes: set[str]) -> tuple[list[dict[str, Any]], list[str]]:
    register = [row for row in register if row["local-authority-type"] in _KINDS]
    gss = {row["local-authority-code"]: row["gss-code"] for row in register}
    councils = {row["gss-code"]: _council(row, gss) for row in register}
    known = codes & councils.keys() | {code for council in councils.values() for code in council["former"]} & codes
    unresolved = []
    for code in sorted(codes - known):
        recoded = [row for row in register if _same_area(row, names.get(code)) and row["gss-code"] not in codes]
        if len(recoded) == 1:
            council = councils.pop(recoded[0]["gss-code"])
            councils[code] = {**council, "code": code, "former": [council["code"], *council["former"]]}
        else:
            unresolved.append(code)
    _add_reorganisations(councils)
    return [{key: value for key, value in council.items() if value} for council in councils.values()], unresolved


def _same_area(row: Row, area: Row | None) -> bool:
    # A recode keeps the name under which Ordnance Survey files the area ("BARNSLEY_DISTRICT_(B)").
    return area is not None and row["os-file"] == area["name"].upper().replace(" ", "_")


def _council(row: Row, gss: dict[str, str]) -> dict[str, Any]:
    return {
        "code": row["gss-code"],
        "name": row["nice-name"],
        "official": row["official-name"],
        "kind": _KINDS[row["local-authority-type"]],
        "nation": row["nation"],
        "county": gss.get(row["county-la"]),
        "combined": gss.get(row["combined-authority"]),
        "ended": _first_day_without(row["end-date"]),
        "successors": [gss[code] for code in row["replaced-by"].split(",") if code],
        "former": [code for code in row["former-gss-codes"].split(",") if code],
    }


def _first_day_without(end: str) -> str | None:
    # The register gives now the last day (2019-03-31), now the first day after it (2023-04-01).
    if not end:
        return None
    day = date.fromisoformat(end)
    return str(day + timedelta(days=1) if (day.month, day.day) == (3, 31) else day)


def _add_reorganisations(councils: dict[str, dict[str, Any]]) -> None:
    """What the register does not say yet: where it knows a council's end, that holds, and our name stays one of its codes."""
    rows = [row for row in _read(_ROOM / "reorganisations.csv") if row["ended"] in councils]
    known = {code for code, council in councils.items() if council["ended"]}
    for row in rows:
        ended = councils[row["ended"]]
        if row["ended"] in known:
            _keep_our_name(row, [councils[code] for code in ended["successors"] if code in councils])
            continue
        new = {"code": row["successor"], "name": row["name"], "official": row["name"], "kind": row["kind"], "nation": row["nation"]}
        councils.setdefault(row["successor"], new)
        ended.update(ended=row["on"], successors=[*ended["successors"], row["successor"]])


def _keep_our_name(row: Row, successors: list[dict[str, Any]]) -> None:
    for council in successors:
        if council["name"] == row["name"] and row["successor"] not in council["former"]:
            council["former"].append(row["successor"])
