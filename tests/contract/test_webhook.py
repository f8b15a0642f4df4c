"""What comes of each thing a webhook's other end can do."""

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from standardwebhooks import Webhook

from connectors.contract import Delivered, Endpoint, EndpointFault, Gone, Outcome, Refused, Retry
from connectors.kit.simulator import Wire
from connectors.webhook import WebhookConnector, answers
from connectors.webhook.signing import decode_secret, signature_headers
from tests.contract.rigs import WebhookRig, a_secret, parcels

ANSWERS: list[tuple[dict[str, Any], Outcome]] = [
    ({"status": 200}, Delivered(200)),
    ({"status": 202}, Delivered(202)),
    ({"status": 204}, Delivered(204)),
    ({"status": 400}, Refused("http-400", 400)),
    ({"status": 401}, EndpointFault("http-401", 401)),
    ({"status": 403}, EndpointFault("http-403", 403)),
    ({"status": 404}, EndpointFault("http-404", 404)),
    ({"status": 405}, EndpointFault("http-405", 405)),
    ({"status": 408}, Retry("http-408", 408)),
    ({"status": 409}, Refused("http-409", 409)),
    ({"status": 410}, Gone(410)),
    ({"status": 422}, Refused("http-422", 422)),
    ({"status": 429, "retry_after": 7}, Retry("http-429", 429, after=7.0)),
    ({"status": 500}, Retry("http-500", 500)),
    ({"status": 503, "retry_after": 90}, Retry("http-503", 503, after=90.0)),
    ({"status": 599}, Retry("http-599", 599)),
]


@pytest.fixture(params=["webhook", "webhook_batch"])
def either(request: pytest.FixtureRequest) -> WebhookRig:
    rig: WebhookRig = request.getfixturevalue(request.param)
    return rig


async def send(rig: WebhookRig, count: int = 1) -> list[Outcome]:
    """Send, with a bound on the time that no behaviour may break."""
    began = time.monotonic()
    outcomes = await rig.connector.send(rig.endpoint, parcels(count))
    assert time.monotonic() - began < rig.timeout + 1
    return list(outcomes)


@pytest.mark.parametrize(("how", "expected"), ANSWERS, ids=lambda value: str(value.get("status")) if isinstance(value, dict) else "")
async def test_trap_c_a_status_has_one_meaning(either: WebhookRig, how: dict[str, Any], expected: Outcome) -> None:
    await either.behave(wire=Wire.STATUS, **how)
    assert await send(either) == [expected]


@pytest.mark.parametrize("wire", [Wire.SILENT, Wire.RESET, Wire.GARBAGE])
async def test_what_was_read_and_not_answered_is_never_taken_for_unsent(either: WebhookRig, wire: Wire) -> None:
    await either.behave(wire=wire)
    [outcome] = await send(either)
    assert isinstance(outcome, Retry)
    assert not outcome.unsent
    assert len(await either.received()) >= 1


async def test_a_slow_recipient_is_waited_for_within_its_time(either: WebhookRig) -> None:
    await either.behave(wire=Wire.SLOW, seconds=0.5)
    assert await send(either) == [Delivered(200)]


async def test_a_recipient_slower_than_its_time_is_outcome_unknown(either: WebhookRig) -> None:
    await either.behave(wire=Wire.SLOW, seconds=either.timeout + 5)
    assert await send(either) == [Retry("timeout")]


async def test_an_answer_that_breaks_off_after_its_status_is_at_most_unknown(webhook: WebhookRig) -> None:
    await webhook.behave(wire=Wire.TORN)
    [outcome] = await send(webhook)
    assert outcome in (Delivered(200), Retry("connection-lost"))


async def test_a_batch_whose_answer_breaks_off_is_outcome_unknown(webhook_batch: WebhookRig) -> None:
    await webhook_batch.behave(wire=Wire.TORN)
    outcomes = await send(webhook_batch, 3)
    assert all(isinstance(outcome, Retry) and not outcome.unsent for outcome in outcomes)


async def test_half_an_answer_is_half_a_batch(webhook_batch: WebhookRig) -> None:
    await webhook_batch.behave(wire=Wire.HALF)
    assert await send(webhook_batch, 6) == [Delivered(200)] * 3 + [Retry("not-named")] * 3


async def test_a_batch_goes_in_one_request_with_an_id_of_its_members(webhook_batch: WebhookRig) -> None:
    sent = parcels(4)
    for some in (sent, sent, sent[:3]):
        await webhook_batch.connector.send(webhook_batch.endpoint, some)
    batches = [arrival.batch for arrival in webhook_batch.simulator.witness.arrivals]
    assert batches[:4] == batches[4:8]
    assert len(set(batches)) == 2
    assert None not in batches


async def test_an_answer_without_an_end_is_cut_off(webhook: WebhookRig) -> None:
    await webhook.behave(wire=Wire.FLOOD)
    assert await send(webhook) == [Delivered(200)]


async def test_an_answer_to_a_batch_too_long_to_read_is_outcome_unknown(webhook_batch: WebhookRig) -> None:
    await webhook_batch.behave(wire=Wire.FLOOD)
    outcomes = await send(webhook_batch, 3)
    assert all(isinstance(outcome, Retry) and not outcome.unsent for outcome in outcomes)


