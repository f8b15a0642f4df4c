"""Puts the answer together from the gazetteer and the register."""

from collections.abc import Sequence
from datetime import date

from hub.lookup.answer import AskedService, MissingService, Named, PlaceAnswer, ResponsibleCouncil, SuccessionSaid
from hub.places import Council, Place, Unplaced, describe_end, edition, find, taken_over
from hub.policy import explain
from hub.recipients import Recipient, Register
from schemas.parts import normal_postcode


def look_up(postcode: str, on: date, kinds: Sequence[str], register: Register | None) -> PlaceAnswer:
    """Who is responsible at `postcode` on the day `on`, and who would be asked of events of `kinds`, as far as there is a register."""
    place = find(postcode, on)
    answer = PlaceAnswer(postcode=normal_postcode(postcode) or postcode, on=on, edition=edition())
    if isinstance(place, Unplaced):
        answer = answer.model_copy(update={"reason": place.reason.value, "explanation": explain(place.reason)})
    else:
        answer = answer.model_copy(update=_of_place(place, on))
    return answer if register is None else answer.model_copy(update=_of_register(place, on, kinds, register))


def _of_place(place: Place, on: date) -> dict[str, object]:
    return {
        "tier": place.tier,
        "nation": place.nation,
        "ward": Named(code=place.ward.code, name=place.ward.name),
        "councils": tuple(_responsible(council, place) for council in place.councils),
        "combined_authority": _named(place.combined) if place.combined else None,
        "successions": tuple(
            SuccessionSaid(on=one.on, successor=_named(one.successor), ended=tuple(map(_named, one.ended)), sentence=one.sentence)
            for one in taken_over(place, date.min, max(on, edition()))  # before the edition its councils answer
        ),
    }


def _responsible(council: Council, place: Place) -> ResponsibleCouncil:
    role = "both" if place.county is None else "county" if council is place.county else "district"
    named = {"code": council.code, "name": council.official}
    return ResponsibleCouncil(**named, kind=council.kind, role=role, ends_on=council.ended, ends=describe_end(council))


def _named(council: Council) -> Named:
    return Named(code=council.code, name=council.official)


def _of_register(place: Place | Unplaced, on: date, kinds: Sequence[str], register: Register) -> dict[str, object]:
    codes = place.codes if isinstance(place, Place) else ()
    asked: dict[str, tuple[Recipient, list[str]]] = {}
    missing: list[MissingService] = []
    for kind in kinds:
        concerned = register.concerned(kind, codes, on)
        for one in concerned:
            asked.setdefault(one.id, (one, []))[1].append(kind)
        missing += (MissingService(service=service, kind=kind) for service in register.missing(kind, concerned))
    services = (
        AskedService(recipient=one.id, name=one.name, kinds=tuple(some), everywhere=one.places is None) for one, some in asked.values()
    )
    return {"register_version": register.version, "services": tuple(services), "missing": tuple(missing)}
