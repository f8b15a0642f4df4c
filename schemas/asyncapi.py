"""The AsyncAPI 3.0 document: what a recipient receives and answers, over Kafka topics of its own and over HTTP."""

from collections.abc import Mapping
from typing import Any

from schemas.acknowledgement import Acknowledgement
from schemas.events import KINDS, LifeEvent, event_type
from schemas.status import NOTICE_WORDS, DeliveryStatusEvent
from schemas.told import Told
from schemas.words import Model

_SCHEMA = "#/components/schemas/{model}"
_JSON, _EVENT = "application/json", "application/cloudevents+json"
_SIGNED = {
    "type": "object",
    "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
    "properties": {
        "webhook-id": {"type": "string", "description": "the message's id"},
        "webhook-timestamp": {"type": "string", "description": "seconds since 1970; refuse what is older than five minutes"},
        "webhook-signature": {"type": "string", "description": "v1,<base64>: HMAC-SHA256 over id.timestamp.body (Standard Webhooks)"},
    },
}
_OPAQUE_KEY = {
    "key": {"type": "string", "description": "the subject as you know it: what is of one person keeps its order"},
    "bindingVersion": "0.5.0",
}


def document() -> dict[str, Any]:
    """The whole document."""
    told = {kind: {"$ref": f"#/components/messages/{kind}"} for kind in KINDS}
    answer = {"acknowledgement": {"$ref": "#/components/messages/acknowledgement"}}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Tell Us Once: for recipients",
            "version": "1.0.0",
            "description": "CloudEvents 1.0 that tell each recipient of changes, by a webhook or a topic of its own, and what it answers.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": _EVENT,
        "channels": {
            "webhook": _channel(None, "Your endpoint, as the register has it: one event or a batch of them in a request.", told),
            "recipientTopic": _channel("recipient.{recipient}", "Your topic. Only you can read it.", told),
            "acknowledgementTopic": _channel("acknowledgements.{recipient}", "Your answers. Only you can write there.", answer),
            "deliveryStatus": _channel(
                "delivery-status",
                "Every change of a delivery's state. The hub's own: that a service knows somebody is personal data.",
                {"status": {"$ref": "#/components/messages/status"}},
            ),
        },
        "operations": {
            "receiveByWebhook": _operation("receive", "webhook", KINDS, http={"method": "POST", "bindingVersion": "0.3.0"}),
            "receiveByTopic": _operation("receive", "recipientTopic", KINDS),
            "answerByTopic": _operation("send", "acknowledgementTopic", ["acknowledgement"]),
            "followDeliveries": _operation("receive", "deliveryStatus", ["status"]),
        },
        "components": {"messages": _messages(), "schemas": _schemas()},
    }


def _channel(address: str | None, description: str, messages: Mapping[str, Any]) -> dict[str, Any]:
    channel = {"address": address, "description": description, "messages": dict(messages)}
    if address is not None and "{recipient}" in address:
        channel["parameters"] = {"recipient": {"description": "your id in the register, such as stevenage.council-tax"}}
        channel["bindings"] = {"kafka": {"topicConfiguration": {"cleanup.policy": ["delete"]}, "bindingVersion": "0.5.0"}}
    return channel


def _operation(action: str, channel: str, messages: Any, **bindings: Mapping[str, Any]) -> dict[str, Any]:
    refs = [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in messages]
    operation = {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "messages": refs}
    return operation | ({"bindings": bindings} if bindings else {})


def _messages() -> dict[str, Any]:
    answer = {
        "name": "acknowledgement",
        "title": "What became of a change at a recipient",
        "contentType": _JSON,
        "payload": {"$ref": _SCHEMA.format(model="Acknowledgement")},
        "bindings": {"kafka": {"key": {"type": "string", "description": "the message's id"}, "bindingVersion": "0.5.0"}},
        "examples": [{"name": "applied", "payload": {"answer": "applied"}}],
    }
    status = {"name": "status", "contentType": _JSON, "payload": {"$ref": _SCHEMA.format(model="DeliveryStatusEvent")}}
    return {**{kind: _told(kind, model) for kind, model in KINDS.items()}, "acknowledgement": answer, "status": status}


def _told(kind: str, model: type[LifeEvent]) -> dict[str, Any]:
    types = [event_type(kind, notice) for notice in NOTICE_WORDS.values()]
    return {
        "name": kind,
        "title": (model.__doc__ or kind).partition(".")[0],
        "contentType": _EVENT,
        "headers": _SIGNED,
        "payload": {
            "allOf": [
                {"$ref": _SCHEMA.format(model="Told")},
                {
                    "type": "object",
                    "properties": {"type": {"enum": types}, "data": {"$ref": _SCHEMA.format(model=f"{model.__name__}Told")}},
                },
            ]
        },
        "bindings": {"kafka": _OPAQUE_KEY},
    }


def _schemas() -> dict[str, Any]:
    found: dict[str, Any] = {}
    models: list[type[Model]] = [Told, Acknowledgement, DeliveryStatusEvent, *KINDS.values()]
    for model in models:
        schema = model.model_json_schema(by_alias=True, ref_template=_SCHEMA)
        found |= schema.pop("$defs", {})
        found[f"{model.__name__}Told" if model in KINDS.values() else model.__name__] = schema
    for model in KINDS.values():  # a recipient reads what its agreement names: nothing has to be there
        found[f"{model.__name__}Told"].pop("required", None)
    return found
