"""The webhook connector. On the hot path: one signature, one request, no parsing of an answer nobody needs."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import PyreqwestError
from pyreqwest.http import Url

from connectors.contract import Delivered, Endpoint, EndpointFault, Outcome, Parcel, Retry
from connectors.webhook.addresses import pinned_address
from connectors.webhook.answers import outcome_of_error, outcome_of_status, outcomes_of_batch
from connectors.webhook.settings import WebhookSettings, settings_faults
from connectors.webhook.signing import decode_secret, signature_headers

_SINGLE = "application/cloudevents+json; charset=utf-8"
_BATCH = "application/cloudevents-batch+json; charset=utf-8"
_ANSWER_LIMIT = 64 * 1024  # of a single answer nothing is used; a batch's may name 500 items
_PINNED_FOR = 60.0  # seconds a resolved address is kept


@dataclass(slots=True)
class _Line:
    """An endpoint with its client, pinned to `address` until `until`; `source` is the entry it was opened from."""

    source: Mapping[str, Any]
    address: tuple[str, int]
    settings: WebhookSettings
    url: Url
    keys: list[bytes]
    client: Client
    until: float


class WebhookConnector:
    """Sends to any number of endpoints; one client each, whose connections are kept."""

    kind = "webhook"

    def __init__(self, *, allow_private: bool = False) -> None:
        self._allow_private = allow_private
        self._lines: dict[str, _Line] = {}
        self._opening: dict[str, asyncio.Lock] = {}

    def check(self, settings: Mapping[str, Any]) -> list[str]:
        return settings_faults(settings)

    def batch_size(self, endpoint: Endpoint) -> int:
        return int(endpoint.settings.get("batch", 1))

    async def send(self, endpoint: Endpoint, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        line = await self._line(endpoint)
        if not isinstance(line, _Line):
            return [line] * len(parcels)
        if line.settings.batch == 1:
            return [await self._post(line, parcel.message, _SINGLE, parcel.body) for parcel in parcels]
        return await self._send_batch(line, parcels)

    async def close(self) -> None:
        lines, self._lines = self._lines, {}
        for line in lines.values():
            await line.client.close()

    async def _send_batch(self, line: _Line, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        # The id of a batch is a hash of its members, whose own ids stay: the same members again are the same batch.
        batch_id = "bat_" + sha256("\n".join(parcel.message for parcel in parcels).encode()).hexdigest()[:32]
        body = b"[" + b",".join(parcel.body for parcel in parcels) + b"]"
        answer: list[bytes] = []
        outcome = await self._post(line, batch_id, _BATCH, body, answer)
        if not isinstance(outcome, Delivered):
            return [outcome] * len(parcels)
        return outcomes_of_batch(parcels, answer[0], outcome.status or 200)

    async def _post(self, line: _Line, message: str, content_type: str, body: bytes, answer: list[bytes] | None = None) -> Outcome:
        headers = signature_headers(line.keys, message, body)
        headers["content-type"] = content_type
        outcome: Outcome | None = None
        try:
            async with line.client.post(line.url).headers(headers).body_bytes(body).build_streamed() as response:
                outcome = outcome_of_status(response.status, response.get_header("retry-after"))
                read = await response.body_reader.read(_ANSWER_LIMIT)
        except PyreqwestError as error:
            # A single 2xx has been said once its status is read, whatever becomes of the rest of the answer.
            return outcome if isinstance(outcome, Delivered) and answer is None else outcome_of_error(error)
        if answer is not None:
            answer.append(bytes(read) if read is not None else b"")
        return outcome

    async def _line(self, endpoint: Endpoint) -> _Line | Outcome:
        line = self._lines.get(endpoint.recipient)
        if line is not None and line.until > time.monotonic() and line.source is endpoint.settings:
            return line
        async with self._opening.setdefault(endpoint.recipient, asyncio.Lock()):
            return await self._open(endpoint)

    async def _open(self, endpoint: Endpoint) -> _Line | Outcome:
        line = self._lines.get(endpoint.recipient)
        if line is not None and line.until > time.monotonic() and line.source is endpoint.settings:
            return line
        settings = WebhookSettings.model_validate(endpoint.settings)
        pinned = await pinned_address(settings.url, allow_private=self._allow_private)
        if pinned == "dns-error":
            return Retry("dns-error", unsent=True)
        if isinstance(pinned, str):
            return EndpointFault(pinned, unsent=True)
        until = time.monotonic() + _PINNED_FOR
        if line is not None and line.address == pinned and line.settings == settings:
            line.source, line.until = endpoint.settings, until
            return line
        keys = [key for secret in settings.secrets if (key := decode_secret(secret)) is not None]
        line = _Line(endpoint.settings, pinned, settings, Url(settings.url), keys, self._client(settings, *pinned), until)
        self._lines[endpoint.recipient] = line
        return line

    def _client(self, settings: WebhookSettings, address: str, port: int) -> Client:
        timeout = timedelta(seconds=settings.timeout)
        return (
            ClientBuilder()
            .no_proxy()
            .follow_redirects(False)
            .gzip(False)
            .brotli(False)
            .zstd(False)
            .deflate(False)
            .referer(False)
            .user_agent("tell-us-once/1")
            .timeout(timeout)
            .connect_timeout(min(timeout, timedelta(seconds=5)))
            .pool_idle_timeout(timedelta(seconds=20))
            .resolve(str(urlsplit(settings.url).hostname), address, port)
            .build()
        )
