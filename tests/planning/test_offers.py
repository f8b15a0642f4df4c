"""Who may be told at a place is asked for the day: what is remembered of one day does not outlive it."""

from datetime import date, timedelta

from hub.kinds import BUILT_IN
from hub.places import Place, find
from hub.planning.offers import Lane, OfferBook
from hub.recipients import Organisation, Register
from schemas import Standing

_CHANGES = date(2027, 4, 1)


def _team(name: str, **days: str) -> Organisation:
    service = {
        "service": "housing-benefit",
        "name": "Housing benefit",
        "kinds": ["bereavement"],
        "connector": "webhook",
        "answersWithin": "never",
    }
    return Organisation.model_validate(
        {"organisation": name, "name": name, "places": [{"code": "E07000243", **days}], "services": [service]}
    )


def test_a_provider_that_changes_on_a_day_is_offered_from_that_day() -> None:
    register = Register((_team("shared", until=str(_CHANGES)), _team("own", **{"from": str(_CHANGES)})))
    book = OfferBook(register, {id_: [Lane(1, "webhook")] for id_ in register.recipients})
    offered = []
    for day in (_CHANGES - timedelta(days=1), _CHANGES, _CHANGES - timedelta(days=1)):
        place = find("SG1 1AA", day)
        assert isinstance(place, Place)
        offered.append([offer.recipient for offer in book.at(place, BUILT_IN["bereavement"], Standing.REGISTERED, day).to])
    assert offered == [["shared.housing-benefit"], ["own.housing-benefit"], ["shared.housing-benefit"]]
