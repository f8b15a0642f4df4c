"""The simulator: its recipients, and the small API through which they are made, told how to behave, and asked what came.

PUT  /recipients/<id>             {"secrets": [...], "key": "...", "behaviour": {...}}    → {"url": "http://…"}
PUT  /recipients/<id>             {"kafka": "host:port", "group": "...", "behaviour": {...}}   → {"url": null}
PUT  /recipients/<id>/behaviour   {"wire": "slow", "seconds": 2, …}
GET  /arrivals?after=N            → {"next": M, "arrivals": [...]}
GET  /contents                    → {message id: event}, where the simulator was started to keep them
GET  /office                      → {"given": n, "refused": [status, …]}
"""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from connectors.kit.simulator.behaviour import Behaviour
from connectors.kit.simulator.collector import TopicRecipient
from connectors.kit.simulator.http import HttpConnection, Request, answer
from connectors.kit.simulator.office import Office
from connectors.kit.simulator.recipient import WebhookRecipient
from connectors.kit.simulator.witness import Arrival, Witness

_PAGE = 10_000


class Entry(BaseModel):
    """How a recipient is made: with `kafka` and `group` it collects from its topic, else it is a webhook."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    secrets: tuple[str, ...] = ()
    key: str | None = None  # its API key at the hub; without one it never answers
    behaviour: Behaviour = Behaviour()
    kafka: str | None = None
    group: str = ""
    port: int = 0


class Simulator:
    """All recipients of one process. `hub` is where they answer."""

    def __init__(self, hub: str, *, host: str = "127.0.0.1", file: Path | None = None, keep: bool = False) -> None:
        self.witness = Witness(file, keep=keep)
        self._host = host
        self._office = Office(hub)
        self._recipients: dict[str, WebhookRecipient | TopicRecipient] = {}
        self._keys: dict[str, str] = {}
        self._answered: set[str] = set()
        self._control: asyncio.Server | None = None
        self._connections: set[HttpConnection] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def listen(self, port: int = 0) -> str:
        """Open the control API; its URL."""
        self._control = await asyncio.get_running_loop().create_server(
            lambda: HttpConnection(self._receive, self._connections), self._host, port
        )
        host, port = self._control.sockets[0].getsockname()[:2]
        return f"http://{host}:{port}"

    async def put(self, name: str, entry: Entry) -> str | None:
        """Make a recipient, or make it anew; the URL the hub sends to, where it sends."""
        if (old := self._recipients.pop(name, None)) is not None:
            await old.close()
        if entry.key is not None:
            self._keys[name] = entry.key
        recipient: WebhookRecipient | TopicRecipient
        if entry.kafka is not None:
            recipient = TopicRecipient(name, entry.kafka, entry.group, entry.behaviour, self.witness)
        else:
            recipient = WebhookRecipient(name, entry.secrets, entry.behaviour, self.witness, self._take, self._host, entry.port)
        self._recipients[name] = recipient
        await recipient.behave(entry.behaviour)
        return recipient.url

    async def behave(self, name: str, behaviour: Behaviour) -> None:
        """Tell a recipient how to behave from now on. Raises `KeyError`."""
        await self._recipients[name].behave(behaviour)

    async def close(self) -> None:
        if self._control is not None:
            self._control.close()
        for connection in list(self._connections):
            connection.transport.abort()
        await asyncio.gather(*(recipient.close() for recipient in self._recipients.values()))
        await self._office.close()
        self.witness.write()

    def _take(self, recipient: WebhookRecipient, arrival: Arrival) -> None:
        key = self._keys.get(recipient.name)
        if key is not None and not arrival.stale and arrival.message not in self._answered:
            self._answered.add(arrival.message)
            self._office.answer(arrival, recipient.behaviour, key)

    def _receive(self, request: Request, connection: HttpConnection) -> None:
        task = asyncio.create_task(self._reply(request, connection))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reply(self, request: Request, connection: HttpConnection) -> None:
        try:
            status, content = await self._do(request)
        except (ValidationError, orjson.JSONDecodeError, OSError) as error:
            status, content = 400, {"fault": str(error)}
        except (KeyError, ValueError):
            status, content = 404, {"fault": "no such recipient or page"}
        connection.send(answer(status, orjson.dumps(content)))

    async def _do(self, request: Request) -> tuple[int, dict[str, Any]]:
        parts = urlsplit(request.target)
        match request.method, parts.path.strip("/").split("/"):
            case "PUT", ["recipients", name]:
                return 200, {"url": await self.put(name, Entry.model_validate_json(request.body))}
            case "PUT", ["recipients", name, "behaviour"]:
                await self.behave(name, Behaviour.model_validate_json(request.body))
                return 200, {}
            case "PUT", ["recipients", name, "key"]:
                self._keys[name] = str(orjson.loads(request.body)["key"])
                return 200, {}
            case "GET", ["arrivals"]:
                after = int(parse_qs(parts.query).get("after", ["0"])[0])
                arrivals = self.witness.arrivals[after : after + _PAGE]
                return 200, {"next": after + len(arrivals), "arrivals": [asdict(arrival) for arrival in arrivals]}
            case "GET", ["contents"]:
                return 200, self.witness.contents
            case "GET", ["office"]:
                return 200, {"given": self._office.given, "refused": self._office.refused}
        raise KeyError(parts.path)
