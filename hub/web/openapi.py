"""Describes the routes that are plain ASGI in the OpenAPI document, from the models they read."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from hub.problems import PROBLEM_JSON
from schemas import BUILT_IN, Acknowledgement, BatchReceipt, ProblemDocument, Receipt
from schemas.examples import examples

_REF = "#/components/schemas/{model}"
_NOTIFICATIONS = {type_: {"$ref": _REF.format(model=model.__name__)} for type_, model in BUILT_IN.models.items()}
_NOTIFICATION = {
    "oneOf": list(_NOTIFICATIONS.values()),
    "discriminator": {"propertyName": "type", "mapping": {type_: ref["$ref"] for type_, ref in _NOTIFICATIONS.items()}},
}
_RECEIPT, _BATCH_RECEIPT = {"$ref": _REF.format(model="Receipt")}, {"$ref": _REF.format(model="BatchReceipt")}
_PROBLEM = {PROBLEM_JSON.decode(): {"schema": {"$ref": _REF.format(model="ProblemDocument")}}}

_HEADERS = [
    {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "Your own key for this notification, beside its source and id. Not with a batch.",
        "schema": {"type": "string", "maxLength": 255},
    }
]
_TOO_FAST = "Faster than this client may call; `Retry-After` says when."
_UNAVAILABLE = "The hub cannot take this now; send the same again, which records nothing twice."
_TOLD = {
    "202": "Recorded: the reference, links, and what was understood, of a batch each item's. `Idempotency-Replayed: true` marks the "
    "first answer given again.",
    "207": "A batch of which some items were refused; each item has its own `status`.",
    "400": "It cannot be read: no JSON, no object, nested too deeply, or a header that is not of its form.",
    "401": "No key, or one that is not known.",
    "403": "The standing is above what this client's kind of source can claim.",
    "409": "The same key, or the same source and id, with another content.",
    "410": "It came before, and its case has been erased.",
    "413": "Too large.",
    "415": "Another content type.",
    "422": "Not valid: `faults` names each field, what is wrong with it and what is accepted.",
    "429": _TOO_FAST,
    "503": _UNAVAILABLE,
}
_ANSWERED = {
    "200": "Noted: the state the delivery is in now, and whether this answer came before.",
    "401": "No key, or one that is not known.",
    "403": "Not a recipient's key.",
    "404": "No message with this id was sent to you.",
    "409": "The message has not been sent to you yet.",
    "413": "Too large.",
    "422": "Not valid: `faults` names each field, what is wrong with it and what is accepted.",
    "429": _TOO_FAST,
    "503": _UNAVAILABLE,
}
_READ = {
    "200": "Who is told, who knows, what each did, and why others are not told.",
    "401": "No key, or one that is not known.",
    "404": "No reference of yours.",
    "410": "The case has been erased.",
    "429": _TOO_FAST,
    "503": "The ledger is away; ask again.",
}
_LOOKED_UP = {
    "200": "The councils and services of the postcode on the day; where no council can be named, the reason.",
    "401": "No key, or one that is not known.",
    "422": "No British postcode, no day, or no kind the hub knows: `faults` says which and what is accepted.",
    "429": _TOO_FAST,
    "503": _UNAVAILABLE,
}
_FETCHED = {
    "200": "The data, as the agreement names them.",
    "401": "No key, or one that is not known.",
    "403": "Not a recipient's key.",
    "404": "No message with this id waits for you to fetch it.",
    "409": "Not now: something about it has changed. Fetch it again after `Retry-After`.",
    "410": "It has been erased, or is over for you.",
    "429": _TOO_FAST,
    "503": "The ledger is away; ask again.",
}
_EXPLAINED = {
    "200": "Allowed, held or prohibited; by which rule, from which source, and what a citizen reads.",
    "401": "No key, or one that is not known.",
    "403": "Another recipient than the one this key answers for.",
    "422": "The question cannot be answered: `faults` names each part, what is wrong with it and what is accepted.",
    "429": _TOO_FAST,
    "503": "The ledger is away; ask again.",
}
_KINDS = {"200": "Every kind, by name."}
_KIND = {"200": "The JSON Schema.", "404": "No kind this hub knows."}
_NOT_OF_THE_TOKEN = ("401", "413", "415", "429", "503")
_DESCRIPTION = """A CloudEvent 1.0: structured (`application/cloudevents+json`), binary (`application/json` with `ce-` headers), or a
batch. The same again gives the first answer again. Only after the `202` is the notification safe with the hub."""


def describe(app: FastAPI) -> None:
    """Have `app` describe intake's route beside those FastAPI knows, and of these what FastAPI cannot see."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = described()
            models = document.setdefault("components", {}).setdefault("schemas", {})
            shown: list[type[BaseModel]] = [*BUILT_IN.models.values(), Acknowledgement, Receipt, BatchReceipt, ProblemDocument]
            for model in shown:
                schema = model.model_json_schema(by_alias=True, ref_template=_REF)
                models.update({**schema.pop("$defs", {}), model.__name__: schema})
            for unused in ("HTTPValidationError", "ValidationError"):  # errors are problem documents
                models.pop(unused, None)
            document["components"]["securitySchemes"] = {
                "key": {"type": "http", "scheme": "bearer", "description": "`.venv/bin/tuo clients add` prints one, where the hub runs."}
            }
            document["security"] = [{"key": []}]
            paths = document["paths"]
            _answers(paths["/v1/cases/{reference}"]["get"], _READ)
            _answers(paths["/v1/cases/{reference}/disclosures"]["get"], _READ | {"200": "Which fields went to whom, when and under what."})
            _answers(paths["/v1/places/{postcode}"]["get"], _LOOKED_UP)
            _answers(paths["/v1/messages/{message_id}/data"]["get"], _FETCHED)
            _answers(paths["/v1/policy/explain"]["get"], _EXPLAINED)
            for path, answers in (("/v1/kinds", _KINDS), ("/v1/kinds/{kind}", _KIND)):
                _answers(paths[path]["get"], answers)
                paths[path]["get"]["security"] = []
            acknowledgement = paths["/v1/messages/{message_id}/acknowledgement"]["post"]
            _answers(acknowledgement, _ANSWERED)
            acknowledgement["requestBody"] = _body({"application/json": {"$ref": _REF.format(model="Acknowledgement")}})
            doors = {"/v1/nhs-events": {"post": _nhs_events()}, "/v1/security-events": {"post": _security_events()}}
            document["paths"] = {"/v1/notifications": {"post": _operation()}, **doors, **paths}
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _operation() -> dict[str, Any]:
    return {
        "tags": ["tellers"],
        "summary": "Tell the hub of a life event",
        "description": _DESCRIPTION,
        "operationId": "notify",
        "parameters": _HEADERS,
        "requestBody": _body(
            {
                "application/cloudevents+json": _NOTIFICATION,
                "application/cloudevents-batch+json": {"type": "array", "items": _NOTIFICATION, "minItems": 1},
            },
            {kind: {"value": example} for kind, example in examples().items()},
        ),
        "responses": {status: {"description": text, "content": _content(status)} for status, text in _TOLD.items()},
    }


