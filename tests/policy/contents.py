"""Contents of a kind of change as its model has them, each value saying where it was put."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from hypothesis import strategies as st

from schemas.words import Model


def contents(model: type[Model], above: str = "") -> st.SearchStrategy[dict[str, Any]]:
    """Any members of the model, and of the models in it; every value is its own dotted path."""
    return st.fixed_dictionaries({}, optional=dict(_members(model, above)))


def leaves(content: Mapping[str, Any]) -> Iterator[str]:
    """The values of a content: the paths they were put at."""
    for value in content.values():
        for one in value if isinstance(value, list) else [value]:
            yield from leaves(one) if isinstance(one, Mapping) else [one]


def _members(model: type[Model], above: str) -> Iterator[tuple[str, st.SearchStrategy[Any]]]:
    for name, field in model.model_fields.items():
        member = field.alias or name
        path = f"{above}{member}"
        inner = next(_models(field.annotation), None)
        value = st.just(path) if inner is None else contents(inner, f"{path}.")
        yield member, st.lists(value, max_size=2) if _is_list(field.annotation) else value


def _models(annotation: Any) -> Iterator[type[Model]]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def _is_list(annotation: Any) -> bool:
    return get_origin(annotation) is tuple or any(_is_list(argument) for argument in get_args(annotation))
