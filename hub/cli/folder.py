"""A folder of recipients, as commands are given one."""

from pathlib import Path

from hub.cli.faults import Plain
from hub.recipients import Fault, Register, read
from hub.settings import Settings


def read_folder(folder: Path | None, settings: Settings) -> Register | list[Fault]:
    """The register in a folder, TUO_RECIPIENTS_DIR where none is given, or its faults. Raises `Plain` where there is no folder."""
    from hub.cli.kinds import checks  # loads the connectors, which commands that read no folder do without

    folder = folder or settings.recipients_dir
    if not folder.is_dir():
        raise Plain(f"There is no folder {folder}. Name the one that has a YAML file for each organisation.")
    return read(folder, checks(settings))


def register_in(folder: Path | None, settings: Settings) -> Register:
    """The same for commands that need it in order. Raises `Plain` with the faults."""
    found = read_folder(folder, settings)
    if not isinstance(found, Register):
        raise Plain(f"The folder is not in order (faults: {len(found)}):\n" + "\n".join(f"  {fault}" for fault in found))
    return found
