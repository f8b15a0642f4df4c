"""Reads what is shipped with the hub as YAML: kinds of change, services that councils run, prohibitions."""

from pathlib import Path
from typing import Any

import yaml

# The same as the safe loader, in C where the wheel has it: every process reads some YAML at its start.
SAFE_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def shipped(path: Path) -> Any:
    """What a file of the hub's own says. What others wrote is read with its lines and limits: `hub.recipients.read_document`."""
    return yaml.load(path.read_text(encoding="utf-8"), SAFE_LOADER)
