"""Payloads with something planted at the paths of a kind."""

from collections.abc import Collection
from typing import Any

from hub.kinds import BUILT_IN


def everything(kind: str, paths: Collection[str] | None = None) -> dict[str, Any]:
    """A value at every path a kind has, or at those of `paths` and all above them."""
    root: dict[str, Any] = {}
    for path in sorted(BUILT_IN.field_paths(kind) if paths is None else paths, key=len):
        *above, last = path.split(".")
        node = root
        for part in above:
            node[part] = node[part] if isinstance(node.get(part), dict) else {}
            node = node[part]
        node.setdefault(last, "planted")
    return root
