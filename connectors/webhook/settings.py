"""What a webhook recipient's entry says of its endpoint."""

import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from connectors.webhook.signing import decode_secret

_LABEL = r"[A-Za-z0-9_-]{1,63}"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")


def _http_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password or parts.fragment:
        raise ValueError("must be an http or https address with a host, without user, password or fragment")
    if not _HOST.fullmatch(parts.hostname) or parts.port == 0:
        raise ValueError("must have a host of ASCII labels, each of 1 to 63 (xn--… for other letters), and a port from 1 to 65535")
    return url


def _secret(secret: str) -> str:
    if decode_secret(secret) is None:
        raise ValueError("must be `whsec_` and base64 of 24 to 64 bytes, as the Standard Webhooks specification has it")
    return secret


class WebhookSettings(BaseModel):
    """`url`; one or two live `secrets`, the newest first; `batch`: how many events one POST may carry (1: singly);
    `timeout`: seconds from connecting to the last byte of the answer."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: Annotated[str, Field(max_length=2000), AfterValidator(_http_url)]
    secrets: Annotated[tuple[Annotated[str, AfterValidator(_secret)], ...], Field(min_length=1, max_length=2)]
    batch: Annotated[int, Field(ge=1, le=500)] = 1
    timeout: Annotated[float, Field(gt=0, le=30)] = 10.0


def settings_faults(settings: Mapping[str, Any]) -> list[str]:
    """What is wrong with an entry's settings, a sentence each; never repeats a secret."""
    try:
        WebhookSettings.model_validate(settings)
    except ValidationError as error:
        return [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False, include_url=False)]
    return []
