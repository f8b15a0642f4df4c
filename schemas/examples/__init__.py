"""A notification of each kind, as somebody would send it."""

from functools import cache
from pathlib import Path
from typing import Any

import orjson


@cache
def examples() -> dict[str, dict[str, Any]]:
    """By kind; those who read it leave it as it is."""
    return {path.stem: orjson.loads(path.read_bytes()) for path in sorted(Path(__file__).parent.glob("*.json"))}
