"""A small register: one council that says what it did, and a department whose answers tellers do not read."""

from typing import Any

from hub.recipients import Register

_CONTACT = {"name": "Jo Sample", "telephone": "01632 960001", "email": "jo@hub.example.org"}
_CONTROLLER = {
    "name": "A hub", "address": ["1 Sample Street"], "dataProtectionOfficer": _CONTACT, "icoRegistration": "ZA000000", "contact": _CONTACT,
}  # fmt: skip
_POWER = {"power": "sample", "basis": "sample"}


def _service(service: str, name: str, **more: Any) -> dict[str, Any]:
    return {"service": service, "name": name, "kinds": ["bereavement"], "connector": "webhook", "answersWithin": "5 days", **more}


def _agreement(recipient: str, reads: str) -> dict[str, Any]:
    return {
        "id": recipient.replace(".", "-"), "recipient": recipient, "kind": "bereavement", "fields": ["names"], "sender": _POWER,
        "receiver": _POWER, "protocol": "sample", "impactAssessment": "sample", "asks": "statute", "citizenReads": reads,
    }  # fmt: skip


def small_register() -> Register:
    content = [
        {
            "organisation": "stevenage",
            "name": "Stevenage Borough Council",
            "places": "everywhere",
            "services": [
                _service("council-tax", "Council tax"),
                _service("housing", "Housing", answersWithin="never"),
                _service("waste", "Assisted waste", connector="topic", settings={"group": "back-office"}, collectsWithin="2 days"),
            ],
            "agreements": [_agreement(f"stevenage.{one}", "everything") for one in ("council-tax", "housing", "waste")],
        },
        {
            "organisation": "dwp",
            "name": "Department for Work and Pensions",
            "places": "everywhere",
            "services": [_service("benefits", "Benefits and State Pension")],
            "agreements": [_agreement("dwp.benefits", "received")],
        },
    ]
    return Register.from_content({"organisations": content, "kinds": [], "controller": _CONTROLLER}, 1)
