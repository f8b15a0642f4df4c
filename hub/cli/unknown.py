"""TUO_ variables that nothing reads: most often a slip, of which the hub would otherwise say nothing."""

from collections.abc import Iterable
from difflib import get_close_matches

from hub.settings import Settings

# Read by this command line, and by the kit for recipients.
_OTHERS = ("TUO_HOME", "TUO_RECIPIENT_KEY", "TUO_WEBHOOK_SECRETS")


def unknown_variables(names: Iterable[str]) -> list[str]:
    """A sentence for each of `names` that begins with TUO_ and is no setting. Values are not looked at."""
    settings = [f"TUO_{name.upper()}" for name in Settings.model_fields]
    known = [*settings, *(f"{name}_FILE" for name in settings), *_OTHERS]
    return [_sentence(name, known) for name in sorted(names) if name.startswith("TUO_") and name not in known]


def _sentence(name: str, known: list[str]) -> str:
    nearest = get_close_matches(name, known, 1)
    return f"There is no setting {name}: nothing reads it." + (f" Did you mean {nearest[0]}?" if nearest else "")
