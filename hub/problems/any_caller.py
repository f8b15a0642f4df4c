"""What any caller may be told, whichever door it is at."""

from hub.problems.problem import Problem
from schemas import Fault


def malformed(field_: str, fault: str, accepted: str) -> Problem:
    return Problem(400, "malformed", "The request cannot be read", "See `faults`.", [Fault(field_, fault, accepted)])


def cut_short() -> Problem:
    return malformed("", "ended before its announced length", "the whole body")


def too_fast(seconds: int) -> Problem:
    headers = {"retry-after": str(seconds)}
    return Problem(429, "too-fast", "Faster than this client may call", f"Send the same again in {seconds} s.", headers=headers)


def unavailable() -> Problem:
    return Problem(
        503,
        "unavailable",
        "The hub cannot take this now",
        "Send the same again, with the same id and key where it has them, in a few seconds: nothing is recorded twice.",
        headers={"retry-after": "2"},
    )


def defect() -> Problem:
    return Problem(500, "defect", "The hub made a mistake", "It has been logged. Send the same again later, with the same id and key.")
