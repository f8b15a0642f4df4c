"""Errors as RFC 9457 problem documents: the field, what was wrong with it, and what is accepted."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from schemas import Fault

PROBLEM_JSON = b"application/problem+json"


@dataclass(eq=False)
class Problem(Exception):
    """What a caller has done wrong, or the hub cannot do now. `tag` tells machines apart what `title` tells people."""

    status: int
    tag: str
    title: str
    detail: str
    faults: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The members of the problem document."""
        found: dict[str, Any] = {
            "type": f"urn:tuo:problem:{self.tag}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.faults:
            found["faults"] = [asdict(fault) for fault in self.faults]
        return found


def invalid(faults: Sequence[Fault]) -> Problem:
    return Problem(422, "invalid", "The notification is not valid", "Correct the fields named in `faults` and send it again.", faults)


def malformed(field_: str, fault: str, accepted: str) -> Problem:
    return Problem(400, "malformed", "The request cannot be read", "See `faults`.", [Fault(field_, fault, accepted)])


def cut_short() -> Problem:
    return malformed("", "ended before its announced length", "the whole body")


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
        "Send `Authorization: Bearer tuo_…` with a key that `tuo clients add` printed and nobody revoked.",
        headers={"www-authenticate": 'Bearer realm="tuo"'},
    )


def too_fast(seconds: int) -> Problem:
    return Problem(
        429, "too-fast", "More than this client may send", f"Send it again in {seconds} s.", headers={"retry-after": str(seconds)}
    )


def unavailable() -> Problem:
    return Problem(
        503,
        "unavailable",
        "The hub cannot take notifications now",
        "Nothing was accepted. Send it again, with the same id and key, in a few seconds.",
        headers={"retry-after": "2"},
    )


def defect() -> Problem:
    return Problem(500, "defect", "The hub made a mistake", "It has been logged. Send the same again later, with the same id and key.")
