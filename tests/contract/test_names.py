"""What becomes of deliveries while names lead elsewhere, or name servers say nothing."""

import asyncio
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connectors.contract import Delivered, Endpoint, EndpointFault, Outcome, Retry
from connectors.webhook import addresses, connector
from tests.contract.rigs import WebhookRig, parcels

_HOST = "council.example"
UNRESOLVED = Retry("dns-error", unsent=True)
FORBIDDEN = EndpointFault("forbidden-address", unsent=True)


class Names:
    """The name server of all that ends in `.example`. It says nothing of who is `silent` until `speaking` is set."""

    def __init__(self, beyond: Callable[..., Any]) -> None:
        self._beyond = beyond
        self.where: dict[str, list[str]] = {_HOST: ["127.0.0.1"]}
        self.silent: set[str] = set()
        self.speaking = threading.Event()
        self.asked: Counter[str] = Counter()

    def __call__(self, host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if not str(host).endswith(".example"):
            return self._beyond(host, port, *args, **kwargs)
        self.asked[host] += 1
        if host in self.silent:
            self.speaking.wait()
        if host not in self.where:
            raise socket.gaierror(socket.EAI_NONAME, "no such host")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port or 0)) for address in self.where[host]]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    names = Names(socket.getaddrinfo)
    monkeypatch.setattr(socket, "getaddrinfo", names)
    monkeypatch.setattr(addresses, "_PATIENCE", 0.3)
    yield names
    names.speaking.set()


def by_name(rig: WebhookRig, host: str = _HOST) -> Endpoint:
    """The rig's recipient, under a name."""
    return rig.endpoint_at(str(rig.endpoint.settings["url"]).replace("127.0.0.1", host))


async def send(rig: WebhookRig, endpoint: Endpoint) -> Outcome:
    [outcome] = await rig.connector.send(endpoint, parcels(1))
    return outcome


async def test_all_who_send_to_one_name_wait_for_one_look_up_and_no_longer_than_for_that(webhook: WebhookRig, names: Names) -> None:
    names.silent.add(_HOST)
    endpoint = by_name(webhook)
    began = time.monotonic()
    assert await asyncio.gather(*(send(webhook, endpoint) for _ in range(16))) == [UNRESOLVED] * 16
    assert await send(webhook, endpoint) == UNRESOLVED
    assert time.monotonic() - began < 1.5
    assert names.asked[_HOST] == 1
    names.speaking.set()
    names.silent.clear()
    assert await asyncio.gather(*(send(webhook, endpoint) for _ in range(16))) == [Delivered(200)] * 16


async def test_silent_name_servers_stand_in_nobody_else_s_way(webhook: WebhookRig, names: Names) -> None:
    silent = [f"silent-{number}.example" for number in range(40)]
    names.silent.update(silent)
    elsewhere = [Endpoint(host, {**webhook.endpoint.settings, "url": f"http://{host}/in"}) for host in silent]
    assert await asyncio.gather(*(send(webhook, endpoint) for endpoint in elsewhere)) == [UNRESOLVED] * 40
    assert await send(webhook, by_name(webhook)) == Delivered(200)


async def test_what_cannot_be_a_host_is_an_unknown_one() -> None:
    assert await addresses.Resolver(allow_private=True).addresses("https://a..b/") == UNRESOLVED


async def test_a_name_that_is_looked_up_again_keeps_nobody_waiting(
    webhook: WebhookRig, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connector, "_LOOK_AFTER", 0.0)
    endpoint = by_name(webhook)
    assert await send(webhook, endpoint) == Delivered(200)
    names.silent.add(_HOST)
    for _ in range(3):
        assert await send(webhook, endpoint) == Delivered(200)
        await asyncio.sleep(0)
    assert names.asked[_HOST] == 2
    monkeypatch.setattr(connector, "_TRUSTED_FOR", 0.0)
    await asyncio.sleep(0.5)
    assert await send(webhook, endpoint) == UNRESOLVED


async def test_a_name_with_one_dead_address_is_reached_at_its_other(webhook: WebhookRig, names: Names) -> None:
    names.where[_HOST] = ["127.0.0.9", "127.0.0.1"]
    endpoint = by_name(webhook)
    first = await send(webhook, endpoint)
    assert isinstance(first, Retry)
    assert first.unsent
    assert [await send(webhook, endpoint) for _ in range(3)] == [Delivered(200)] * 3


async def test_connections_follow_a_name_that_leads_elsewhere(webhook: WebhookRig, names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connector, "_LOOK_AFTER", 0.0)
    endpoint = by_name(webhook)
    assert await send(webhook, endpoint) == Delivered(200)
    names.where[_HOST] = ["127.0.0.9"]
    assert await send(webhook, endpoint) == Delivered(200)
    await asyncio.sleep(0.1)
    outcome = await send(webhook, endpoint)
    assert isinstance(outcome, Retry)
    assert outcome.unsent


async def test_a_new_register_that_leaves_an_entry_as_it_was_asks_no_name_server(webhook: WebhookRig, names: Names) -> None:
    assert await send(webhook, by_name(webhook)) == Delivered(200)
    names.silent.add(_HOST)
    assert await send(webhook, by_name(webhook)) == Delivered(200)
    assert names.asked[_HOST] == 1


async def test_an_address_is_not_trusted_longer_because_nobody_was_written_to(
    webhook: WebhookRig, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connector, "_LOOK_AFTER", 0.0)
    monkeypatch.setattr(connector, "_TRUSTED_FOR", 0.0)
    endpoint = by_name(webhook)
    assert await send(webhook, endpoint) == Delivered(200)
    names.where[_HOST] = ["224.0.0.1"]
    assert await send(webhook, endpoint) == FORBIDDEN
    assert await send(webhook, by_name(webhook)) == FORBIDDEN


@pytest.mark.parametrize("leads_to", ["127.0.0.9", "224.0.0.1"])
async def test_what_is_found_for_an_entry_that_was_replaced_meanwhile_changes_nothing(
    webhook: WebhookRig, names: Names, monkeypatch: pytest.MonkeyPatch, leads_to: str
) -> None:
    monkeypatch.setattr(connector, "_LOOK_AFTER", 0.0)
    old, new = by_name(webhook), by_name(webhook, "new.example")
    names.where["new.example"] = ["127.0.0.1"]
    assert await send(webhook, old) == Delivered(200)
    names.silent.add(_HOST)
    names.where[_HOST] = [leads_to]
    assert await send(webhook, old) == Delivered(200)
    monkeypatch.setattr(connector, "_LOOK_AFTER", 60.0)
    assert await send(webhook, new) == Delivered(200)
    names.speaking.set()
    await asyncio.sleep(0.1)
    assert await send(webhook, new) == Delivered(200)
    assert names.asked["new.example"] == 1
