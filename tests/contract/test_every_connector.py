"""What every connector keeps to, whatever it is made of."""

import time

import orjson
import pytest

from connectors.contract import OUTCOME_CODES, Delivered, Placed, Retry
from tests.contract.rigs import Rig, parcels


async def test_one_outcome_for_each_parcel_and_the_recipient_has_them_in_order(rig: Rig) -> None:
    sent = parcels(20)
    outcomes = await rig.connector.send(rig.endpoint, sent)
    assert len(outcomes) == 20
    assert all(isinstance(outcome, Delivered | Placed) for outcome in outcomes)
    assert await rig.received() == [(parcel.message, parcel.body) for parcel in sent]


async def test_the_same_parcel_again_has_the_same_id_and_content(rig: Rig) -> None:
    sent = parcels(3)
    await rig.connector.send(rig.endpoint, sent)
    await rig.connector.send(rig.endpoint, sent)
    received = await rig.received()
    assert received[:3] == received[3:] == [(parcel.message, parcel.body) for parcel in sent]


async def test_where_nobody_is_there_it_is_proved_unsent_within_the_time(rig: Rig) -> None:
    await rig.connector.send(rig.endpoint, parcels(1))
    await rig.go_away()
    began = time.monotonic()
    outcomes = await rig.connector.send(rig.endpoint, parcels(3))
    assert time.monotonic() - began < rig.timeout + 1
    assert len(outcomes) == 3
    for outcome in outcomes:
        assert isinstance(outcome, Retry)
        assert outcome.cause
    # A connection kept from before may take the first one: of that nothing is proved. Nobody is there for the next.
    outcomes = await rig.connector.send(rig.endpoint, parcels(3))
    assert [isinstance(outcome, Retry) and outcome.unsent for outcome in outcomes] == [True] * 3


async def test_after_its_return_the_same_parcels_go_over_the_same_connector(rig: Rig) -> None:
    sent = parcels(3)
    await rig.go_away()
    assert all(isinstance(outcome, Retry) for outcome in await rig.connector.send(rig.endpoint, sent))
    await rig.come_back()
    outcomes = await rig.connector.send(rig.endpoint, sent)
    assert all(isinstance(outcome, Delivered | Placed) for outcome in outcomes)
    assert await rig.received() == [(parcel.message, parcel.body) for parcel in sent]


async def test_every_fault_in_an_entry_is_named(rig: Rig) -> None:
    assert rig.connector.check(rig.endpoint.settings) == []
    for settings in rig.bad_settings:
        faults = rig.connector.check(settings)
        assert faults, settings
        assert all(isinstance(fault, str) and len(fault.split()) >= 3 for fault in faults)


async def test_a_fault_never_repeats_a_secret(rig: Rig) -> None:
    settings = {**rig.endpoint.settings, "secrets": ["whsec_thisIsNoSecretAtAll!"], "password": "hunter2hunter2"}
    said = " ".join(rig.connector.check(settings))
    assert "thisIsNoSecretAtAll" not in said
    assert "hunter2" not in said


async def test_it_says_how_many_it_takes_at_once(rig: Rig) -> None:
    assert rig.connector.batch_size(rig.endpoint) >= 1


async def test_closing_twice_is_as_good_as_once(rig: Rig) -> None:
    await rig.connector.send(rig.endpoint, parcels(1))
    await rig.connector.close()
    await rig.connector.close()


async def test_closing_does_not_wait_for_a_recipient_that_is_away(rig: Rig) -> None:
    await rig.connector.send(rig.endpoint, parcels(1))
    await rig.go_away()
    await rig.connector.send(rig.endpoint, parcels(1))
    began = time.monotonic()
    await rig.connector.close()
    assert time.monotonic() - began < 10


def test_every_outcome_has_a_number_of_its_own_in_the_attempt_log() -> None:
    assert len(set(OUTCOME_CODES.values())) == len(OUTCOME_CODES) == 6


@pytest.mark.parametrize("count", [1, 7])
async def test_what_is_sent_is_a_cloud_event_as_it_was_sealed(rig: Rig, count: int) -> None:
    sent = parcels(count)
    await rig.connector.send(rig.endpoint, sent)
    for (message, body), parcel in zip(await rig.received(), sent, strict=True):
        event = orjson.loads(body)
        assert (message, event["id"], event["subject"]) == (parcel.message, parcel.message, parcel.key)
