"""The webhook connector. On the hot path: one signature, one request, no parsing of an answer nobody needs."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from pydantic import ValidationError

from connectors.contract import Endpoint, EndpointFault, Outcome, Parcel
from connectors.webhook.addresses import Address, Resolver
from connectors.webhook.answers import outcome_of, outcomes_of_batch
from connectors.webhook.line import Line
from connectors.webhook.settings import WebhookSettings, settings_faults
from connectors.webhook.signing import decode_secret, signature_headers

_SINGLE = "application/cloudevents+json; charset=utf-8"
_BATCH = "application/cloudevents-batch+json; charset=utf-8"
# Seconds: how old a look-up is when the next is made, and how old it may get while they fail.
_LOOK_AFTER = 60.0
_TRUSTED_FOR = 600.0


@dataclass(slots=True)
class _Open:
    """An endpoint with its line, to where its name led at `looked_at`; `source` is the entry it was last asked for by."""

    source: Mapping[str, Any]
    settings: WebhookSettings
    keys: list[bytes]
    line: Line
    looked_at: float
    look_at: float
    looking: "asyncio.Task[None] | None" = None

    def lead_to(self, addresses: Sequence[Address]) -> None:
        """Its name was looked up, and leads to `addresses`."""
        if not self.line.follow(addresses):
            self.line.close()
            self.line = Line(self.settings.url, addresses, self.settings.timeout)
        self.looked_at = time.monotonic()
        self.look_at = self.looked_at + _LOOK_AFTER


class WebhookConnector:
    """Sends to any number of endpoints; one line each, whose connections are kept."""

    kind = "webhook"

    def __init__(self, *, allow_private: bool = False) -> None:
        self._resolver = Resolver(allow_private=allow_private)
        self._opened: dict[str, _Open] = {}

    def check(self, settings: Mapping[str, Any]) -> list[str]:
        return settings_faults(settings)

    def batch_size(self, endpoint: Endpoint) -> int:
        batch = str(endpoint.settings.get("batch", 1))
        return max(1, int(batch)) if batch.isdecimal() else 1  # where it is no number, `send` says so

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
            if one.looking is not None:
                one.looking.cancel()

    async def _endpoint(self, endpoint: Endpoint) -> _Open | Outcome:
        found = self._opened.get(endpoint.recipient)
        if found is None or found.source is not endpoint.settings:
            return await self._open(endpoint)
        now = time.monotonic()
        if found.look_at > now:
            return found
        if now - found.looked_at > _TRUSTED_FOR:
            return await self._open(endpoint)
        if found.looking is None or found.looking.done():
            found.looking = asyncio.create_task(self._look_again(endpoint.recipient, found))
        return found

    async def _open(self, endpoint: Endpoint) -> _Open | Outcome:
        """What is open stays so where nothing but the register is new: no name server is asked for that."""
        try:
            settings = WebhookSettings.model_validate(endpoint.settings)
        except ValidationError:  # what a reference holds is known only where it is resolved, which may be here
            return EndpointFault("bad-settings", unsent=True)
        found = self._opened.get(endpoint.recipient)
        if found is not None and found.settings == settings and time.monotonic() - found.looked_at <= _TRUSTED_FOR:
            found.source = endpoint.settings
            return found
        addresses = await self._resolver.addresses(settings.url)
        if not isinstance(addresses, list):
            return addresses
        found = self._opened.get(endpoint.recipient)
        if found is not None and found.settings == settings:
            found.source = endpoint.settings
            found.lead_to(addresses)
            return found
        if found is not None:
            found.line.close()
        keys = [key for secret in settings.secrets if (key := decode_secret(secret)) is not None]
        now = time.monotonic()
        line = Line(settings.url, addresses, settings.timeout)
        opened = self._opened[endpoint.recipient] = _Open(endpoint.settings, settings, keys, line, now, now + _LOOK_AFTER)
        return opened

    async def _look_again(self, recipient: str, found: _Open) -> None:
        """While it is sent to: what was found once is good for a while, so that a name server in trouble stops nobody."""
        found.look_at = time.monotonic() + _LOOK_AFTER
        addresses = await self._resolver.addresses(found.settings.url)
        if self._opened.get(recipient) is not found:
            return
        if isinstance(addresses, EndpointFault):
            del self._opened[recipient]
            found.line.close()
        elif isinstance(addresses, list):
            found.lead_to(addresses)


async def _send_batch(found: _Open, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
    # The id of a batch is a hash of its members, whose own ids stay: the same members again are the same batch.
    batch_id = "bat_" + sha256("\n".join(parcel.message for parcel in parcels).encode()).hexdigest()[:32]
    body = b"[" + b",".join(parcel.body for parcel in parcels) + b"]"
    return outcomes_of_batch(parcels, await found.line.post(signature_headers(found.keys, batch_id, _BATCH, body), body))
