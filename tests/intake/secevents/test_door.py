"""Security Event Tokens at their door: what is taken, what is refused with which of RFC 8935's codes, and what a death becomes."""

import base64
import hmac
import time
from typing import Any

import orjson
import pytest
from joserfc.jwk import ECKey

from schemas import SourceKind
from tests.intake.conftest import Api, told
from tests.intake.secevents.conftest import REGISTERED, UPDATED, Sender, claims, death, sender_of


async def test_the_documented_token_is_a_registered_death(api: Api, sender: Sender) -> None:
    answer = await sender.push(claims())
    assert (answer.status_code, answer.content) == (202, b"")
    (content,) = await told(api)
    assert content == {
        "standing": "registered",
        "fact": "asserted",
        "sourceTime": "2026-03-12T16:00:00Z",
        "registration": {"number": "98459101", "area": "england-and-wales"},
        "deceased": {
            "names": {"given": ["Iris", "May"], "family": "Planted"},
            "maidenName": "Sown",
            "aliases": [{"given": ["Isa"], "family": "Planted", "type": "Otherwise or formerly known as"}],
            "sex": "female",
            "dateOfBirth": {"value": "1941-05-02"},
            "dateOfDeath": {"value": "2026-03", "qualifier": "on or about"},
            "usualAddress": {"lines": ["Flat 4", "5 Mill Street", "Stevenage"], "postcode": "SG1 1AA", "country": "GB"},
        },
        "uprn": "100080000001",
        "freeText": {"dateOfDeath": "Found on 9 March"},
    }


async def test_a_token_sent_again_is_a_repeat_and_one_with_its_id_and_another_content_a_conflict(api: Api, sender: Sender) -> None:
    assert [(await sender.push(claims())).status_code for _ in range(2)] == [202, 202]
    other = await sender.push(claims(events={REGISTERED: death(freeFormatDeathDate="Found on 8 March")}))
    assert (other.status_code, other.json()["err"]) == (400, "invalid_request")
    assert len(await told(api)) == 1


@pytest.mark.parametrize(
    ("reason", "fact"),
    [("formal_correction", "asserted"), ("typographical", "asserted"), ("quality_assurance", "asserted"),
     ("cancelled", "cancelled"), ("cancellation_removed", "asserted")],
)  # fmt: skip
async def test_an_update_is_the_newer_truth_and_cancels_only_where_it_says_so(api: Api, sender: Sender, reason: str, fact: str) -> None:
    await sender.push(claims())
    update = death(deathRegistrationTime=None, recordUpdateTime="2026-03-14T10:00:00Z", deathRegistrationUpdateReason=reason)
    assert (await sender.push(claims(jti="second", events={UPDATED: update}))).status_code == 202
    (content,) = await told(api)
    assert (content["fact"], content["sourceTime"]) == (fact, "2026-03-14T10:00:00Z")


async def test_names_and_addresses_that_ended_are_not_the_person_s(api: Api, sender: Sender) -> None:
    subject = death()["subject"]
    ended = {"validUntil": "2001-01-01"}
    subject["name"].insert(0, {"nameParts": [{"type": "FamilyName", "value": "Past"}], **ended})
    subject["address"].insert(0, {"addressLocality": "Past", **ended})
    assert (await sender.push(claims(events={REGISTERED: death(subject=subject)}))).status_code == 202
    assert "Past" not in str(await told(api))


async def test_a_postcode_abroad_is_a_line_of_the_address(api: Api, sender: Sender) -> None:
    subject = {**death()["subject"], "address": [{"addressLocality": "Lyon", "postalCode": "69001?", "addressCountry": "FR"}]}
    assert (await sender.push(claims(events={REGISTERED: death(subject=subject)}))).status_code == 202
    (content,) = await told(api)
    assert content["deceased"]["usualAddress"] == {"lines": ["Lyon", "69001?"], "country": "FR"}


async def refusal(sender: Sender, token: str) -> str:
    answer = await sender.post(token)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert "Planted" not in answer.text
    body = answer.json()
    assert body.keys() == {"err", "description"}
    return str(body["err"])


