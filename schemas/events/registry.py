"""The kinds the hub knows from the start, and the names of a kind's fields as agreements use them."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, TypeGuard, get_args, get_type_hints

from pydantic import BaseModel

from schemas.events.bereavement import Bereavement
from schemas.events.birth import Birth
from schemas.events.change_of_address import ChangeOfAddress
from schemas.events.change_of_contact import ChangeOfContact
from schemas.events.change_of_name import ChangeOfName
from schemas.events.family_bereavement import FamilyBereavement
from schemas.events.life_event import LifeEvent
from schemas.events.partnership import Partnership
from schemas.events.stillbirth import Stillbirth
from schemas.words import wire_fields

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


def _paths(model: type[BaseModel], above: str) -> Iterator[str]:
    for name, field in wire_fields(model).items():
        path = f"{above}{name}"
        yield path
        for inner in _models_in(field.annotation):
            yield from _paths(inner, f"{path}.")


def types_at(model: type[BaseModel], path: str) -> list[Any]:
    """What may stand at a dotted path in the wire's names, as annotations: `PartialDate | None` with both it is made of."""
    found: list[Any] = [model]
    for step in path.split("."):
        found = [
            part
            for inner in dict.fromkeys(one for one in found if _is_model(one))
            for name, field in inner.model_fields.items()
            if step == (field.alias or name)
            for part in _made_of(get_type_hints(inner, include_extras=True)[name])
        ]
    return found


def _made_of(annotation: Any) -> Iterator[Any]:
    yield annotation
    for argument in get_args(annotation):
        yield from _made_of(argument)


def members_at(model: type[BaseModel], path: Iterable[object]) -> list[str]:
    """The members that the object at `path`, in the wire's names and positions in lists, may have."""
    for step in path:
        if isinstance(step, str) and (field := wire_fields(model).get(step)) is not None:
            model = next(_models_in(field.annotation), model)
    return list(wire_fields(model))


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    return (one for one in _made_of(annotation) if _is_model(one))


def _is_model(annotation: Any) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
