"""Reads the register's folder: one YAML file an organisation, and one of who runs the hub. All faults are found, not the first only."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hub.kinds import Kinds
from hub.recipients.catalogue import catalogue
from hub.recipients.checking import cross_faults, warnings
from hub.recipients.controller import FILE, read_controller, unnamed
from hub.recipients.documents import Document
from hub.recipients.entries import Organisation
from hub.recipients.faults import Fault
from hub.recipients.own_kinds import expected_of_nobody, read_kinds
from hub.recipients.register import Register
from hub.recipients.said import read_as

# A connector kind's own check of a recipient's settings: `connectors.contract.Connector.check`.
Checks = Mapping[str, Callable[[Mapping[str, Any]], list[str]]]


def read(folder: Path, checks: Checks) -> Register | list[Fault]:
    """The register in `folder`, or everything that is wrong with it. `checks` knows the connector kinds there are."""
    paths = sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml") and path.name != FILE) if folder.is_dir() else []
    if not paths:
        return [Fault(folder.name, 1, "", "has no recipients", "a folder with a YAML file for each organisation")]
    faults: list[Fault] = []
    read_in: list[tuple[Document, Organisation]] = []
    for path in paths:
        found = read_as(path, Organisation)
        if isinstance(found, list):
            faults.extend(found)
        else:
            read_in.append(found)
    kinds = read_kinds(folder / "kinds")
    if not isinstance(kinds, Kinds):
        return [*faults, *kinds]
    faults.extend(cross_faults(read_in, kinds, checks))
    controller = read_controller(folder)
    if isinstance(controller, list):
        faults.extend(controller)
        controller = None
    if faults:
        return faults
    services = {one.service for _, organisation in read_in for one in organisation.services} | {one.service for one in catalogue().services}
    warned = (*warnings(read_in), *expected_of_nobody(folder / "kinds", kinds, services), *([] if controller else [unnamed()]))
    return Register(tuple(organisation for _, organisation in read_in), kinds=kinds, controller=controller, warnings=warned)
