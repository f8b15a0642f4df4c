"""The API's reference as a page: what the OpenAPI document says, for people, without a script and without another host."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from fastapi import FastAPI, Response
from fastapi.responses import RedirectResponse

from hub.pages import Pages

Schema = Mapping[str, Any]

_PAGES = Pages("hub.web")


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a model, a header or a part of an address. `models` are what `kind` ends with, where these have a section each."""

    name: str
    kind: str
    models: list[str]
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Model:
    """A kind of object, or a closed list of words."""

    name: str
    description: str
    fields: list[Field]
    values: list[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a status means, and the models it may carry where it is no problem."""

    description: str
    models: list[str]


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked of the API. `example` is what may be sent, `answers` are by status."""

    method: str
    path: str
    summary: str
    paragraphs: list[str]
    parameters: list[Field]
    bodies: list[Field]
    example: str
    answers: dict[str, Answer]


def refer(app: FastAPI, address: str) -> None:
    """Serve the reference of `app` at `address`, where whoever opens the bare host is led."""

    @cache
    def rendered() -> Response:
        document = app.openapi()
        return _PAGES.response("reference.html", 200, title=document["info"]["title"], groups=groups(document), models=models(document))

    @app.get(address, include_in_schema=False)
    async def reference() -> Response:
        return rendered()

    @app.get("/", include_in_schema=False)
    async def root() -> Response:
        return RedirectResponse(address)


def groups(document: Schema) -> dict[str, list[Operation]]:
    """The operations, by whom they are for."""
    found: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            found.setdefault(described["tags"][0], []).append(_operation(method, path, described))
    return dict(sorted(found.items(), reverse=True))


def models(document: Schema) -> list[Model]:
    """Every model, by name."""
    return [_model(name, schema) for name, schema in sorted(document["components"]["schemas"].items())]


def _operation(method: str, path: str, described: Schema) -> Operation:
    parameters = [
        _field(one["name"], one["schema"], one["required"], one.get("description", f"in the {one['in']}"))
        for one in described.get("parameters", ())
    ]
    contents = described.get("requestBody", {}).get("content", {})
    return Operation(
        method.upper(),
        path,
        described["summary"],
        described.get("description", "").split("\n\n"),
        parameters,
        [_field(media, content["schema"], True, "") for media, content in contents.items()],
        next((_indented(one["value"]) for content in contents.values() for one in content.get("examples", {}).values()), ""),
        {status: Answer(answer["description"], _models_in(answer)) for status, answer in described["responses"].items()},
    )


def _indented(example: object) -> str:
    return orjson.dumps(example, option=orjson.OPT_INDENT_2).decode()


def _models_in(answer: Schema) -> list[str]:
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return [model for option in schema.get("anyOf", [schema]) for model in _kind(option)[1]]


def _model(name: str, schema: Schema) -> Model:
    required = schema.get("required", ())
    fields = [_field(key, value, key in required, value.get("description", "")) for key, value in schema.get("properties", {}).items()]
    return Model(name, schema.get("description", ""), fields, [str(value) for value in schema.get("enum", ())])


def _field(name: str, schema: Schema, required: bool, description: str) -> Field:
    kind, named = _kind(schema)
    return Field(name, kind, named, required, description)


def _kind(schema: Schema) -> tuple[str, list[str]]:
    """What a value is in words, and the models these end with, if any."""
    if "$ref" in schema:
        return "", [schema["$ref"].rpartition("/")[2]]
    if "oneOf" in schema:
        return "", [model for option in schema["oneOf"] for model in _kind(option)[1]]
    if "anyOf" in schema:
        kinds = [_kind(option) for option in schema["anyOf"] if option != {"type": "null"}]
        return kinds[0] if len(kinds) == 1 else (" or ".join(" ".join(named) or kind for kind, named in kinds), [])
    if schema.get("type") == "array":
        kind, named = _kind(schema.get("items", {}))
        most = f" (at most {schema['maxItems']})" if "maxItems" in schema else ""
        return f"list{most} of {kind}", named
    if "const" in schema or "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")])), []
    kind = {"string": "text", "integer": "whole number", "boolean": "true or false", "object": "object"}.get(
        schema.get("type", ""), "value"
    )
    return (str(schema["format"]) if "format" in schema else kind) + _limit(schema), []


def _limit(schema: Schema) -> str:
    return f", at most {schema['maxLength']} characters" if "maxLength" in schema else ""
