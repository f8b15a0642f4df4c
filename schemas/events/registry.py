"""The kinds the hub knows from the start, and the names of a kind's fields as agreements use them."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, get_args

from schemas.events.bereavement import Bereavement
from schemas.events.birth import Birth
from schemas.events.change_of_address import ChangeOfAddress
from schemas.events.change_of_contact import ChangeOfContact
from schemas.events.change_of_name import ChangeOfName
from schemas.events.family_bereavement import FamilyBereavement
from schemas.events.life_event import LifeEvent
from schemas.events.partnership import Partnership
from schemas.events.stillbirth import Stillbirth
from schemas.words import Model

_BUILT_IN = (Bereavement, Birth, ChangeOfAddress, ChangeOfContact, ChangeOfName, FamilyBereavement, Partnership, Stillbirth)
KINDS: dict[str, type[LifeEvent]] = {model.kind: model for model in _BUILT_IN}

# What the hub itself says beside a teller's fields: tellers name different people, and a person reviews.
DERIVED = frozenset({"contactDisputed"})
# What a teller says to the hub alone.
FOR_THE_HUB = frozenset({"choices", "identity", "confirmed"})


@cache
def field_paths(model: type[LifeEvent]) -> frozenset[str]:
    """Every field of a kind that an agreement may name, as a dotted camelCase path, branches and leaves: `deceased`,
    `deceased.dateOfDeath.value`.

    Members of lists have no index: `deceased.aliases.family`. With them what the hub derives.
    """
    return DERIVED | {path for path in _paths(model, "") if path.partition(".")[0] not in FOR_THE_HUB}


def _paths(model: type[Model], above: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        path = f"{above}{field.alias or name}"
        yield path
        for inner in _models_in(field.annotation):
            yield from _paths(inner, f"{path}.")


def members_at(model: type[Model], path: Iterable[object]) -> list[str]:
    """The members that the object at `path`, in the wire's names and positions in lists, may have."""
    for step in path:
        field = next((field for name, field in model.model_fields.items() if step == (field.alias or name)), None)
        if field is not None:
            model = next(_models_in(field.annotation), model)
    return [field.alias or name for name, field in model.model_fields.items()]


def _models_in(annotation: Any) -> Iterator[type[Model]]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
