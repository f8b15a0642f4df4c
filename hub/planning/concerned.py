"""Who is concerned by a case at the places of its addresses, and with what part of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hub.kinds import Part
from hub.places import Place, Reason, Unplaced
from hub.planning.case import DueCase, NotTelling
from hub.planning.offers import Offer, OfferBook, Offers
from hub.planning.whereabouts import Located, Whereabouts

NO_ADDRESS = "no-address"
# Where no council of the hub is, and that is known: whoever lives there is no concern of those told before.
_ELSEWHERE = frozenset({Reason.ABROAD, Reason.NORTHERN_IRELAND, Reason.CROWN_DEPENDENCY})


@dataclass(frozen=True, slots=True)
class Concerned:
    """The offers, each with its part (none where the kind has one place at most), and services that nobody runs there.

    `all_known`: every address led to its councils, or to where there are none of the hub.
    """

    offers: Sequence[tuple[Offer, Part | None]]
    missing: Sequence[NotTelling]
    all_known: bool


def concerned(case: DueCase, where: Whereabouts, book: OfferBook) -> Concerned:
    """Everybody whom the case may concern."""
    places, on = where.located, where.on
    found = [(one, book.at(_known(one), case.kind, case.standing, on)) for one in places]
    missing = {one.recipient: one for located, offers in found for one in _missing(located, offers, places)}
    all_known = all(_is_known(one.place) for one in places)
    if not found:
        return Concerned([(offer, None) for offer in book.at(None, case.kind, case.standing, on).to], (), all_known)
    if len(found) == 1:
        return Concerned([(offer, None) for offer in found[0][1].to], list(missing.values()), all_known)
    (_, left), (_, entered) = found
    return Concerned(list(_parted(left, entered)), list(missing.values()), all_known)


def _parted(left: Offers, entered: Offers) -> Iterator[tuple[Offer, Part | None]]:
    there = {offer.recipient for offer in entered.to}
    here = {offer.recipient for offer in left.to}
    for offer in left.to:
        yield offer, Part.UPDATE if offer.recipient in there else Part.END
    yield from ((offer, Part.START) for offer in entered.to if offer.recipient not in here)


def _missing(located: Located, offers: Offers, places: Sequence[Located]) -> Iterator[NotTelling]:
    if located.place is None and any(one.place is not None for one in places):
        return  # somebody moves in from nowhere known, or leaves for nowhere known: there is no place that lacks a service
    place = located.place
    rule = "no-recipient" if isinstance(place, Place) else place.reason.value if isinstance(place, Unplaced) else NO_ADDRESS
    side = None if isinstance(place, Place) else located.side
    yield from (NotTelling(name, "unroutable", rule, side) for name in offers.missing)


def _is_known(place: Place | Unplaced | None) -> bool:
    return isinstance(place, Place) or (place is not None and place.reason in _ELSEWHERE)


def _known(located: Located) -> Place | None:
    return located.place if isinstance(located.place, Place) else None