async def test_a_redirect_is_refused_and_nothing_goes_there(either: WebhookRig) -> None:
    elsewhere = WebhookRig()
    await elsewhere.open(live=either.secrets)
    await either.behave(wire=Wire.REDIRECT, location=elsewhere.endpoint.settings["url"])
    assert await send(either) == [EndpointFault("http-307", 307)]
    assert await elsewhere.received() == []
    await elsewhere.close()


async def test_a_name_that_does_not_resolve_is_proof_that_nothing_was_sent(webhook: WebhookRig) -> None:
    endpoint = webhook.endpoint_at("http://council.invalid/in")
    assert await webhook.connector.send(endpoint, parcels(2)) == [Retry("dns-error", unsent=True)] * 2


@pytest.mark.parametrize("batch", ["many", "", "-1", "${NONE}"])
async def test_a_batch_that_is_no_number_keeps_to_one_and_is_the_endpoints_fault(webhook: WebhookRig, batch: str) -> None:
    endpoint = webhook.endpoint_at("http://127.0.0.1:9/in")
    endpoint = Endpoint(endpoint.recipient, {**endpoint.settings, "batch": batch})
    assert webhook.connector.batch_size(endpoint) == 1
    assert await webhook.connector.send(endpoint, parcels(1)) == [EndpointFault("bad-settings", unsent=True)]


@pytest.mark.parametrize("url", ["http://a..b/in", "council.example", ""])
async def test_settings_that_turn_out_bad_where_they_are_used_are_proof_that_nothing_was_sent(webhook: WebhookRig, url: str) -> None:
    assert await webhook.connector.send(webhook.endpoint_at(url), parcels(2)) == [EndpointFault("bad-settings", unsent=True)] * 2


@pytest.mark.parametrize(
    "host", ["council.example", "council.example.", "a", "xn--4ca.example", "my_host.example", "192.0.2.1", "[2001:db8::1]"]
)
def test_a_host_may_be_a_name_or_an_address(webhook: WebhookRig, host: str) -> None:
    assert webhook.connector.check(webhook.endpoint_at(f"https://{host}:8443/in").settings) == []


async def test_tls_that_fails_on_a_new_connection_is_proof_that_nothing_was_sent(webhook: WebhookRig) -> None:
    endpoint = webhook.endpoint_at(str(webhook.endpoint.settings["url"]).replace("http://", "https://"))
    [outcome] = await webhook.connector.send(endpoint, parcels(1))
    assert isinstance(outcome, Retry)
    assert outcome.unsent
    assert await webhook.received() == []


FORBIDDEN = [
    "127.0.0.1",
    "localhost",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[fe80::1]",
    "[fc00::1]",
    "[::127.0.0.1]",
    "[fec0::1]",
    "[64:ff9b:1::1]",
    "[3fff::1]",
    "192.88.99.1",
    "2130706433",
    "0x7f000001",
]


@pytest.fixture
async def public() -> AsyncIterator[WebhookConnector]:
    connector = WebhookConnector(allow_private=False)
    yield connector
    await connector.close()


@pytest.mark.parametrize("host", FORBIDDEN)
async def test_personal_data_goes_to_no_address_but_a_public_one(public: WebhookConnector, host: str) -> None:
    endpoint = Endpoint("council", {"url": f"http://{host}:9/in", "secrets": [a_secret()], "timeout": 1.0})
    assert await public.send(endpoint, parcels(2)) == [EndpointFault("forbidden-address", unsent=True)] * 2


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "0.0.0.0", "224.0.0.1", "[fe80::1]", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::1]"],
)
async def test_where_intranets_are_allowed_the_machine_s_own_metadata_is_not(webhook: WebhookRig, host: str) -> None:
    assert await webhook.connector.send(webhook.endpoint_at(f"http://{host}/in"), parcels(1)) == [
        EndpointFault("forbidden-address", unsent=True)
    ]


async def test_either_of_two_live_keys_opens_it() -> None:
    for live in (0, 1):
        rig = WebhookRig()
        await rig.open(live=[rig.secrets[live]])
        assert await send(rig) == [Delivered(200)]
        assert [arrival.signed for arrival in rig.simulator.witness.arrivals] == [True]
        await rig.close()


async def test_a_recipient_with_another_key_refuses_it() -> None:
    rig = WebhookRig()
    await rig.open(live=[a_secret()])
    assert await send(rig) == [EndpointFault("http-401", 401)]
    assert [arrival.signed for arrival in rig.simulator.witness.arrivals] == [False]
    await rig.close()


async def test_the_signature_is_what_the_specification_s_own_library_accepts(webhook: WebhookRig) -> None:
    [parcel] = parcels(1)
    keys = [key for secret in webhook.secrets if (key := decode_secret(secret))]
    lines = signature_headers(keys, parcel.message, "application/json", parcel.body).decode().splitlines()
    headers = dict(line.split(": ", 1) for line in lines)
    for secret in webhook.secrets:
        assert Webhook(secret).verify(parcel.body, headers)["id"] == parcel.message


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7.0),
        ("9" * 40, 999999999.0),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0.0),
        *((unreadable, None) for unreadable in ("-5", "soon", "७", "\xff", "")),
        ("Sun, 06 Nov 99999999999 08:49:37 GMT", None),
        ("Sun, 06 Nov 9999 08:49:37 -9999999999", None),
    ],
)
def test_a_wish_that_cannot_be_read_is_none(said: str, seconds: float | None) -> None:
    assert answers.seconds(said) == seconds
