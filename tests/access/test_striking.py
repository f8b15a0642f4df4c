"""No third party's word is in what a subject reads, of whichever kind, and all that is theirs is."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.access import THIRD_PARTY, TO_READ, struck
from hub.kinds import BUILT_IN, Kinds
from tests.kinds.test_own_kinds import OWN

KINDS = Kinds((OWN,))
# Written down apart from the kinds' own data, as whoever reads an export would: whose each branch is.
OTHERS = {
    "bereavement": {"informant", "nextOfKin", "estateContact", "spouse", "statement", "relatives", "dependants", "adultsRemaining"},
    "birth": {"mother", "secondParent", "informant", "relatives"},
    "change-of-address": {"household", "adultsRemaining"},
    "change-of-contact": set(),
    "change-of-name": set(),
    "family-bereavement": {"deceased", "adultsRemaining"},
    "leaving-care": {"responsibleCouncil", "status", "homes", "plan"},
    "partnership": {"partner", "tellForPartner"},
    "stillbirth": {"secondParent", "informant", "relatives"},
}
UNREAD = {"reason", "freeText", "choices", "identity", "protected"}


def _content(kind: str, pick: st.DataObject) -> tuple[dict[str, Any], list[str], list[str]]:
    """A content of the kind with some of its fields, each with a word of its own; the third parties' words, and the subject's."""
    hidden = {"household.person.names.family", "choices.wording", "identity"}
    known = {*KINDS.field_paths(kind), *KINDS[kind].never, *hidden} - {"contactDisputed"}
    leaves = sorted(path for path in known if not any(other.startswith(f"{path}.") for other in known))
    content: dict[str, Any] = {}
    secret: list[str] = []
    theirs: list[str] = []
    for path in pick.draw(st.lists(st.sampled_from(leaves), unique=True, min_size=1)):
        top, name = path.partition(".")[0], path.rpartition(".")[2]
        word = f"word{len(secret) + len(theirs)}x"
        is_hidden = top in OTHERS[kind] | UNREAD | {"household"} or name == "needs" or (kind, path) == ("birth", "confinement.births")
        (secret if is_hidden else theirs).append(word)
        _put(content, path.split("."), [word] if pick.draw(st.booleans()) else word, as_list=pick.draw(st.booleans()))
    return content, secret, theirs


def _put(content: dict[str, Any], path: list[str], value: Any, *, as_list: bool) -> None:
    for name in path[:-1]:
        inner = content.setdefault(name, [{}] if as_list and name in ("relatives", "household", "aliases", "homes", "choices") else {})
        content = inner[0] if isinstance(inner, list) else inner
    content[path[-1]] = value


@pytest.mark.parametrize("kind", sorted(KINDS))
@given(pick=st.data())
def test_of_every_kind_nothing_of_others_is_shown_and_all_of_the_subjects_is(kind: str, pick: st.DataObject) -> None:
    content, secret, theirs = _content(kind, pick)
    shown = orjson.dumps(struck(KINDS[kind], content)).decode()
    assert [word for word in secret if word in shown] == []
    assert [word for word in theirs if word not in shown] == []


def test_every_kind_is_looked_at() -> None:
    assert set(KINDS) == set(OTHERS)


def test_what_is_struck_leaves_its_mark() -> None:
    content = {
        "reason": "Her son Tom said so",
        "deceased": {"names": {"family": "Planted"}},
        "informant": {"names": {"family": "Secret"}},
        "relatives": [{"person": {}}],
    }
    assert struck(BUILT_IN["bereavement"], content) == {
        "reason": TO_READ,
        "deceased": {"names": {"family": "Planted"}},
        "informant": THIRD_PARTY,
        "relatives": THIRD_PARTY,
    }


def test_a_member_that_nobody_said_whose_it_is_is_struck() -> None:
    assert struck(BUILT_IN["birth"], {"newcomer": "Secret", "confinement": {"order": 1, "births": 2}}) == {
        "newcomer": THIRD_PARTY,
        "confinement": {"order": 1, "births": THIRD_PARTY},
    }


def test_words_within_what_is_theirs_are_read_by_a_person_first() -> None:
    shown = struck(BUILT_IN["change-of-contact"], {"reach": {"telephone": "01438 242242", "needs": "ask for her daughter Jane"}})
    assert shown == {"reach": {"telephone": "01438 242242", "needs": TO_READ}}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_a_kind_says_is_the_subjects_is_no_person_of_others(kind: str) -> None:
    assert {path.partition(".")[0] for path in KINDS[kind].about_subject} & OTHERS[kind] == set()
