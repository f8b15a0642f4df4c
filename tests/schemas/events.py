"""A registered death with everything in it that recipients ask for, invented."""

from typing import Any

import orjson

DEATH: dict[str, Any] = {
    "specversion": "1.0",
    "id": "2026-0001",
    "source": "https://registrars.example.org/deaths",
    "type": "uk.tellusonce.bereavement.v1",
    "time": "2026-03-12T17:39:54Z",
    "datacontenttype": "application/json",
    "data": {
        "standing": "registered",
        "fact": "asserted",
        "sourceTime": "2026-03-12T17:39:54Z",
        "registration": {"number": "123456789", "district": "Stevenage", "year": 2026, "registeredOn": "2026-03-12"},
        "deceased": {
            "names": {"title": "Mrs", "given": ["Ada", "May"], "family": "Brownlow"},
            "maidenName": "Greenhow",
            "sex": "female",
            "dateOfBirth": {"value": "1931-04-07", "verification": "01"},
            "dateOfDeath": {"value": "2026-03-09", "qualifier": "on or about"},
            "usualAddress": {"lines": ["1 High Street", "Stevenage"], "postcode": "SG1 1AA"},
            "nino": "AB123456C",
            "passportNumbers": ["123456789"],
            "vehicles": ["AB12CDE"],
        },
        "informant": {"names": {"given": ["Tom"], "family": "Brownlow"}, "relationship": "son"},
        "estateContact": {"company": "Grey and Grey", "address": {"postcode": "SG1 1AB"}},
    },
}


def death(**changed: Any) -> dict[str, Any]:
    """The death with members of its data replaced; None takes one away. `deceased` is laid over, not replaced."""
    event: dict[str, Any] = orjson.loads(orjson.dumps(DEATH))
    deceased = changed.pop("deceased", None)
    event["data"].update(changed)
    event["data"]["deceased"].update(deceased or {})
    event["data"] = _given(event["data"])
    event["data"]["deceased"] = _given(event["data"]["deceased"])
    return event


def _given(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
