"""A hub with every recipient of the register, played by the kit's simulator: told over HTTP, witnessed where the news arrives."""

import asyncio
import base64
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson

from connectors.kit.simulator import Behaviour, SimulatorClient, Wire, running_simulator
from hub.broker import acknowledgements, ensure_topics, recipient_topic
from hub.local import free_port
from schemas import Answer
from tests.e2e.planted import Home, Person
from tests.e2e.register import Entry, concerned, copy_shipped, read_entries
from tests.hub import Hub
from tests.waiting import await_that

# An outage of seconds is to be seen to end within seconds; nothing else differs from a county's.
_QUICK = {"TUO_RETRY_FIRST": "0.3", "TUO_BREAKER_PROBE": "0.5", "TUO_CLOCK_INTERVAL": "0.3", "TUO_LOG_LEVEL": "info"}
_TELLERS = {"registrar": "registrar", "register": "register", "hospital": "hospital", "relative": "citizen", "coroner": "coroner"}

_UNFINISHED = """
SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM cases WHERE plan_due)
  + (SELECT count(*) FROM delivery WHERE state IN (1, 2, 3)) + (SELECT count(*) FROM news)
"""


@dataclass(frozen=True)
class Heard:
    """One message as it reached a recipient."""

    recipient: str
    event: Mapping[str, Any]
    repeated: bool

    @property
    def notice(self) -> str:
        return str(self.event["type"]).split(".")[3]

    @property
    def data(self) -> Mapping[str, Any]:
        data: Mapping[str, Any] = self.event["data"]
        return data


