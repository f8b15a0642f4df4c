"""What every connector is: a way to hand parcels to one recipient, and to say as a value what came of each.

A connector never raises for what a recipient does. It never decides whether to retry, wait or give up: the
engine does, from the outcome. It may raise only for a defect of its own, which the engine takes as outcome unknown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from uuid import UUID


class Parcel(NamedTuple):
    """One message, ready for the wire."""

    delivery: UUID
    message: str  # the id on the wire
    key: str  # the subject's id as this recipient knows it
    body: bytes  # a CloudEvent, structured JSON


@dataclass(frozen=True, slots=True)
class Delivered:
    """The recipient has it (a webhook's 2xx)."""

    status: int | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """It lies where the recipient collects it."""

    topic: str
    topic_id: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Retry:
    """Not this time. `unsent` only with proof that nothing reached the recipient: the name did not resolve, the
    connection was refused, TLS failed on a new connection. Everything else (time-out, reset, 5xx) may have been read."""

    cause: str
    status: int | None = None
    after: float | None = None  # seconds, the recipient's own Retry-After
    unsent: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The recipient will never take this one as it is (a 4xx about the delivery): a person must look."""

    cause: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class EndpointFault:
    """The fault is the endpoint's, not the delivery's (401, 403, 404, 405, a forbidden address): the breaker opens."""

    cause: str
    status: int | None = None
    unsent: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """The recipient wants no more (410): it is paused, and a person is told."""

    status: int = 410


Outcome = Delivered | Placed | Retry | Refused | EndpointFault | Gone

# As the attempt log stores them.
OUTCOME_CODES: dict[type, int] = {Delivered: 1, Placed: 2, Retry: 3, Refused: 4, EndpointFault: 5, Gone: 6}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One recipient as its connector sees it: the settings of its entry, already validated by `Connector.check`."""

    recipient: str
    settings: Mapping[str, Any]


class Connector(Protocol):
    """One way of reaching recipients. One instance serves all lanes of its kind in a process."""

    kind: str

    def check(self, settings: Mapping[str, Any]) -> list[str]:
        """The faults of a recipient entry's `settings`, each a sentence with what is accepted. Empty: good."""

    def batch_size(self, endpoint: Endpoint) -> int:
        """How many parcels one call of `send` may carry to this endpoint; 1 unless the recipient takes batches."""

    async def send(self, endpoint: Endpoint, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        """Hand over the parcels of one lane, in order; one outcome each, in the same order."""

    async def close(self) -> None:
        """Give back sockets and clients."""
