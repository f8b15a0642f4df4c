"""The webhook connector. On the hot path: one signature, one request, no parsing of an answer nobody needs."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from connectors.contract import Endpoint, EndpointFault, Outcome, Parcel, Retry
from connectors.webhook.addresses import pinned_address
from connectors.webhook.answers import outcome_of, outcomes_of_batch
from connectors.webhook.line import Line
from connectors.webhook.settings import WebhookSettings, settings_faults
from connectors.webhook.signing import decode_secret, signature_headers

_SINGLE = "application/cloudevents+json; charset=utf-8"
_BATCH = "application/cloudevents-batch+json; charset=utf-8"
_PINNED_FOR = 60.0  # seconds a resolved address is kept


@dataclass(slots=True)
class _Open:
    """An endpoint with its line, pinned to `address` until `until`; `source` is the entry it was opened from."""

    source: Mapping[str, Any]
    address: tuple[str, int]
    settings: WebhookSettings
    keys: list[bytes]
    line: Line
    until: float


class WebhookConnector:
    """Sends to any number of endpoints; one line each, whose connections are kept."""

    kind = "webhook"

    def __init__(self, *, allow_private: bool = False) -> None:
        self._allow_private = allow_private
        self._opened: dict[str, _Open] = {}
        self._opening: dict[str, asyncio.Lock] = {}

    def check(self, settings: Mapping[str, Any]) -> list[str]:
        return settings_faults(settings)

    def batch_size(self, endpoint: Endpoint) -> int:
        return int(endpoint.settings.get("batch", 1))

    async def send(self, endpoint: Endpoint, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        found = await self._endpoint(endpoint)
        if not isinstance(found, _Open):
            return [found] * len(parcels)
        if found.settings.batch > 1:
            return await _send_batch(found, parcels)
        outcomes = []
        for parcel in parcels:
            headers = signature_headers(found.keys, parcel.message, _SINGLE, parcel.body)
            outcomes.append(outcome_of(await found.line.post(headers, parcel.body)))
        return outcomes

    async def close(self) -> None:
        opened, self._opened = self._opened, {}
        for one in opened.values():
            one.line.close()

    async def _endpoint(self, endpoint: Endpoint) -> _Open | Outcome:
        found = self._opened.get(endpoint.recipient)
        if found is not None and found.until > time.monotonic() and found.source is endpoint.settings:
            return found
        async with self._opening.setdefault(endpoint.recipient, asyncio.Lock()):
            return await self._open(endpoint)

    async def _open(self, endpoint: Endpoint) -> _Open | Outcome:
        found = self._opened.get(endpoint.recipient)
        if found is not None and found.until > time.monotonic() and found.source is endpoint.settings:
            return found
        settings = WebhookSettings.model_validate(endpoint.settings)
        pinned = await pinned_address(settings.url, allow_private=self._allow_private)
        if pinned == "dns-error":
            return Retry("dns-error", unsent=True)
        if isinstance(pinned, str):
            return EndpointFault(pinned, unsent=True)
        until = time.monotonic() + _PINNED_FOR
        if found is not None and found.address == pinned and found.settings == settings:
            found.source, found.until = endpoint.settings, until
            return found
        if found is not None:
            found.line.close()
        keys = [key for secret in settings.secrets if (key := decode_secret(secret)) is not None]
        opened = _Open(endpoint.settings, pinned, settings, keys, Line(settings.url, pinned, settings.timeout), until)
        self._opened[endpoint.recipient] = opened
        return opened


async def _send_batch(found: _Open, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
    # The id of a batch is a hash of its members, whose own ids stay: the same members again are the same batch.
    batch_id = "bat_" + sha256("\n".join(parcel.message for parcel in parcels).encode()).hexdigest()[:32]
    body = b"[" + b",".join(parcel.body for parcel in parcels) + b"]"
    return outcomes_of_batch(parcels, await found.line.post(signature_headers(found.keys, batch_id, _BATCH, body), body))