@dataclass
class Scene:
    """`errors` and `pages` are what the API said to people, kept to be looked through."""

    hub: Hub
    entries: Mapping[str, Entry]
    register: Path
    simulator: SimulatorClient
    keys: dict[str, str] = field(default_factory=dict, repr=False)
    errors: list[bytes] = field(default_factory=list, repr=False)
    pages: list[bytes] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.hub.url, timeout=20.0, trust_env=False)

    def request(self, method: str, path: str, by: str | None = None, **given: Any) -> httpx.Response:
        """One request as the client `by`."""
        headers = given.pop("headers", {}) | ({"authorization": f"Bearer {self.keys[by]}"} if by else {})
        answer = self.http.request(method, path, headers=headers, **given)
        if answer.is_error:
            self.errors.append(answer.content)
        return answer

    def post(self, told: object, by: str = "registrar", **headers: str) -> httpx.Response:
        """Tell one notification, or several in a batch."""
        kind = "application/cloudevents-batch+json" if isinstance(told, list) else "application/cloudevents+json"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("POST", "/v1/notifications", by, content=orjson.dumps(told), headers={"content-type": kind} | named)

    def tell(self, event: Mapping[str, Any], by: str = "registrar") -> dict[str, Any]:
        """Tell one that is taken; the answer."""
        answer = self.post(event, by)
        assert answer.status_code == httpx.codes.ACCEPTED, answer.status_code
        said: dict[str, Any] = answer.json()
        return said

    def case(self, reference: str, by: str = "registrar") -> dict[str, Any]:
        """`GET /v1/cases/{reference}`."""
        said: dict[str, Any] = self.request("GET", f"/v1/cases/{reference}", by).json()
        return said

    def states(self, reference: str, by: str = "registrar") -> dict[str, str]:
        """The state at each recipient that is being told."""
        return {one["recipient"]: one["state"] for one in self.case(reference, by)["deliveries"]}

    def page(self, link: str) -> str:
        """The status page as a person reads it."""
        answer = self.http.get(link)
        self.pages.append(answer.content)
        return answer.text

    def acknowledge(self, message: str, by: str, answer: Answer, **said: str) -> httpx.Response:
        return self.request("POST", f"/v1/messages/{message}/acknowledgement", by, json={"answer": answer.value, **said})

    def due(self, home: Home) -> set[str]:
        """Who has to be told of a death there, by the register's files."""
        return concerned(self.entries, home.codes)

    def heard(self, *people: Person) -> list[Heard]:
        """Everything any recipient heard of these people, in order."""
        arrivals = self.simulator.arrivals()
        contents = self.simulator.contents()
        found = [Heard(one.recipient, contents[one.message], one.repeated) for one in arrivals]
        tags = [person.tag.lower() for person in people]
        return [one for one in found if any(tag in orjson.dumps(one.event).decode().lower() for tag in tags)]

    def settle(self, within: float = 30.0) -> None:
        """Wait until nothing is on its way: what has not been heard by then will not be."""
        with self.hub.ledger() as ledger:
            await_that(lambda: ledger.execute(_UNFINISHED).fetchone() == (0,), within, "everything planned is sent")

    def heard_when_settled(self, person: Person) -> list[Heard]:
        self.settle()
        return self.heard(person)

    def await_case(self, reference: str, state: str, by: str = "registrar", within: float = 30.0) -> dict[str, Any]:
        """The case, once it has come to `state`."""
        await_that(lambda: self.case(reference, by)["state"] == state, within, f"the case is {state}", every=0.1)
        return self.case(reference, by)

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the ledger."""
        with self.hub.ledger() as ledger:
            return ledger.execute(statement.encode(), values).fetchall()

    def behave(self, recipient: str, **how: Any) -> None:
        """From now on so; without more, as well as it can."""
        self.simulator.behave(recipient, Behaviour(**_usual(self.entries[recipient]) | how))

    @contextmanager
    def down(self, recipient: str) -> Iterator[None]:
        """Nobody listens there for as long as the block lasts."""
        self.behave(recipient, wire=Wire.DOWN)
        try:
            yield
        finally:
            self.behave(recipient)


@contextmanager
def scene(folder: Path) -> Iterator[Scene]:
    """A hub on an empty home below `folder`, its register and everybody in it."""
    register = copy_shipped(folder / "recipients")
    entries, port = read_entries(register), free_port()
    with running_simulator(f"http://127.0.0.1:{port}", keep=True) as simulator:
        endpoints = _open_webhooks(entries, simulator)
        with Hub(folder / "home", register, _QUICK | endpoints, port) as hub:
            made = Scene(hub, entries, register, simulator)
            made.keys |= {name: hub.add_client(name, kind) for name, kind in _TELLERS.items()}
            _open_topics(entries, hub.settings().kafka_bootstrap)
            for entry in entries.values():
                _employ(made, entry)
            yield made
            made.http.close()


def _open_webhooks(entries: Mapping[str, Entry], simulator: SimulatorClient) -> dict[str, str]:
    """Let those listen that are sent to; the variables their entries refer to."""
    variables = {}
    for entry in entries.values():
        if entry.connector == "webhook":
            secret = "whsec_" + base64.b64encode(os.urandom(32)).decode()
            variables[entry.variable("url")] = simulator.webhook(entry.id, [secret], behaviour=Behaviour(**_usual(entry)))
            variables[entry.variable("secrets")] = secret
    return variables


def _open_topics(entries: Mapping[str, Entry], bootstrap: str) -> None:
    """Recipients that collect have their topics when they begin, as an operator hands them over."""
    collectors = [entry.id for entry in entries.values() if entry.connector == "topic"]
    asyncio.run(ensure_topics(bootstrap, *(name(one) for one in collectors for name in (recipient_topic, acknowledgements))))


def _employ(made: Scene, entry: Entry) -> None:
    """Give a recipient's back office its key, which tells the hub of deaths too, or let it collect."""
    if entry.connector == "topic":
        bootstrap, group = made.hub.settings().kafka_bootstrap, str(entry.settings["group"])
        made.simulator.topic(entry.id, bootstrap, group, Behaviour(**_usual(entry)))
        return
    made.keys[entry.id] = made.hub.add_client(f"office {entry.id}", "council-service", entry.id)
    made.simulator.give_key(entry.id, made.keys[entry.id])


def _usual(entry: Entry) -> dict[str, Any]:
    return {"answer": Answer.APPLIED if entry.answers else None, "answer_after": 0.05}
