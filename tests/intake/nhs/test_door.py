"""NHS events at their door: translated, and the NHS number out of `subject`."""

import copy
from typing import Any

import orjson
import pytest
from structlog.testing import capture_logs

from hub.intake.member import Member
from hub.intake.nhs.patient import is_restricted
from schemas import SourceKind
from tests.intake.conftest import EVENT, Api, Caller, told
from tests.intake.documented import example

FHIR = "application/fhir+json"
NUMBER = "9912003888"
VERSION_1, VERSION_2, MESSAGE = (
    orjson.loads(example(f"NHS event, {which}", "json")) for which in ("version 1", "version 2", "FHIR message")
)


@pytest.fixture
async def nhs(api: Api) -> Caller:
    return await api.caller("nhs-gateway", SourceKind.HOSPITAL)


async def send(nhs: Caller, event: Any, media: str = EVENT) -> tuple[int, Any]:
    body = event if isinstance(event, bytes) else orjson.dumps(event)
    answer = await nhs.http.post("/v1/nhs-events", content=body, headers={**nhs.headers, "content-type": media})
    assert NUMBER not in answer.text
    return answer.status_code, answer.json()


def changed(event: dict[str, Any], value: Any, *path: str | int) -> dict[str, Any]:
    """`event` with another value at `path`; without the member where the value is None."""
    whole = copy.deepcopy(event)
    at: Any = whole
    for step in path[:-1]:
        at = at[step]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return whole


async def test_the_documented_signal_of_version_1_is_an_informal_death(api: Api, nhs: Caller) -> None:
    status, answer = await send(nhs, VERSION_1)
    assert (status, answer["understood"]["standing"], answer["understood"]["fact"]) == (202, "informal", "asserted")
    (content,) = await told(api)
    assert content["deceased"] == {"names": {"family": "PLANTED"}, "dateOfBirth": {"value": "1941-05-02"}, "nhsNumber": NUMBER}
    assert content["freeText"] == {"dateOfDeath": "not said by the NHS event"}


async def test_the_documented_signal_of_version_2_tells_what_the_record_sent_with_it_says(api: Api, nhs: Caller) -> None:
    assert (await send(nhs, VERSION_2))[0] == 202
    (content,) = await told(api)
    assert content["deceased"] == {
        "names": {"given": ["Iris", "May"], "family": "PLANTED"},
        "sex": "female",
        "dateOfBirth": {"value": "1941-05-02"},
        "dateOfDeath": {"value": "2026-03-09"},
        "usualAddress": {"lines": ["5 Mill Street", "Stevenage"], "postcode": "SG1 1AA"},
        "nhsNumber": NUMBER,
    }


async def test_a_signal_that_does_not_say_whether_somebody_died_is_refused_and_not_guessed(api: Api, nhs: Caller) -> None:
    status, answer = await send(nhs, changed(VERSION_2, None, "data"))
    assert (status, [fault["field"] for fault in answer["faults"]]) == (422, ["deathNotificationStatus"])
    assert await told(api) == []


async def test_the_documented_message_takes_the_death_back(api: Api, nhs: Caller) -> None:
    assert (await send(nhs, VERSION_2))[0] == 202
    status, answer = await send(nhs, MESSAGE, FHIR)
    assert (status, answer["understood"]["fact"], answer["understood"]["position"]) == (202, "retracted", "newer")


async def test_a_signal_as_a_fhir_bundle_is_the_same_signal(api: Api, nhs: Caller) -> None:
    context = {"name": "additional-context", "part": [
        {"name": "event-type", "valueString": VERSION_2["type"]}, {"name": "source", "valueUri": VERSION_2["source"]},
        {"name": "subject", "valueReference": {"identifier": {"value": NUMBER}}},
    ]}  # fmt: skip
    bundle = {"resourceType": "Bundle", "id": VERSION_2["id"], "type": "history", "timestamp": VERSION_2["time"], "entry": [
        {"resource": {"resourceType": "Parameters", "parameter": [{"name": "status", "valueCode": "active"}, context]}},
        {"resource": VERSION_2["data"]},
    ]}  # fmt: skip
    status, first = await send(nhs, VERSION_2)
    assert status == 202
    assert await send(nhs, bundle, FHIR) == (202, first)


