"""One edition in memory: its postcodes, the areas they lie in, and the councils."""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import orjson

from hub.places.councils import Councils
from hub.places.postcodes import PostcodeTable
from hub.settings import Settings


@dataclass(frozen=True, slots=True)
class Ward:
    """An electoral ward by its GSS code."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Area:
    """What a postcode's place is in the edition: all postcodes with the same ward, district and county."""

    ward: Ward
    district: str
    county: str | None


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """`edition` is the day of the postcodes. `areas` None: of no district."""

    edition: date
    postcodes: PostcodeTable
    areas: tuple[Area | None, ...]
    councils: Councils


@cache
def data_folder() -> Path:
    """Where this process finds its places: `TUO_PLACES_DIR`, or what is shipped."""
    return Settings().places_dir


@cache
def gazetteer(folder: Path) -> Gazetteer:
    """The edition in `folder`. Raises `ValueError` where its two files are not of one making, and `OSError` where one is missing."""
    content = orjson.loads((folder / "areas.json").read_bytes())
    table = folder / "postcodes.bin"
    # Area numbers of one edition mean other councils in another.
    if hashlib.sha256(table.read_bytes()).hexdigest() != content["postcodes"]:
        raise ValueError(f"{folder}: areas.json and postcodes.bin are not of one edition: make them again with `tuo places update`")
    areas = (Area(Ward(ward, name), district, county) if district else None for ward, name, district, county in content["areas"])
    councils = Councils.from_json(content["councils"])
    return Gazetteer(date.fromisoformat(content["edition"]), PostcodeTable(table), tuple(areas), councils)


def edition(folder: Path | None = None) -> date:
    """The day of the postcodes that are looked up."""
    return gazetteer(folder or data_folder()).edition
