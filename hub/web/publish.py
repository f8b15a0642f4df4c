"""Writes the API's own description, as `/openapi.json` answers it: `python -m hub.web.publish`."""

from typing import NoReturn

import orjson

from hub.web.api import routes
from schemas.publish import FOLDER

NAME = "openapi.json"


def published() -> bytes:
    """The document as it should be now (OpenAPI 3.1)."""
    document = routes(_nobody, _nothing, _nothing).openapi()
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


async def _nobody(_: object) -> NoReturn:
    _nothing()


def _nothing() -> NoReturn:
    raise AssertionError("the description alone is asked for")


if __name__ == "__main__":
    (FOLDER / NAME).write_bytes(published())