async def test_the_nhs_number_is_in_no_column_and_no_log_but_sealed(api: Api, nhs: Caller) -> None:
    with capture_logs() as logs:
        for event in (VERSION_1, VERSION_2, changed(VERSION_1, "7", "data", "deathNotificationStatus")):
            await send(nhs, event)
    assert NUMBER not in str(logs)
    async with api.parts.pool.connection() as connection:
        tables = await (await connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).fetchall()
        for (table,) in tables:
            found = await connection.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s', (f"%{NUMBER}%",))  # noqa: S608
            assert await found.fetchone() == (0,), table
            found = await connection.execute(  # bytes are shown in hexadecimal
                f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s',  # noqa: S608
                (f"%{NUMBER.encode().hex()}%",),
            )
            assert await found.fetchone() == (0,), table


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (changed(VERSION_1, "pds-change-of-gp-1", "type"), "type"),
        (changed(VERSION_1, None, "type"), "type"),
        (changed(VERSION_1, NUMBER, "id"), "id"),
        (changed(VERSION_1, "9", "data", "deathNotificationStatus"), "data.deathNotificationStatus"),
        (changed(VERSION_1, "9912003889", "subject", "nhsNumber"), "subject.nhsNumber"),
        (changed(VERSION_1, 9912003888, "subject", "nhsNumber"), "subject.nhsNumber"),
        (changed(VERSION_1, "PLANTED" * 20, "subject", "familyName"), "subject.familyName"),
        (changed(VERSION_1, "1941-13-02", "subject", "dob"), "subject.dob"),
        (changed(VERSION_1, "12 March", "time"), "time"),
        (changed(VERSION_1, [], "data"), "data"),
        (changed(VERSION_2, "9912003071", "data", "identifier", 0, "value"), "Patient.identifier"),
        (changed(VERSION_2, "home", "data", "address"), "data.address"),
        (changed(VERSION_2, 4, "data", "name", 0, "given"), "data.name.0.given"),
        (changed(MESSAGE, None, "entry", 0), "MessageHeader"),
        (changed(MESSAGE, None, "entry", 1), "deathNotificationStatus"),
        (changed(MESSAGE, None, "entry", 2), "deathNotificationStatus"),
        (changed(MESSAGE, None, "entry"), "MessageHeader"),
        (changed(MESSAGE, [None], "entry"), "MessageHeader"),
        (changed(MESSAGE, "collection", "type"), "type"),
        (changed(MESSAGE, "delete", "entry", 0, "resource", "extension", 1, "valueCodeableConcept", "coding", 0, "code"),
         "extension.1.valueCodeableConcept.coding.0.code"),
        (changed(MESSAGE, None, "entry", 0, "resource", "extension", 0, "extension", 0), "valueIdentifier.value"),
        (changed(MESSAGE, "x", "entry", 2, "resource", "extension"), "entry.2.resource.extension"),
    ],
)  # fmt: skip
async def test_what_is_not_taken_is_refused_by_its_field(api: Api, nhs: Caller, event: Any, field: str) -> None:
    status, answer = await send(nhs, event)
    assert status == 422
    assert answer["faults"][0]["field"].endswith(field)
    assert "PLANTED" not in str(answer)
    assert await told(api) == []


@pytest.mark.parametrize("body", [b"", b"[" * 50_000, b"[" * 200, b'{"a":' * 20 + b"1" + b"}" * 20, b"[" + b"1," * 2_000 + b"1]"])
async def test_what_is_no_event_at_all_is_refused_before_it_is_read(nhs: Caller, body: bytes) -> None:
    assert (await send(nhs, body))[0] == 400


@pytest.mark.parametrize("body", [b"[]", b"7", b'"x"', b"null"])
async def test_json_that_is_no_object_is_refused(nhs: Caller, body: bytes) -> None:
    assert (await send(nhs, body))[0] == 422


async def test_a_restricted_record_s_address_is_not_taken(api: Api, nhs: Caller) -> None:
    restricted = changed(VERSION_2, {"security": [{"code": "R"}]}, "data", "meta")
    assert (await send(nhs, restricted))[0] == 202
    (content,) = await told(api)
    assert "usualAddress" not in content["deceased"]
    assert content["protected"] is True


