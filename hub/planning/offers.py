"""Who may be told at a place, and under what: asked of register and policy once for a place and a day, not for each case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from hub.kinds import Kind
from hub.places import Place
from hub.policy import Allowed, Decision, Minimiser, Wants, decide, filter_for, minimiser
from hub.recipients import URGENT_LANE, Recipient, Register, slug
from hub.store import Connection
from schemas import Fact, Standing


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane of a recipient, and the kind of connector that serves it. `urgent`: of news that cannot wait."""

    id: int
    connector: str
    urgent: bool = False


Lanes = Mapping[str, Sequence[Lane]]  # the ordinary ones first, in their order
_MOST_KNOWN = 20_000
_LANES = "SELECT recipient, id, connector, split = %b FROM lane ORDER BY recipient, split"


@dataclass(frozen=True, slots=True)
class Offer:
    """One recipient and what the policy says; `cut` makes its payload, and takes nothing where it is not allowed. `wants` is its
    own filter, where it has one."""

    recipient: str
    lanes: Sequence[Lane]
    decision: Decision
    cut: Minimiser
    wants: Wants | None = None

    def lane_for(self, subject: UUID) -> Lane:
        """A lane keeps one subject's deliveries in order."""
        return self.lanes[subject.int % len(self.lanes)]


@dataclass(frozen=True, slots=True)
class Offers:
    """Everybody concerned at a place. `missing` are services that nobody runs there, as `<council>.<service>`."""

    to: Sequence[Offer]
    missing: Sequence[str]


async def read_lanes(connection: Connection) -> Lanes:
    """Every recipient's lanes, in the order of their numbers."""
    lanes: dict[str, list[Lane]] = {}
    for recipient, *lane in await (await connection.execute(_LANES, (URGENT_LANE,))).fetchall():
        lanes.setdefault(recipient, []).append(Lane(*lane))
    return lanes


class OfferBook:
    """The offers of one register with one table of lanes, remembered by place and day."""

    def __init__(self, register: Register, lanes: Lanes) -> None:
        self.register = register
        self._lanes = lanes
        self._known: dict[tuple[object, ...], Offers] = {}

    def at(self, place: Place | None, kind: Kind, standing: Standing, on: date) -> Offers:
        """Who is concerned by an asserted fact at `place`; without one, who is concerned everywhere."""
        codes = (None, None) if place is None else (place.district.code, place.county.code if place.county else None)
        key = (on, kind.name, standing, *codes)
        offers = self._known.get(key)
        if offers is None:
            if len(self._known) >= _MOST_KNOWN:  # days pass, and changes lie ahead: what is not asked any more goes
                self._known.clear()
            offers = self._known[key] = self._ask(place, kind, standing, on)
        return offers

    def to(self, recipient: Recipient, kind: Kind, standing: Standing, on: date, fact: Fact = Fact.ASSERTED) -> Offer:
        """The offer to one recipient."""
        decision = decide(self.register, kind.name, standing, fact, recipient, on)
        cut = minimiser(decision.fields if isinstance(decision, Allowed) else ())
        return Offer(recipient.id, self._lanes[recipient.id][: recipient.entry.lanes], decision, cut, filter_for(recipient, kind.name))

    def urgent(self, recipient: str) -> Lane | None:
        """By which what cannot wait goes to a recipient whose entry says so."""
        found = self.register.recipients.get(recipient)
        if found is None or found.entry.urgent is None:
            return None
        return next(lane for lane in self._lanes[recipient] if lane.urgent)

    def _ask(self, place: Place | None, kind: Kind, standing: Standing, on: date) -> Offers:
        concerned = self.register.concerned(kind.name, place.codes if place else (), on)
        missing = [_nobody(place, service) for service in self.register.missing(kind.name, concerned)]
        return Offers([self.to(one, kind, standing, on) for one in concerned], missing)


def _nobody(place: Place | None, service: str) -> str:
    return f"{slug(place.district) if place else 'council'}.{service}"