def signed_with_hmac(told: Any, secret: bytes, alg: str) -> str:
    """As an attacker makes it by hand: libraries do not."""
    parts = orjson.dumps({"alg": alg, "typ": "secevent+jwt"}), orjson.dumps(told)
    signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signature = hmac.digest(secret, signed, "sha256") if secret else b""
    return (signed + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


async def test_a_token_that_this_client_did_not_sign_is_refused(api: Api, sender: Sender) -> None:
    other = await sender_of(api, "other")
    stolen = ECKey.generate_key("P-256", parameters={"kid": "life-events-1"})
    whole = sender.token(claims())
    head, payload, signature = whole.split(".")
    swapped = sender.token(claims(jti="other")).split(".")[1]
    assert await refusal(sender, sender.token(claims(), key=stolen)) == "authentication_failed"
    assert await refusal(sender, sender.token(claims(), kid="nobody-s")) == "authentication_failed"
    assert await refusal(sender, other.token(claims())) == "authentication_failed"
    assert await refusal(sender, f"{head}.{swapped}.{signature}") == "authentication_failed"
    assert await refusal(sender, f"{head}.{payload}.") == "authentication_failed"
    assert await told(api) == []
    assert (await sender.post(whole)).status_code == 202


async def test_no_algorithm_and_a_shared_secret_are_no_signature(api: Api, sender: Sender) -> None:
    public = sender.key.as_pem(private=False)
    assert await refusal(sender, signed_with_hmac(claims(), b"", "none")) == "invalid_key"
    assert await refusal(sender, signed_with_hmac(claims(), public, "HS256")) == "invalid_key"
    assert await refusal(sender, signed_with_hmac(claims(), public, "ES256")) == "authentication_failed"
    assert await told(api) == []


async def test_a_client_without_keys_is_told_so(api: Api) -> None:
    nobody = await sender_of(api, "unsigned", signs=False)
    assert await refusal(nobody, nobody.token(claims())) == "invalid_key"


async def test_who_cannot_register_is_refused(api: Api) -> None:
    hospital = await sender_of(api, "hospital", SourceKind.HOSPITAL)
    assert await refusal(hospital, hospital.token(claims())) == "access_denied"


async def test_without_an_api_key_nothing_is_read(api: Api, sender: Sender) -> None:
    answer = await api.http.post(
        "/v1/security-events", content=sender.token(claims()), headers={"content-type": "application/secevent+jwt"}
    )
    assert answer.status_code == 401


# A day off, not minutes: it is read when the tests are collected, and they may run for long.
NOW, DAY = int(time.time()), 86_400


@pytest.mark.parametrize(
    ("others", "code"),
    [
        ({"exp": NOW - DAY}, "invalid_request"),
        ({"exp": "soon"}, "invalid_request"),
        ({"iat": NOW + DAY}, "invalid_request"),
        ({"iat": None}, "invalid_request"),
        ({"nbf": NOW + DAY}, "invalid_request"),
        ({"aud": "https://somebody.example.org"}, "invalid_audience"),
        ({"aud": ["https://somebody.example.org"]}, "invalid_audience"),
        ({"iss": None}, "invalid_issuer"),
        ({"iss": "Mrs Planted"}, "invalid_request"),
        ({"jti": None}, "invalid_request"),
        ({"jti": 7}, "invalid_request"),
        ({"events": None}, "invalid_request"),
        ({"events": []}, "invalid_request"),
        ({"events": {"https://vocab.account.gov.uk/v1/birthRegistered": {}}}, "invalid_request"),
        ({"events": {REGISTERED: death(), UPDATED: death()}}, "invalid_request"),
    ],
)
async def test_claims_that_do_not_hold_are_refused(sender: Sender, others: dict[str, Any], code: str) -> None:
    assert await refusal(sender, sender.token(claims(**others))) == code


@pytest.mark.parametrize(
    ("others", "field"),
    [
        ({"subject": None}, "subject"),
        ({"subject": "Planted"}, "subject"),
        ({"deathRegistration": None}, "deathRegistration"),
        ({"deathRegistration": "urn:fdc:example.org:2026:death:1"}, "deathRegistration"),
        ({"deathRegistration": "urn:fdc:gro.gov.uk:2026:death:1:Planted"}, "deathRegistration"),
        ({"deathDate": {"value": "2026-02-30"}}, "deathDate"),
        ({"deathDate": None, "freeFormatDeathDate": None}, "data"),
        ({"deathRegistrationTime": "12 March"}, "deathRegistrationTime"),
        ({"deathRegistrationTime": "2026-03-12T16:00:00"}, "deathRegistrationTime"),
        ({"freeFormatDeathDate": "x" * 101}, "freeFormatDeathDate"),
        ({"subject": {"sex": [{"value": "Planted"}]}}, "sex"),
        ({"subject": {"name": {"nameParts": []}}}, "subject.name"),
        ({"subject": {"name": [{"nameParts": [{"type": "FamilyName", "value": ["Planted"]}]}]}}, "nameParts.0.value"),
        ({"subject": {"address": [{"uprn": 10**13}]}}, "uprn"),
        ({"subject": {"address": [{"buildingNumber": 5}]}}, "buildingNumber"),
    ],
)
async def test_an_event_that_is_not_of_the_vocabulary_is_refused_by_its_field(sender: Sender, others: dict[str, Any], field: str) -> None:
    answer = await sender.push(claims(events={REGISTERED: death(**others)}))
    assert (answer.status_code, answer.json()["err"]) == (400, "invalid_request")
    assert field in answer.json()["description"]
    assert "Planted" not in answer.text


async def test_what_is_no_token_is_refused(sender: Sender) -> None:
    deep, wide = b'{"a":' * 50 + b"1" + b"}" * 50, orjson.dumps({"a": [1] * 2_000})
    tokens = ["", "x", "a.b", "a.b.c", "a.b.c.d", "é.é.é", "." * 2_000, sender.token(b"no JSON"), sender.token(b"[]")]
    tokens += [sender.token(claims(), typ=typ) for typ in ("JWT", None)]
    tokens += [sender.token(deep), sender.token(wide), "e" * 150_000]
    assert {await refusal(sender, token) for token in tokens} == {"invalid_request"}


async def test_what_is_too_large_or_of_another_type_is_refused_at_the_door(sender: Sender) -> None:
    assert (await sender.post("e" * 300_000)).status_code == 413
    assert (await sender.post(sender.token(claims()), "application/jwt")).status_code == 415