def _nhs_events() -> dict[str, Any]:
    """As a notification, in the NHS's words: docs/adapters.md has which events, and what becomes of their members."""
    any_object, notifying = {"type": "object"}, _operation()
    return {
        **notifying,
        "summary": "Pass on an NHS event",
        "description": "A signal of the Multicast Notification Service, or a FHIR message of the National Events Management Service.",
        "operationId": "passOnNhsEvent",
        "requestBody": _body(dict.fromkeys(("application/cloudevents+json", "application/json", "application/fhir+json"), any_object)),
        "responses": {status: answer for status, answer in notifying["responses"].items() if status != "207"},
    }


def _security_events() -> dict[str, Any]:
    """RFC 8935: an empty answer when it is safe, and a code where the token is refused."""
    refused = {"type": "object", "properties": {name: {"type": "string"} for name in ("err", "description")}}
    others = {status: {"description": text, "content": _PROBLEM} for status, text in _TOLD.items() if status in _NOT_OF_THE_TOKEN}
    return {
        "tags": ["tellers"],
        "summary": "Push a Security Event Token",
        "description": "A compact JWS (RFC 8417) signed with a key of the client's own.",
        "operationId": "pushSecurityEvent",
        "requestBody": _body({"application/secevent+jwt": {"type": "string"}}),
        "responses": {
            "202": {"description": "Recorded."},
            "400": {"description": "Refused: `err` says how, `description` why.", "content": {"application/json": {"schema": refused}}},
            **others,
        },
    }


def _content(status: str) -> dict[str, Any]:
    taken = {"202": {"anyOf": [_RECEIPT, _BATCH_RECEIPT]}, "207": _BATCH_RECEIPT}
    return {"application/json": {"schema": taken[status]}} if status in taken else _PROBLEM


def _body(schemas: Mapping[str, Any], sent: Any = None) -> dict[str, Any]:
    """What is sent, by content type; the examples are of the first."""
    content = {media: {"schema": schema} for media, schema in schemas.items()}
    if sent is not None:
        next(iter(content.values()))["examples"] = sent
    return {"required": True, "content": content}


def _answers(operation: dict[str, Any], texts: Mapping[str, str]) -> None:
    """Describe the answers of a route, keeping what FastAPI says of their content."""
    known = operation["responses"]
    operation["responses"] = {
        status: {**(known.get(status, {}) if status == "200" else {"content": _PROBLEM}), "description": text}
        for status, text in texts.items()
    }
