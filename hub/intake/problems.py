"""What only those who notify are told, and those whom the hub does not know."""

from collections.abc import Sequence

from hub.problems import Problem
from schemas import Fault


def invalid(faults: Sequence[Fault]) -> Problem:
    return Problem(422, "invalid", "The notification is not valid", "Correct the fields named in `faults` and send it again.", faults)


def not_allowed(methods: str) -> Problem:
    return Problem(405, "method", "Not with this method", f"Accepted: {methods}.", headers={"allow": methods})


def too_large(accepted: str) -> Problem:
    return Problem(413, "too-large", "The request is too large", f"Accepted: {accepted}.", headers={"connection": "close"})


def unknown_media(accepted: str) -> Problem:
    return Problem(415, "media-type", "The content type is not taken", f"Accepted: {accepted}.")


def unidentified() -> Problem:
    return Problem(
        401,
        "unidentified",
        "The hub does not know who is calling",
        "Send `Authorization: Bearer tuo_…` with a key that nobody revoked: `.venv/bin/tuo clients add` prints one, where the hub runs.",
        headers={"www-authenticate": 'Bearer realm="tuo"'},
    )
