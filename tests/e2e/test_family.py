"""One family, told once: a widow's own case after a death, and twins whose births come from two sides and of whom one dies."""

import base64
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import yaml

from connectors.kit.simulator import Behaviour, SimulatorClient, Wire, running_simulator
from hub.local import free_port
from tests.e2e.planted import STEVENAGE, Person, death, source_time, word
from tests.hub import Hub
from tests.planning.paper import service
from tests.waiting import await_that

TAX, BENEFIT, VOUCHERS = "stevenage.council-tax-discounts", "hmrc.child-benefit", "early-years.vouchers"
_RECIPIENTS = {
    TAX: (["E07000243"], "family-bereavement", ["person", "relationship", "deceased"], "duty"),
    BENEFIT: ("everywhere", "birth", ["child", "mother.names"], "entitlement"),
    VOUCHERS: ("everywhere", "birth", ["child.names"], "offer"),
}
_QUICK = {"TUO_RETRY_FIRST": "0.3", "TUO_BREAKER_PROBE": "0.5", "TUO_CLOCK_INTERVAL": "0.3"}
_UNFINISHED = """
SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM cases WHERE plan_due) + (SELECT count(*) FROM delivery WHERE state IN (1, 2))
"""


@dataclass
class Family:
    """A hub, and three services that wait for what concerns a family."""

    hub: Hub
    simulator: SimulatorClient
    keys: dict[str, str] = field(repr=False)

    def tell(self, by: str, *events: Mapping[str, Any]) -> list[str]:
        """Tell them as one batch; their references."""
        headers = {"authorization": f"Bearer {self.keys[by]}", "content-type": "application/cloudevents-batch+json"}
        answer = httpx.post(f"{self.hub.url}/v1/notifications", content=orjson.dumps(events), headers=headers, trust_env=False)
        return [item["reference"] for item in answer.json()["items"]]

    def case(self, reference: str, by: str) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {self.keys[by]}"}
        found: dict[str, Any] = httpx.get(f"{self.hub.url}/v1/cases/{reference}", headers=headers, trust_env=False).json()
        return found

    def heard(self, recipient: str) -> list[Mapping[str, Any]]:
        arrivals = self.simulator.arrivals()
        contents = self.simulator.contents()  # afterwards: of what arrives in between there is no arrival here
        return [contents[one.message] for one in arrivals if one.recipient == recipient and not one.repeated]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.hub.ledger() as ledger:
            return ledger.execute(query.encode()).fetchall()

    def settle(self) -> None:
        await_that(lambda: self.rows(_UNFINISHED) == [(0,)], 60, "nothing is on its way", every=0.2)


def _write(register: Path, recipient: str, url: str, secret: str) -> None:
    organisation, _, name = recipient.partition(".")
    places, kind, fields, nature = _RECIPIENTS[recipient]
    (register.parent / recipient).write_text(secret)
    entry, agreement = service(organisation, name, kind, fields, nature=nature)
    entry |= {"settings": {"url": url, "secrets": [f"${{file:{register.parent / recipient}}}"]}}
    document = {"organisation": organisation, "name": organisation, "places": places, "services": [entry], "agreements": [agreement]}
    (register / f"{organisation}.yaml").write_text(yaml.safe_dump(orjson.loads(orjson.dumps(document))))


@pytest.fixture(scope="module")
def family(session_folder: Path) -> Iterator[Family]:
    register, port = session_folder / "family" / "recipients", free_port()
    register.mkdir(parents=True)
    with running_simulator(f"http://127.0.0.1:{port}", keep=True) as simulator:
        for recipient in _RECIPIENTS:
            secret = "whsec_" + base64.b64encode(os.urandom(32)).decode()
            _write(register, recipient, simulator.webhook(recipient, [secret], behaviour=Behaviour(answer=None)), secret)
        with Hub(session_folder / "family" / "home", register, _QUICK, port) as hub:
            keys = {kind: hub.add_client(kind, kind) for kind in ("registrar", "hospital")}
            yield Family(hub, simulator, keys)


