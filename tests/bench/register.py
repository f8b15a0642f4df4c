"""A register of eight webhook recipients, concerned by every death of the workload: the services a place is expected to have."""

import base64
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

_SERVICES = (
    "adult-social-care",
    "blue-badge",
    "concessionary-travel",
    "council-tax",
    "electoral-registration",
    "housing",
    "housing-benefit",
    "libraries",
)
_PLACES = ["E10000015", "E08000012"]  # Hertfordshire and Liverpool, where the workload's addresses are
_FIELDS = ["deceased.names", "deceased.dateOfBirth", "deceased.dateOfDeath", "deceased.usualAddress"]
_SAMPLE = {"power": "sample", "basis": "sample"}


def recipient_id(number: int) -> str:
    """The id of recipient 1…8."""
    return f"bench.{_SERVICES[number - 1]}"


def write_register(folder: Path, urls: Sequence[str], batch: int = 1, timeout: float = 10.0) -> Path:
    """Write the register's one file, and its recipients' signing secret beside it; `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    secret = folder.resolve() / "secret"
    secret.touch(mode=0o600)
    secret.write_text("whsec_" + base64.b64encode(secrets.token_bytes(32)).decode())
    organisation: dict[str, Any] = {
        "organisation": "bench",
        "name": "Bench",
        "places": _PLACES,
        "services": [
            {
                "service": service,
                "name": service.replace("-", " ").capitalize(),
                "kinds": ["bereavement"],
                "connector": "webhook",
                "settings": {"url": url, "secrets": [f"${{file:{secret}}}"], "batch": batch, "timeout": timeout},
                "answersWithin": "never",
            }
            for service, url in zip(_SERVICES, urls, strict=True)
        ],
        "agreements": [
            {
                "id": f"bench-{service}",
                "recipient": f"bench.{service}",
                "kind": "bereavement",
                "fields": [*_FIELDS],
                "sender": {**_SAMPLE},
                "receiver": {**_SAMPLE},
                "protocol": "sample",
                "impactAssessment": "sample",
                "asks": "statute",
            }
            for service in _SERVICES
        ],
    }
    (folder / "bench.yaml").write_text(yaml.safe_dump(organisation, sort_keys=False))
    return folder
