"""Recipients to whom nothing can be sent: an address or a secret that their entry refers to is not set where deliveries are sent.

That can be known of a process of this home alone: what runs elsewhere has another environment, and names in its log what it lacks.
"""

import os
from collections.abc import Mapping, Sequence

from hub.local import Home, environment_of
from hub.recipients import Register, Service, not_set

Unset = Mapping[str, Sequence[str]]


def unset_of(register: Register | None, home: Home) -> Unset | None:
    """What is not set, by recipient, in the process that delivers; None where none runs in this home, or there is no register."""
    environment = environment_of(home, "deliver")
    return None if register is None or environment is None else lacking_in(register, environment)


def how_many_unset(register: Register, home: Home) -> str | None:
    """How many there are, as a sentence, where there are any: in the process that delivers, or as it would be started from here."""
    if not (unset := lacking_in(register, environment_of(home, "deliver") or os.environ)):
        return None
    return f"Nothing can be sent to {len(unset)} of {len(register.recipients)} recipients: an address or a secret of theirs is not set."


def are_not_set(names: Sequence[str]) -> str:
    """`A_SECRET is not set`, `A_SECRET and A_URL are not set`."""
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} not set"


def lacking_in(register: Register, environment: Mapping[str, str]) -> Unset:
    """What is not set in this environment, by recipient."""
    lacking = {one.id: _not_set(one.entry, environment) for one in register.recipients.values()}
    return {recipient: names for recipient, names in lacking.items() if names}


def _not_set(entry: Service, environment: Mapping[str, str]) -> Sequence[str]:
    return sorted({name for way in entry.ways.values() for name in not_set(way.settings, environment)})
