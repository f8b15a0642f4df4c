"""A kind of change that nobody knew is added to a running hub from its configuration folder: told, planned, cut, heard, answered."""

import base64
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import orjson
import yaml

from connectors.kit.simulator import Behaviour, SimulatorClient, running_simulator
from hub.local import free_port
from schemas import Answer
from tests.e2e.planted import STEVENAGE, source_time, word
from tests.hub import Hub
from tests.kinds.test_own_kinds import ENTRY, SCHEMA
from tests.planning.paper import SAMPLE
from tests.waiting import await_that

_SHIPPED = Path(__file__).parents[2] / "infra" / "recipients"
RECIPIENT = "stevenage-care.leaving-care-team"
FIELDS = ["standing", "fact", "leaver.names", "leftOn", "plan.hasAdviser"]


def _team(url: str, secret: Path) -> dict[str, Any]:
    service = {
        "service": "leaving-care-team", "name": "Leaving care team", "kinds": ["leaving-care"], "connector": "webhook",
        "settings": {"url": url, "secrets": [f"${{file:{secret}}}"]}, "answersWithin": "5 days",
    }  # fmt: skip
    agreement = {
        "id": "leaving-care", "recipient": RECIPIENT, "kind": "leaving-care", "standing": "informal", "fields": FIELDS,
        "sender": dict(SAMPLE), "receiver": dict(SAMPLE), "protocol": "sample", "impactAssessment": "sample", "asks": "statute",
        "citizenReads": "everything",
    }  # fmt: skip
    return {
        "organisation": "stevenage-care", "name": "Stevenage", "places": ["E07000243"], "services": [service], "agreements": [agreement],
    }  # fmt: skip


def _leaver(name: str) -> dict[str, Any]:
    data = {
        "standing": "informal", "fact": "asserted", "sourceTime": source_time(0), "leftOn": "2026-10-01", "plan": {"hasAdviser": True},
        "leaver": {"names": {"given": [name], "family": word()}, "nino": "AB123456C", "usualAddress": {"postcode": STEVENAGE.postcode}},
    }  # fmt: skip
    return {"specversion": "1.0", "id": name, "source": "urn:example:care", "type": "uk.tellusonce.leaving-care.v1", "data": data}


def _add(register: Path, simulator: SimulatorClient) -> None:
    """Bring the kind, and somebody who is told of it, into the folder."""
    secret = "whsec_" + base64.b64encode(os.urandom(32)).decode()
    (register.parent / "secret").write_text(secret)
    url = simulator.webhook(RECIPIENT, [secret], behaviour=Behaviour(answer=Answer.APPLIED, answer_after=0.05))
    (register / "kinds").mkdir()
    (register / "kinds" / "leaving-care.yaml").write_text(yaml.safe_dump(ENTRY))
    (register / "kinds" / "leaving-care.schema.json").write_bytes(orjson.dumps(SCHEMA))
    (register / "stevenage-care.yaml").write_text(yaml.safe_dump(_team(url, register.parent / "secret")))


def _post(hub: Hub, key: str, event: Mapping[str, Any]) -> httpx.Response:
    headers = {"authorization": f"Bearer {key}", "content-type": "application/cloudevents+json"}
    return httpx.post(f"{hub.url}/v1/notifications", content=orjson.dumps(event), headers=headers, trust_env=False)


def _case(hub: Hub, key: str, reference: str) -> dict[str, Any]:
    answer = httpx.get(f"{hub.url}/v1/cases/{reference}", headers={"authorization": f"Bearer {key}"}, trust_env=False)
    found: dict[str, Any] = answer.json()
    return found


def test_a_kind_nobody_knew_is_added_to_a_running_hub(tmp_path: Path) -> None:
    register, port = tmp_path / "recipients", free_port()
    register.mkdir()
    shutil.copy(_SHIPPED / "dwp.yaml", register)
    with (
        running_simulator(f"http://127.0.0.1:{port}", keep=True) as simulator,
        Hub(tmp_path / "home", register, {"TUO_CLOCK_INTERVAL": "0.3"}, port) as hub,
    ):
        key = hub.add_client("care", "council-service")
        simulator.give_key(RECIPIENT, hub.add_client("team", "council-service", RECIPIENT))
        event = _leaver(word())
        refused = _post(hub, key, event)
        assert refused.status_code == httpx.codes.UNPROCESSABLE_ENTITY
        assert [fault["field"] for fault in refused.json()["faults"]] == ["type"]

        _add(register, simulator)
        hub.tuo("recipients", "load")
        await_that(lambda: _post(hub, key, event).status_code == httpx.codes.ACCEPTED, 15, "the API knows the kind", every=0.3)
        told = _post(hub, key, event).json()
        await_that(lambda: _case(hub, key, told["reference"])["state"] == "needs attention", 30, "the case is planned", every=0.2)
        await_that(lambda: len(simulator.arrivals()) == 1, 30, "the team has heard", every=0.2)
        (heard,) = simulator.contents().values()
        assert heard["type"] == "uk.tellusonce.leaving-care.notified.v1"
        assert heard["data"].keys() == {"standing", "fact", "leaver", "leftOn", "plan"}
        assert heard["data"]["leaver"].keys() == {"names"}
        await_that(lambda: _states(hub, key, told["reference"]) == {RECIPIENT: "applied"}, 30, "the team has applied it", every=0.2)
        # What the kind expects everywhere and nobody runs here is named.
        assert [one["recipient"] for one in _case(hub, key, told["reference"])["notTold"]] == ["stevenage.council-tax"]


def _states(hub: Hub, key: str, reference: str) -> dict[str, str]:
    return {one["recipient"]: one["state"] for one in _case(hub, key, reference)["deliveries"]}
