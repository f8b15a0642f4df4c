"""Whom tellers name around the person concerned: kept by teller, or named by the truth; a disagreement is marked, not overwritten."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.cases import Version, effective_content, truth
from hub.kinds import BUILT_IN
from schemas import Fact, Standing
from tests.cases.test_content import version

ADA = {"names": {"given": ["Ada"], "family": "Doe"}}
EVE = {"names": {"given": ["Eve"], "family": "Roe"}}
NUMBER, OTHER = {"nhsNumber": "9434765919"}, {"nhsNumber": "9434765870"}
INFORMAL = Standing.INFORMAL

# Kind, member, what the register says, what another says, what recipients read, whether it is marked.
WORDS = [
    ("birth", "mother", ADA, ADA | NUMBER, ADA | NUMBER, False),
    ("birth", "mother", ADA, EVE | NUMBER, ADA, True),
    ("birth", "mother", ADA | NUMBER, EVE | NUMBER, ADA | NUMBER, False),
    ("birth", "mother", ADA | NUMBER, ADA | OTHER, ADA | NUMBER, True),
    ("birth", "mother", ADA, NUMBER, ADA | NUMBER, False),
    ("birth", "mother", None, ADA, ADA, False),
    ("birth", "secondParent", None, EVE, None, False),
    ("birth", "secondParent", ADA, EVE, ADA, True),
    ("birth", "secondParent", ADA, None, ADA, False),
    ("stillbirth", "secondParent", None, EVE, None, False),
    ("stillbirth", "mother", ADA, EVE, ADA, True),
    ("partnership", "partner", ADA, EVE, ADA, True),
    ("partnership", "partner", ADA, ADA | NUMBER, ADA | NUMBER, False),
    ("bereavement", "spouse", ADA, EVE, None, True),
    ("bereavement", "nextOfKin", ADA, EVE, None, True),
    ("bereavement", "estateContact", ADA, {"company": "Grey and Grey"}, None, True),
    ("bereavement", "spouse", ADA, ADA | {"nino": "AB123456C"}, ADA | {"nino": "AB123456C"}, False),
]


@pytest.mark.parametrize(("kind", "name", "register", "other", "told", "marked"), WORDS)
def test_whom_recipients_read_of(
    kind: str, name: str, register: dict[str, Any] | None, other: dict[str, Any] | None, told: object, marked: bool
) -> None:
    words = [version(1, "register", **_given(name, register)), version(2, "family", INFORMAL, minute=9, **_given(name, other))]
    content = effective_content(BUILT_IN[kind], words)
    assert (content.get(name), content.get("contactDisputed", False)) == (told, marked)


def test_relatives_whom_several_name_are_all_kept() -> None:
    one, two = [{"person": ADA}], [{"person": ADA}, {"person": EVE}]
    words = [version(1, "register", relatives=one), version(2, "family", INFORMAL, relatives=two)]
    assert effective_content(BUILT_IN["bereavement"], words)["relatives"] == two


def test_a_parent_added_when_a_birth_is_registered_again_is_there_and_one_removed_is_gone() -> None:
    first = version(1, "register", mother=ADA)
    again = version(2, "register", minute=5, mother=ADA, secondParent=EVE)
    assert effective_content(BUILT_IN["birth"], [first, again])["secondParent"] == EVE
    removed = version(3, "register", minute=9, mother=ADA)
    assert "secondParent" not in effective_content(BUILT_IN["birth"], [first, again, removed])


_WORDS = st.builds(
    lambda client, standing, minute, confirmed, where: (client, standing, minute, confirmed, where),
    st.sampled_from(["family", "ben", "council"]),
    st.sampled_from([Standing.INFORMAL, Standing.INFORMAL, Standing.REGISTERED]),
    st.integers(0, 5),
    st.sampled_from([None, True, False]),
    st.sampled_from(["here", "there", "elsewhere"]),
)


@given(st.lists(_WORDS, min_size=1, max_size=7))
def test_what_is_not_confirmed_is_told_only_where_nothing_confirmed_is_and_adds_nothing(words: list[tuple[Any, ...]]) -> None:
    versions: list[Version] = []
    for number, (client, standing, minute, confirmed, where) in enumerate(words, 1):
        said = {"newAddress": where, "tenureStart": f"{where} {confirmed}"} | ({} if confirmed is None else {"confirmed": confirmed})
        versions.append(version(number, client, standing, minute, **said))
    told = effective_content(BUILT_IN["change-of-address"], versions)
    sound = [one for one in versions if one.is_confirmed]
    assert (told.get("confirmed") is not False) is bool(sound)
    if sound:
        assert truth(versions).version == truth(sound).version
        assert told == effective_content(BUILT_IN["change-of-address"], sound)
    assert Fact.ASSERTED is truth(versions).fact


def _given(name: str, who: dict[str, Any] | None) -> dict[str, Any]:
    return {} if who is None else {name: who}
