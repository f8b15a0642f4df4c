"""References in a recipient's settings: secrets and addresses that differ between installations stay out of files and ledger.

`${NAME}` is an environment variable, `${NAME:-value}` one with a default, `${file:/run/secrets/name}` the first line of
a file. They are resolved only in the process that delivers.
"""

import os
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

_REFERENCE = re.compile(r"\$\{(?:file:(?P<file>/[^}]+)|(?P<name>[A-Z][A-Z0-9_]*)(?::-(?P<default>[^}]*))?)\}")
# The hub's own settings and secrets are nobody's to send to a recipient.
_OWN = "TUO_"
_SECRET_LOOK = re.compile(r"whsec_|-----BEGIN ")
_SECRET_NAME = re.compile(r"secret|password|token|private", re.IGNORECASE)


def resolve(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with every reference replaced. Raises `LookupError` naming one that leads nowhere."""
    resolved, missing = _resolve(settings)
    for path, reference in missing.items():
        raise LookupError(f"{path} refers to {reference}, which is not set")
    return resolved


def try_resolve(settings: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The same as far as it goes here, and by path what leads nowhere in this process (the setting is left as written)."""
    return _resolve(settings)


def not_set(settings: Mapping[str, Any], environment: Mapping[str, str]) -> list[str]:
    """The variables and files that the settings refer to and that a process with this environment lacks."""
    return sorted(set(_resolve(settings, environment)[1].values()))


def secrets_in_clear(settings: Mapping[str, Any]) -> list[str]:
    """The paths of values that are secrets and no references."""
    return [
        path
        for path, text in _texts(settings, "")
        if (_SECRET_LOOK.search(text) or _SECRET_NAME.search(path)) and not _is_reference_to_secret(text)
    ]


def forbidden_references(settings: Mapping[str, Any]) -> list[str]:
    """The paths of references to the hub's own settings."""
    return [
        path for path, text in _texts(settings, "") if any((match["name"] or "").startswith(_OWN) for match in _REFERENCE.finditer(text))
    ]


def _is_reference_to_secret(text: str) -> bool:
    found = _REFERENCE.fullmatch(text)
    return found is not None and not found["default"]


def _resolve(settings: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> tuple[dict[str, Any], dict[str, str]]:
    missing: dict[str, str] = {}

    def value(item: Any, path: str) -> Any:
        if isinstance(item, str):
            try:
                return _REFERENCE.sub(partial(_look_up, environment), item)
            except LookupError as error:
                missing[path] = str(error.args[0])
                return item
        if isinstance(item, Mapping):
            return {name: value(inner, f"{path}.{name}" if path else str(name)) for name, inner in item.items()}
        if isinstance(item, list | tuple):
            return [value(inner, f"{path}.{number}") for number, inner in enumerate(item)]
        return item

    return value(settings, ""), missing


def _look_up(environment: Mapping[str, str], match: re.Match[str]) -> str:
    if match["file"]:
        try:
            return Path(match["file"]).read_text().partition("\n")[0].strip()
        except OSError as error:
            raise LookupError(match["file"]) from error
    found = environment.get(match["name"], match["default"])
    if found is None or match["name"].startswith(_OWN):
        raise LookupError(match["name"])
    return found


def _texts(item: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(item, str):
        yield path, item
    elif isinstance(item, Mapping):
        for name, inner in item.items():
            yield from _texts(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(item, list | tuple):
        for number, inner in enumerate(item):
            yield from _texts(inner, f"{path}.{number}")
