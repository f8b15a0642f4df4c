"""An access export holds what was told, who was told and what they answered, and nobody's name but the subject's."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from hub.access import THIRD_PARTY, TO_READ, Export, as_page, export
from hub.cases import Arrival
from hub.kinds import BUILT_IN
from hub.policy import explain
from hub.tracking import Directory, acknowledge
from schemas import Acknowledgement, SourceKind, message_id
from tests.cases.deaths import death, informal
from tests.planning.conftest import Hub

EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples"
ELSE = "Zzelse"
_PERSON = {"names": {"given": [f"{ELSE}a"], "family": f"{ELSE}b"}}
_CONTACT = {**_PERSON, "address": {"lines": [f"{ELSE} Road"]}, "email": f"{ELSE}@example.org"}
_STATEMENT = {"names": _PERSON["names"], "address": {"lines": [ELSE]}, "relationship": f"{ELSE} son", "signedOn": "2026-03-01"}
_FAMILY = [{"person": _PERSON, "relationship": "child"}]
PLANTED: dict[str, dict[str, Any]] = {
    "bereavement": {
        "informant": _CONTACT, "nextOfKin": _CONTACT, "estateContact": _CONTACT, "spouse": _PERSON, "statement": _STATEMENT,
        "relatives": _FAMILY, "freeText": {"dateOfDeath": f"{ELSE} found her"},
    },
    "birth": {"mother": _PERSON, "secondParent": _PERSON, "informant": _CONTACT, "relatives": _FAMILY},
    "change-of-address": {"household": [{"person": _PERSON, "choices": [{"recipient": "a.b", "tell": True, "wording": ELSE}]}]},
    "change-of-contact": {"reach": {"telephone": "01438 242242", "needs": f"ask for {ELSE}"}},
    "change-of-name": {},
    "family-bereavement": {"deceased": {"names": _PERSON["names"], "dateOfDeath": {"value": "2026-11-02"}}},
    "partnership": {"partner": _PERSON},
    "stillbirth": {"secondParent": _PERSON, "informant": _CONTACT, "relatives": _FAMILY},
}  # fmt: skip


async def _export(hub: Hub, reference: str) -> Export:
    register = await hub.register()
    found = await export(hub.pool, hub.keys, register, Directory(lambda: register, explain), reference, "officer", "request 17")
    assert found is not None
    return found


async def _reference(hub: Hub, client: str) -> str:
    ((code,),) = await hub.run("SELECT code FROM reference WHERE client = %s", client)
    return str(code)


@pytest.mark.parametrize("kind", sorted(PLANTED))
async def test_of_every_kind_no_third_party_is_in_an_export(hub: Hub, kind: str) -> None:
    event = orjson.loads((EXAMPLES / f"{kind}.json").read_bytes())
    event["data"] |= PLANTED[kind] | {"reason": f"told by {ELSE}", "choices": [{"recipient": "a.b", "tell": False, "wording": ELSE}]}
    await hub.tell(Arrival(f"desk-of-{ELSE}", SourceKind.REGISTER, BUILT_IN.notifications.parse_object({**event, "source": f"urn:{ELSE}"})))
    found = await _export(hub, await _reference(hub, f"desk-of-{ELSE}"))
    said, page = found.model_dump_json(by_alias=True), as_page(found)
    for text in (said, page):
        assert ELSE.lower() not in text.lower()
        assert TO_READ in text
    assert found.told_us[0].content is not None
    subject = event["data"][BUILT_IN[kind].subject]
    assert subject["names"]["family"] in page


async def test_it_says_what_was_told_by_what_source_who_read_which_fields_and_what_they_answered(hub: Hub) -> None:
    case = await hub.tell_and_plan(informal(1, nextOfKin=_CONTACT))
    await hub.tell_and_plan(death(1))
    await hub.run("INSERT INTO client (id, name, source_kind, key_hash) VALUES ('family', %s, 'citizen', '')", ELSE)
    await hub.sent("dwp.benefits")
    message = message_id((await hub.rows(case))["dwp.benefits", 2].id, 1)
    answer = Acknowledgement.model_validate({"answer": "rejected", "reasonCode": "other", "reason": f"{ELSE} says otherwise"})
    async with hub.pool.connection() as connection:
        await acknowledge(connection, hub.keys, message, "dwp.benefits", answer, "api")
    found = await _export(hub, await _reference(hub, "family"))
    assert [(one.version, one.source_kind, one.standing) for one in found.told_us] == [(1, "citizen", "informal"), (2, None, "registered")]
    assert found.told_us[0].content is not None
    assert found.told_us[0].content["nextOfKin"] == THIRD_PARTY
    (told,) = found.disclosures
    assert (told.recipient, "deceased.nino" in told.fields) == ("dwp.benefits", True)
    (answered,) = found.answers
    assert (answered.answer, answered.words) == ("rejected", TO_READ)
    assert ELSE.lower() not in (found.model_dump_json() + as_page(found)).lower()


async def test_each_export_is_on_record_with_who_and_why(hub: Hub) -> None:
    case = await hub.tell(death(1))
    await _export(hub, await _reference(hub, "registrar"))
    assert await hub.run("SELECT case_id, viewed_by, reason FROM viewing") == [(case, "officer", "request 17")]


async def test_a_reference_that_was_never_given_exports_nothing(hub: Hub) -> None:
    register = await hub.register()
    assert await export(hub.pool, hub.keys, register, Directory(lambda: register, explain), "0" * 12, "officer", "x") is None
    assert await hub.run("SELECT count(*) FROM viewing") == [(0,)]


async def test_what_is_told_is_text_on_the_page_and_never_markup(hub: Hub) -> None:
    await hub.tell(death(1, deceased={"names": {"family": "<script>alert(1)</script>"}, "dateOfDeath": {"value": "2026-02-11"}}))
    page = as_page(await _export(hub, await _reference(hub, "registrar")))
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
