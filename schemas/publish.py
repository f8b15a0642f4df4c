"""Writes `schemas/published/` from the models, JSON Schemas and AsyncAPI: `python -m schemas.publish`."""

from pathlib import Path
from typing import Any

import orjson

from schemas import asyncapi
from schemas.acknowledgement import Acknowledgement
from schemas.disclosure import Disclosures
from schemas.events import KINDS
from schemas.examples import examples
from schemas.notification import BUILT_IN
from schemas.receipt import BatchReceipt, Receipt
from schemas.status import CaseStatus, DeliveryStatusEvent
from schemas.told import Told
from schemas.words import Model, json_schema

FOLDER = Path(__file__).parent / "published"


def published() -> dict[str, bytes]:
    """File name → its content as it should be now (JSON Schema 2020-12)."""
    models: dict[str, type[Model]] = {
        "acknowledgement": Acknowledgement,
        "case-status": CaseStatus,
        "delivery-status": DeliveryStatusEvent,
        "disclosures": Disclosures,
        "told": Told,
        "receipt": Receipt,
        "receipt.batch": BatchReceipt,
        **{f"event.{kind}": model for kind, model in KINDS.items()},
        **{f"notification.{model.kind}": model for model in BUILT_IN.models.values()},
    }
    sent = examples()
    schemas = {f"{name}.schema.json": _schema(model, sent.get(name.removeprefix("notification."))) for name, model in models.items()}
    return {**schemas, "asyncapi.json": _json(asyncapi.document())}


def _schema(model: type[Model], example: dict[str, Any] | None) -> bytes:
    body = json_schema(model)
    if example is not None:
        body["examples"] = [example]
    return _json(body)


def _json(body: dict[str, Any]) -> bytes:
    return orjson.dumps(body, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, content in published().items():
        (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main()