def test_a_widow_s_council_tax_is_told_in_a_case_of_her_own_of_which_the_teller_sees_only_that_it_is(family: Family) -> None:
    tom, widow = Person(STEVENAGE), word()
    ada = {"names": {"given": [widow], "family": tom.family}, "usualAddress": {"lines": ["4 Low Street"], "postcode": STEVENAGE.postcode}}
    (reference,) = family.tell("registrar", death(tom, relatives=[{"person": ada, "relationship": "spouse", "tell": True}]))
    await_that(lambda: len(family.heard(TAX)) == 1, 60, "the council has heard", every=0.2)
    (event,) = family.heard(TAX)
    assert event["type"] == "uk.tellusonce.family-bereavement.notified.v1"
    assert event["data"] == {
        "standing": "registered", "fact": "asserted", "relationship": "spouse", "person": ada,
        "deceased": {"names": tom.deceased["names"], "dateOfDeath": tom.deceased["dateOfDeath"]},
    }  # fmt: skip
    family.settle()
    case = family.case(reference, "registrar")
    assert case["related"] == [{"kind": "family-bereavement", "state": "told"}]
    assert not {TAX, widow} & set(orjson.dumps(case).decode().replace('"', " ").split())

    family.tell("registrar", death(tom, fact="retracted", minute=5))
    await_that(lambda: len(family.heard(TAX)) == 2, 60, "the council has heard that it is not so", every=0.2)
    assert family.heard(TAX)[1]["type"].endswith(".retracted.v1")
    assert family.case(reference, "registrar")["related"] == [{"kind": "family-bereavement", "state": "taken back"}]

    family.settle()
    erased = orjson.loads(family.hub.tuo("erase", reference, "--yes", "--json"))
    [hers] = erased["follows"]
    assert (bool(erased["destroyedAt"]), hers["kind"]) == (True, "family-bereavement")
    assert orjson.loads(family.hub.tuo("erase", hers["reference"], "--yes", "--json"))["follows"] == []


def _birth(mother: Mapping[str, Any], name: str, order: int, standing: str, **more: Any) -> dict[str, Any]:
    child = {"names": {"given": [name], "family": mother["names"]["family"]}, "dateOfBirth": {"value": "2026-02-10"}}
    data = {"standing": standing, "fact": "asserted", "sourceTime": source_time(0), "child": child, "mother": mother}
    return {
        "specversion": "1.0", "id": f"{name}-{standing}", "source": f"urn:example:{standing}", "type": "uk.tellusonce.birth.v1",
        "data": data | {"confinement": {"order": order, "births": 2}} | more,
    }  # fmt: skip


def test_twins_told_by_hospital_and_registrar_at_once_are_two_and_only_the_living_one_is_offered_anything(family: Family) -> None:
    mother: dict[str, Any] = {
        "names": {"given": [word()], "family": word()},
        "nhsNumber": "9434765919",
        "dateOfBirth": {"value": "1995-03-03"},
    }
    names = [word(), word()]
    born = [_birth(mother, name, order, "informal") for order, name in enumerate(names, 1)]
    registered = [
        _birth(mother, name, order, "registered", registration={"number": f"B{order}{name}"}) for order, name in enumerate(names, 1)
    ]
    family.simulator.behave(VOUCHERS, Behaviour(answer=None, wire=Wire.DOWN))
    with ThreadPoolExecutor() as both:
        list(both.map(lambda one: family.tell(*one), [("hospital", *born), ("registrar", registered[0]), ("registrar", registered[1])]))
    await_that(lambda: {_name(one) for one in family.heard(BENEFIT)} == set(names), 60, "child benefit knows both", every=0.2)
    assert len(family.rows("SELECT id FROM cases WHERE kind = 'birth'")) == len(names)

    tom = Person(STEVENAGE, tag=names[0], family=mother["names"]["family"], born="2026-02-10", died="2026-02-11")
    family.tell("registrar", death(tom))
    withheld = "SELECT id FROM delivery WHERE reason = 'bereavement-in-family' AND state = 23"
    await_that(lambda: len(family.rows(withheld)) == 1, 60, "the offer is recalled", every=0.2)
    family.simulator.behave(VOUCHERS, Behaviour(answer=None))
    family.settle()
    assert {_name(one) for one in family.heard(VOUCHERS)} == {names[1]}
    assert {_name(one) for one in family.heard(BENEFIT)} == set(names), "an entitlement is told all the same"


def _name(event: Mapping[str, Any]) -> str:
    given: Sequence[str] = event["data"]["child"]["names"]["given"]
    return given[0]
