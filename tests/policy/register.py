"""A register of one recipient, for the rules alone."""

from typing import Any

from hub.recipients import Organisation, Recipient, Register

_SAMPLE = {"power": "sample", "basis": "sample"}


def one_recipient(*agreements: dict[str, Any], service: str = "tax", **entry: Any) -> Register:
    """`a.<service>` with agreements that hold unless a change says otherwise; a change to None takes a key away."""
    organisation = {
        "organisation": "a",
        "name": "A",
        "places": "everywhere",
        "services": [
            {"service": service, "name": "Tax", "kinds": ["bereavement"], "connector": "webhook", "answersWithin": "never"} | entry
        ],
        "agreements": [_agreement(service, **one) for one in agreements],
    }
    return Register((Organisation.model_validate(organisation),))


def the_recipient(register: Register) -> Recipient:
    return next(iter(register.recipients.values()))


def _agreement(service: str, **changed: Any) -> dict[str, Any]:
    agreement = {
        "id": "a-tax", "recipient": f"a.{service}", "kind": "bereavement", "protocol": "p", "fields": ["deceased.names"], "asks": "statute",
        "sender": _SAMPLE, "receiver": _SAMPLE, "impactAssessment": "sample",
    } | changed  # fmt: skip
    return {name: value for name, value in agreement.items() if value is not None}
