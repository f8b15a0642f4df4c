"""Small registers of the published form, for gazetteers made in a test."""

import csv
import lzma
from collections.abc import Iterable, Mapping
from pathlib import Path

_COLUMNS = ("local-authority-code", "nice-name", "official-name", "gss-code", "end-date", "replaced-by", "nation",
            "local-authority-type", "county-la", "combined-authority", "former-gss-codes", "os-file")  # fmt: skip

SHETLAND = {"local-authority-code": "ZET", "nice-name": "Shetland", "gss-code": "S12000027", "nation": "Scotland",
            "official-name": "Shetland Islands Council", "local-authority-type": "SCO", "os-file": "SHETLAND"}  # fmt: skip


def write_source(
    folder: Path, postcodes: Iterable[tuple[str, str, str, str]], areas: Mapping[str, str], councils: Iterable[Mapping[str, str]]
) -> Path:
    """`postcodes` with the codes of county, district and ward; `areas` names by code."""
    folder.mkdir(parents=True, exist_ok=True)
    with lzma.open(folder / "postcodes.csv.xz", "wt", newline="") as file:
        csv.writer(file).writerows([("postcode", "county_gss", "district_gss", "ward_gss"), *postcodes])
    with (folder / "areas.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("gss", "name", "kind"), *((code, name, "") for code, name in areas.items())])
    with (folder / "local-authorities.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, _COLUMNS)
        writer.writeheader()
        writer.writerows(councils)
    return folder
