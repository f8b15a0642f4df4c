"""The witness writes down what came, whatever it answers."""

from pathlib import Path

import httpx
import orjson
import pytest

from tests.bench.arrivals import Mode
from tests.bench.events import tell
from tests.bench.witness import Load, Publishers, Witness

_EVENT = b'{"id":"msg_1_1","caseversion":3,"data":{"deceased":{"names":{"given":["Ada","N000042E2"]}}}}'


def _post(url: str, body: bytes = _EVENT, kind: str = "application/cloudevents+json") -> httpx.Response:
    return httpx.post(url, content=body, headers={"webhook-id": "msg_1_1", "content-type": kind}, timeout=1)


def test_an_arrival_says_who_got_which_content_of_which_version(tmp_path: Path) -> None:
    with Witness(tmp_path) as witness:
        assert _post(witness.urls[4]).status_code == 200
        (arrival,) = witness.arrivals()
    assert (arrival.recipient, arrival.message, arrival.version, arrival.number, arrival.edition) == (5, "msg_1_1", 3, 42, 2)


def test_a_batch_is_noted_event_by_event_and_half_of_it_is_named_on_demand(tmp_path: Path) -> None:
    batch = b"[" + _EVENT + b"," + _EVENT.replace(b"msg_1_1", b"msg_2_1") + b"]"
    with Witness(tmp_path) as witness:
        witness.behave(Mode.HALF, 1)
        answer = _post(witness.urls[0], batch, "application/cloudevents-batch+json")
        assert orjson.loads(answer.content) == {"items": [{"id": "msg_1_1", "status": 200}]}
        assert [arrival.message for arrival in witness.arrivals()] == ["msg_1_1", "msg_2_1"]


@pytest.mark.parametrize("mode", [Mode.SILENT, Mode.RESET, Mode.GARBAGE, Mode.HALF])
def test_what_is_read_and_not_answered_well_is_noted_all_the_same(tmp_path: Path, mode: Mode) -> None:
    with Witness(tmp_path) as witness:
        witness.behave(mode, 2)
        with pytest.raises(httpx.HTTPError):
            _post(witness.urls[1])
        assert [arrival.mode for arrival in witness.arrivals()] == [mode]


def test_a_recipient_that_refuses_reads_nothing_and_comes_back(tmp_path: Path) -> None:
    with Witness(tmp_path) as witness:
        witness.behave(Mode.REFUSE, 3)
        with pytest.raises(httpx.ConnectError):
            _post(witness.urls[2])
        assert witness.arrivals() == []
        witness.behave(Mode.UP, 3)
        assert _post(witness.urls[2]).status_code == 200


def test_what_is_told_of_one_death_is_published_in_order(tmp_path: Path) -> None:
    told = [tell(number, edition=edition) for edition in (1, 2, 3) for number in range(20)]
    with Witness(tmp_path) as witness:
        publishers = Publishers(tmp_path, f"http://127.0.0.1:{witness.ports[0]}", "none", Load(told))
        publishers.start()
        answers = publishers.result()
        assert [answer.status for answer in answers] == [200] * 60
        editions = [arrival.edition for arrival in witness.arrivals() if arrival.number == 7]
    assert editions == [1, 2, 3]