@pytest.mark.parametrize(("code", "restricted"), [*((code, True) for code in ("R", "V", "r", "REDACTED", "X")), ("N", False), ("U", False)])
def test_every_label_beyond_the_normal_restricts_a_record(code: str, restricted: bool) -> None:
    patient = Member({"meta": {"security": [{"code": code}]}})
    assert is_restricted(patient) is restricted


async def test_a_label_that_is_no_text_is_refused_by_its_field(nhs: Caller) -> None:
    status, answer = await send(nhs, changed(VERSION_2, {"security": [{"code": []}]}, "data", "meta"))
    assert (status, answer["faults"][0]["fault"]) == (422, "is not text")


MOTHER, CHILD = "urn:uuid:70e10b4b-9296-4cc7-816f-97b6fa676a04", "urn:uuid:dffd3330-dc21-11e7-9296-cec278b6b50a"
BIRTH = changed(MESSAGE, "pds-birth-notification-1", "entry", 0, "resource", "event", "code")
BIRTH = changed(BIRTH, [
    {"resource": BIRTH["entry"][0]["resource"]},
    {"resource": {"resourceType": "Communication", "subject": {"reference": MOTHER}}},
    {"resource": {"resourceType": "RelatedPerson", "patient": {"reference": CHILD}}},
    {"fullUrl": MOTHER, "resource": {"resourceType": "Patient", "name": [{"use": "official", "family": "PLANTED", "given": ["Iris"]}]}},
    {"fullUrl": CHILD, "resource": {
        "resourceType": "Patient", "gender": "male", "birthDate": "2026-03-12",
        "_birthDate": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime",
                                      "valueDateTime": "2026-03-12T04:10:00+00:00"}]},
        "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9912003071"}],
        "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/birthPlace", "valueAddress": {"city": "STEVENAGE"}}],
    }},
], "entry")  # fmt: skip


async def test_a_birth_is_told_of_the_child_and_the_mother(api: Api, nhs: Caller) -> None:
    assert (await send(nhs, BIRTH, FHIR))[0] == 202
    (content,) = await told(api)
    assert content["child"] == {
        "sex": "male",
        "dateOfBirth": {"value": "2026-03-12"},
        "nhsNumber": "9912003071",
        "placeOfBirth": "STEVENAGE",
    }
    assert content["mother"] == {"names": {"given": ["Iris"], "family": "PLANTED"}, "nhsNumber": NUMBER}
    assert content["timeOfBirth"].startswith("04:10")


@pytest.mark.parametrize("restricted", [3, 4])
async def test_the_home_of_a_mother_and_child_is_kept_when_the_record_of_one_is_restricted(api: Api, nhs: Caller, restricted: int) -> None:
    home = [{"use": "home", "line": ["1 High Street"], "postalCode": "SG1 1AA"}]
    event = changed(changed(BIRTH, home, "entry", 3, "resource", "address"), home, "entry", 4, "resource", "address")
    event = changed(event, {"security": [{"code": "R"}]}, "entry", restricted, "resource", "meta")
    assert (await send(nhs, event, FHIR))[0] == 202
    (content,) = await told(api)
    assert content["protected"] is True
    assert "usualAddress" not in content["mother"] | content["child"]


async def test_a_birth_may_have_no_mother_and_must_have_a_child(api: Api, nhs: Caller) -> None:
    assert (await send(nhs, changed(BIRTH, None, "entry", 3), FHIR))[0] == 202
    status, answer = await send(nhs, changed(BIRTH, None, "entry", 4), FHIR)
    assert (status, answer["faults"][0]["field"]) == (422, "entry.resource")


async def test_a_child_who_died_is_not_told_as_a_birth(api: Api, nhs: Caller) -> None:
    died = VERSION_2["data"]["extension"]
    for changes in ((died, "extension"), ("2026-03-12", "deceasedDateTime"), (True, "deceasedBoolean")):
        value, member = changes
        assert (await send(nhs, changed(BIRTH, value, "entry", 4, "resource", member), FHIR))[0] == 422
    assert await told(api) == []
