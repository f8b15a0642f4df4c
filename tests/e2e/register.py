"""What the register's files promise, read from the YAML itself and not by the hub: who serves a place, and who may read which fields."""

import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_SHIPPED = Path(__file__).parents[2] / "infra" / "recipients"
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)")

_READING = """
organisation: reading
name: Reading Borough Council
places: [E06000038]
services:
  - service: council-tax
    name: Council tax
    kinds: [bereavement]
    connector: webhook
    settings:
      url: ${READING_COUNCIL_TAX_URL}
      secrets: ["${READING_COUNCIL_TAX_SECRET}"]
    answersWithin: 5 days
agreements:
  - id: reading-council-tax-bereavement
    recipient: reading.council-tax
    kind: bereavement
    protocol: to be signed
    impactAssessment: to be signed
    asks: statute
    fields: [deceased.names, deceased.dateOfDeath, fact, standing]
"""
_POWER = """\
    sender: {power: sample, basis: sample}
    receiver: {power: sample, basis: sample}
"""


_DEATH = "bereavement"


@dataclass(frozen=True)
class Agreed:
    """What one service may be told of one kind of change, and whether the teller may read what it answers."""

    fields: tuple[str, ...]
    shows_answers: bool
    is_by_choice: bool


@dataclass(frozen=True)
class Entry:
    """One service that can be told, with its agreements by kind of change."""

    id: str
    places: tuple[str, ...]  # none: everywhere
    connector: str
    settings: Mapping[str, Any]
    answers: bool
    agreed: Mapping[str, Agreed]

    def variable(self, setting: str) -> str:
        """The environment variable that one of its settings refers to."""
        found = _VARIABLE.search(str(self.settings[setting]))
        assert found, f"{self.id}: {setting} is no reference"
        return found[1]

    def cut(self, data: Mapping[str, Any], kind: str = _DEATH) -> dict[str, Any]:
        """What of `data` its agreement about a kind names."""
        kept: dict[str, Any] = {}
        for path in self.agreed[kind].fields:
            *above, last = path.split(".")
            source, target = data, kept
            for part in above:
                source, target = source.get(part, {}), target.setdefault(part, {})
            if last in source:
                target[last] = source[last]
        return {name: value for name, value in kept.items() if value != {}}


# Takes one request at a time, so that what is sent first also comes first.
ONE_BY_ONE = "dvla.licences"


def copy_shipped(folder: Path) -> Path:
    """The register as shipped, with one council more whose agreement cites no power yet, and `ONE_BY_ONE` as it says."""
    shutil.copytree(_SHIPPED, folder)
    (folder / "reading.yaml").write_text(_READING)
    organisation, _, service = ONE_BY_ONE.partition(".")
    entry, line = folder / f"{organisation}.yaml", f"  - service: {service}\n"
    assert line in entry.read_text()
    entry.write_text(entry.read_text().replace(line, f"{line}    concurrency: 1\n"))
    return folder


def cite_power(folder: Path) -> None:
    """That council's agreement is signed."""
    (folder / "reading.yaml").write_text(_READING + _POWER)


def read_entries(folder: Path) -> dict[str, Entry]:
    """Every entry by its id."""
    documents = [yaml.safe_load(path.read_text()) for path in sorted(folder.glob("*.yaml")) if path.name != "controller.yaml"]
    return {entry.id: entry for document in documents for entry in _entries(document)}


def concerned(entries: Mapping[str, Entry], codes: Iterable[str], kind: str = _DEATH) -> set[str]:
    """Who has to be told where these councils serve, whatever anybody chose: theirs, and the centre's."""
    return {
        entry.id
        for entry in entries.values()
        if kind in entry.agreed and not entry.agreed[kind].is_by_choice and (not entry.places or set(entry.places) & set(codes))
    }


def _entries(document: Mapping[str, Any]) -> Iterable[Entry]:
    for service in document["services"]:
        id_ = f"{document['organisation']}.{service['service']}"
        places = service.get("places") or document["places"]
        yield Entry(
            id_,
            () if places == "everywhere" else tuple(places),
            service["connector"],
            service["settings"],
            service["answersWithin"] != "never",
            {one["kind"]: _agreed(one) for one in document["agreements"] if one["recipient"] == id_},
        )


def _agreed(agreement: Mapping[str, Any]) -> Agreed:
    return Agreed(tuple(agreement["fields"]), agreement.get("citizenReads") == "everything", agreement["asks"] == "choice")
