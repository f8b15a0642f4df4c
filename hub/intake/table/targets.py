"""Where a column goes: a field of a kind's model, which may lie in objects and lists that no cell shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from schemas import LifeEvent
from schemas.words import Model, wire_fields


@dataclass(frozen=True, slots=True)
class Target:
    """A field as the steps to it, each a name and whether a list stands there. `model` is set where it holds further fields."""

    steps: tuple[tuple[str, bool], ...]
    model: type[Model] | None

    @property
    def is_list(self) -> bool:
        return self.steps[-1][1]

    def put(self, data: dict[str, Any], values: Sequence[Any]) -> None:
        """Set the field in `data`: a list is added to, of lists on the way the one member is meant."""
        node = data
        for name, many in self.steps[:-1]:
            child = node.setdefault(name, [{}] if many else {})
            node = child[0] if many else child
        name, many = self.steps[-1]
        if many:
            node.setdefault(name, []).extend(values)
        else:
            node[name] = values[0]


def target(event: type[LifeEvent], path: str) -> Target | None:
    """The field of a kind's event at a dotted path without positions in lists; None where there is none."""
    model: type[Model] | None = event
    steps: list[tuple[str, bool]] = []
    for step in path.split("."):
        field = None if model is None else wire_fields(model).get(step)
        if field is None:
            return None
        many, model = _shape(field.annotation)
        steps.append((step, many))
    return Target(tuple(steps), model)


def _shape(annotation: Any) -> tuple[bool, type[Model] | None]:
    """Whether it is a list, and the model it is, or its members are."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return False, annotation
    shapes = [_shape(argument) for argument in get_args(annotation)]
    many = get_origin(annotation) is tuple or any(many for many, _ in shapes)
    return many, next((model for _, model in shapes if model), None)
