"""What the documentation says of `POST /v1/notifications` is what is taken and answered."""

from typing import Any

from schemas import KINDS as BUILT_IN_KINDS
from schemas import BatchReceipt, ProblemDocument, Receipt
from schemas.days import today
from tests.cases.deaths import event
from tests.intake.conftest import BATCH, EVENT, Api


async def test_the_documentation_describes_the_door(api: Api) -> None:
    document = (await api.http.get("/openapi.json")).json()
    assert {"/v1/notifications", "/v1/nhs-events", "/v1/security-events"} <= document["paths"].keys()
    assert {"/v1/cases/{reference}", "/v1/messages/{message_id}/acknowledgement"} <= document["paths"].keys()
    assert "BereavementNotification" in document["components"]["schemas"]


async def test_the_examples_of_the_documentation_are_taken_one_of_each_kind(api: Api) -> None:
    caller, document = await api.caller(), (await api.http.get("/openapi.json")).json()
    content = document["paths"]["/v1/notifications"]["post"]["requestBody"]["content"]
    ((media, sent),) = ((media, one["examples"]) for media, one in content.items() if "examples" in one)
    assert sent.keys() == BUILT_IN_KINDS.keys()
    for kind, example in sent.items():
        answer = await caller.post(_of_today(example["value"]), media)
        assert (answer.status_code, kind) == (202, kind), answer.text
        assert "notes" not in answer.json()["understood"], kind


def _of_today(example: dict[str, Any]) -> dict[str, Any]:
    """A move is told within three months of its day: the example's day passes."""
    data = example["data"]
    return {**example, "data": {**data, "movedOn": today().isoformat()}} if "movedOn" in data else example


async def test_what_is_answered_is_what_the_documentation_says(api: Api) -> None:
    caller, document = await api.caller(), (await api.http.get("/openapi.json")).json()
    documented = document["paths"]["/v1/notifications"]["post"]["responses"]
    doubtful = event(deceased={"names": {"family": "Planted"}, "dateOfDeath": {"value": "2026"}, "usualAddress": {"postcode": "HELLO"}})
    for body, media, model in (
        (event(), EVENT, Receipt),
        (doubtful, EVENT, Receipt),
        ([event()], BATCH, BatchReceipt),
        ([event(), event(standing="sure"), "nonsense"], BATCH, BatchReceipt),
        (b"{", EVENT, ProblemDocument),
        (event(standing="sure"), EVENT, ProblemDocument),
    ):
        answer = await caller.post(body, media)
        content = documented[str(answer.status_code)]["content"][answer.headers["content-type"]]
        assert f"#/components/schemas/{model.__name__}" in str(content)
        assert (
            model.model_validate_json(answer.content).model_dump(mode="json", by_alias=True, exclude_none=True).keys()
            == answer.json().keys()
        )


async def test_a_member_that_the_documentation_requires_is_required(api: Api) -> None:
    caller, document = await api.caller(), (await api.http.get("/openapi.json")).json()
    schema = document["components"]["schemas"]["BereavementNotification"]
    told = event()
    for member in schema["properties"].keys() & told.keys():
        answer = await caller.post({name: value for name, value in told.items() if name != member})
        assert (answer.status_code == 422) == (member in schema["required"]), member
