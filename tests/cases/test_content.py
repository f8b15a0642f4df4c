"""What recipients read: the newest registered facts, gaps filled by others, the people around the subject by teller."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.cases import Version, effective_content
from hub.kinds import BUILT_IN
from schemas import Fact, Standing

DEATH = BUILT_IN["bereavement"]
JANE = {"names": {"given": ["Jane"], "family": "Doe"}}
JOHN = {"names": {"given": ["John"], "family": "Roe"}}


def version(number: int, client: str, standing: Standing = Standing.REGISTERED, minute: int = 0, **content: Any) -> Version:
    at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minute)
    names = content.pop("name", f"event-{number}"), content.pop("corrects", None)
    return Version(number, standing, content.pop("said", Fact.ASSERTED), None, at, client, content, *names)


def test_the_register_says_who_died_and_the_family_adds_what_the_register_does_not_know() -> None:
    registered = version(1, "gro", deceased={"sex": "male", "names": {"family": "Planted"}})
    family = version(2, "family", Standing.INFORMAL, deceased={"sex": "female", "nino": "AB123456C"}, estateContact=JANE)
    told = effective_content(DEATH, [registered, family])
    assert told["deceased"] == {"sex": "male", "names": {"family": "Planted"}, "nino": "AB123456C"}
    assert told["estateContact"] == JANE


def test_what_a_correction_leaves_out_does_not_come_back_from_the_version_it_corrects() -> None:
    told = effective_content(
        DEATH, [version(1, "gro", deceased={"maidenName": "Wrong"}), version(2, "gro", minute=1, deceased={"sex": "male"})]
    )
    assert told["deceased"] == {"sex": "male"}


def test_where_tellers_name_different_people_recipients_read_contact_disputed() -> None:
    told = effective_content(DEATH, [version(1, "a", estateContact=JANE), version(2, "b", estateContact=JOHN)])
    assert told["contactDisputed"] is True
    assert "estateContact" not in told


def test_one_person_written_differently_is_no_dispute() -> None:
    other = {"names": {"given": ["JANE", "Ann"], "family": "doe "}, "telephone": "01438 242242"}
    told = effective_content(DEATH, [version(1, "a", estateContact=JANE, minute=9), version(2, "b", estateContact=other)])
    assert "contactDisputed" not in told
    assert told["estateContact"] == JANE | {"telephone": "01438 242242"}


def test_a_teller_may_correct_its_own_contact() -> None:
    told = effective_content(DEATH, [version(1, "a", estateContact=JOHN), version(2, "a", minute=1, estateContact=JANE)])
    assert (told["estateContact"], "contactDisputed" in told) == (JANE, False)


def test_a_cancellation_says_what_it_says_and_nothing_of_others() -> None:
    cancelled = version(2, "gro", minute=1, said=Fact.CANCELLED, fact="cancelled", deceased={})
    assert effective_content(DEATH, [version(1, "a", estateContact=JANE), cancelled]) == {"fact": "cancelled", "deceased": {}}


def test_content_is_not_shown_by_a_version() -> None:
    assert "Jane" not in repr(version(1, "a", estateContact=JANE))


@given(st.permutations([version(1, "a", estateContact=JANE), version(2, "b", minute=1, spouse=JOHN),
                        version(3, "c", Standing.INFORMAL, nextOfKin=JANE, deceased={"sex": "male"})]))  # fmt: skip
def test_the_order_in_which_versions_are_read_does_not_matter(some: list[Version]) -> None:
    assert effective_content(DEATH, some) == effective_content(DEATH, sorted(some, key=lambda v: v.version))


def _choice(recipient: str, tell: bool) -> dict[str, Any]:
    return {"recipient": recipient, "tell": tell, "wording": "Tell them?"}


def test_what_the_family_chose_outlives_the_registration_and_the_newest_word_about_each_recipient_counts() -> None:
    widow = version(1, "widow", Standing.INFORMAL, choices=[_choice("a.library", True), _choice("a.bank", True)])
    registered = version(2, "gro", deceased={})
    son = version(3, "son", Standing.INFORMAL, choices=[_choice("a.bank", False)])
    told = effective_content(DEATH, [widow, registered, son])
    assert {one["recipient"]: one["tell"] for one in told["choices"]} == {"a.library": True, "a.bank": False}


def test_whoever_asks_for_protection_it_holds() -> None:
    assert effective_content(DEATH, [version(1, "gro"), version(2, "refuge", Standing.INFORMAL, protected=True)])["protected"] is True
    assert "protected" not in effective_content(DEATH, [version(1, "gro"), version(2, "family", Standing.INFORMAL)])


def protection(*versions: Version) -> Any:
    return effective_content(DEATH, versions).get("protected")


def test_protection_asked_for_after_the_registration_by_who_registered_holds() -> None:
    registered, asked = version(1, "gro"), version(2, "gro", Standing.INFORMAL, protected=True)
    assert protection(registered, asked) is True
    assert protection(registered, asked, version(3, "gro", minute=9, deceased={})) is True, "silence takes nothing back"


def test_protection_said_of_somebody_who_has_not_confirmed_yet_holds_when_they_have() -> None:
    assert protection(version(1, "hub:citizen", Standing.INFORMAL, protected=True, confirmed=False), version(2, "partner")) is True


def test_what_corrects_the_word_that_asked_for_protection_takes_it_back_and_nothing_else_does() -> None:
    asked, nothing = version(1, "refuge", protected=True), version(2, "refuge", Standing.INFORMAL, protected=False)
    assert protection(asked, version(2, "family", Standing.INFORMAL, protected=False)) is True
    assert protection(asked, nothing) is True, "another may have told through the same portal"
    assert protection(asked, nothing, version(3, "refuge", Standing.INFORMAL, protected=False, corrects="event-2")) is True
    assert protection(asked, version(2, "family", Standing.INFORMAL, protected=False, corrects="event-1")) is True
    beside = version(2, "refuge", Standing.INFORMAL, protected=True, corrects="event-9")
    assert protection(asked, beside, version(3, "refuge", Standing.INFORMAL, minute=3, protected=False, corrects="event-1")) is True
    moved = version(2, "refuge", Standing.INFORMAL, minute=1, corrects="event-1")
    for corrects in ("event-1", "event-2"):
        assert protection(asked, moved, version(3, "refuge", Standing.INFORMAL, minute=2, protected=False, corrects=corrects)) is False


@pytest.mark.parametrize("minute", [0, 9])
def test_a_correction_that_asks_for_protection_stands_whatever_the_corrected_word_said_and_when(minute: int) -> None:
    first = version(1, "portal", minute=minute, protected=False)
    asked = version(2, "portal", Standing.INFORMAL, minute=1, protected=True, corrects="event-1")
    again = version(3, "portal", minute=minute, protected=False, name="event-1")  # a copy that a merge left behind
    assert protection(first, asked, again) is True


def test_a_wish_is_taken_back_also_through_a_correction_that_was_a_cancellation() -> None:
    asked = version(1, "portal", protected=True)
    cancelled = version(2, "portal", minute=1, said=Fact.CANCELLED, corrects="event-1")
    assert protection(asked, cancelled, version(3, "portal", minute=2, protected=False, corrects="event-2")) is False


def test_what_follows_from_a_case_is_told_as_whoever_told_of_it_last() -> None:
    asked = version(1, "hub:citizen", Standing.INFORMAL, protected=True, name="https://old.example.org a-place-1")
    over = version(2, "hub:registrar", protected=False, name="https://hub.example.org a-place-2")
    assert protection(asked, over) is False
    copied = version(3, "hub:citizen", Standing.INFORMAL, protected=True, name="https://old.example.org a-place-1")
    assert protection(asked, over, copied) is False


def test_what_follows_from_several_cases_is_protected_until_the_last_of_them_takes_it_back() -> None:
    one, other = (version(n, "hub:citizen", Standing.INFORMAL, protected=True, name=f"place-{n}-1") for n in (1, 2))
    over = version(3, "hub:citizen", Standing.INFORMAL, minute=1, protected=False, name="place-1-2")
    assert protection(one, other, over) is True
    assert protection(one, over) is False


def test_a_registrar_s_later_informal_choice_counts() -> None:
    said = [version(1, "gro", choices=[_choice("a.bank", True)]), version(2, "gro", Standing.INFORMAL, choices=[_choice("a.bank", False)])]
    assert [one["tell"] for one in effective_content(DEATH, said)["choices"]] == [False]


MOVE = BUILT_IN["change-of-address"]
REFUGE: dict[str, Any] = {"newAddress": {"postcode": "L24 9AB"}, "newUprn": "200000000001", "residence": "known"}


def where_to(*versions: Version) -> dict[str, Any]:
    told = effective_content(MOVE, versions)
    return {name: told[name] for name in ("newAddress", "newUprn", "residence", "until", "tellOldWhereTo") if name in told}


def test_who_leaves_out_where_somebody_went_does_not_say_that_they_went_nowhere() -> None:
    portal, later = version(1, "a", Standing.INFORMAL, **REFUGE), version(2, "b", Standing.INFORMAL, minute=5, residence="known")
    assert where_to(portal, later) == REFUGE


# What a later teller says who does not say where to, and what is told then.
SILENT: list[tuple[str, Standing, dict[str, Any], dict[str, Any]]] = [
    ("b", Standing.INFORMAL, {"tellOldWhereTo": True}, REFUGE),
    ("b", Standing.INFORMAL, {"tellOldWhereTo": False}, REFUGE | {"tellOldWhereTo": False}),
    ("b", Standing.INFORMAL, {"until": "2026-09-01"}, REFUGE | {"until": "2026-09-01"}),
    ("b", Standing.INFORMAL, {"residence": "unknown"}, {"residence": "unknown"}),
    ("b", Standing.INFORMAL, {"newUprn": "100000000009"}, {"newUprn": "100000000009"}),
    ("b", Standing.INFORMAL, {"newAddress": {"postcode": "SG1 1AA"}}, {"newAddress": {"postcode": "SG1 1AA"}}),
    ("b", Standing.REGISTERED, {"residence": "known"}, {"residence": "known"}),
    ("a", Standing.INFORMAL, {"residence": "known"}, {"residence": "known"}),
]


@pytest.mark.parametrize(("client", "standing", "said", "told"), SILENT)
def test_an_address_is_one_teller_s_with_all_that_is_said_of_it(
    client: str, standing: Standing, said: dict[str, Any], told: dict[str, Any]
) -> None:
    assert where_to(version(1, "a", Standing.INFORMAL, **REFUGE), version(2, client, standing, minute=5, **said)) == told


# What the one who says where to wishes of it, what the later teller wishes who does not say where to, and what holds.
WISHES = [(True, False, False), (False, True, False), (None, True, None), (True, None, True), (True, True, True)]


@pytest.mark.parametrize(("theirs", "later", "holds"), WISHES)
def test_who_wishes_where_to_be_told_wishes_it_of_their_own_word_and_who_refuses_it_of_all(
    theirs: bool | None, later: bool | None, holds: bool | None
) -> None:
    portal = version(1, "a", Standing.INFORMAL, **REFUGE, **({} if theirs is None else {"tellOldWhereTo": theirs}))
    silent = version(2, "b", Standing.INFORMAL, minute=5, **({} if later is None else {"tellOldWhereTo": later}))
    assert where_to(portal, silent) == REFUGE | ({} if holds is None else {"tellOldWhereTo": holds})


def test_a_uprn_stays_beside_the_address_of_another_who_says_none() -> None:
    portal = version(1, "a", Standing.INFORMAL, newAddress=REFUGE["newAddress"])
    later = version(2, "b", Standing.INFORMAL, minute=5, newUprn="100000000009")
    assert where_to(portal, later) == {"newAddress": REFUGE["newAddress"], "newUprn": "100000000009"}


def test_an_older_word_that_arrives_late_takes_no_protection_away_and_turns_no_choice() -> None:
    said = [
        version(1, "family", minute=10, protected=True, choices=[_choice("a.bank", False)]),
        version(2, "family", minute=5, protected=False, choices=[_choice("a.bank", True)]),
    ]
    told = effective_content(DEATH, said)
    assert (told["protected"], [one["tell"] for one in told["choices"]]) == (True, [False])
