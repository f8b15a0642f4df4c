"""What a teller reads back: the reference, where to look, and what was understood; nothing personal."""

from collections.abc import Callable
from typing import Any

from hub.cases import Cause, Position, Recorded, Refusal, group_reference
from hub.intake.notes import notes
from hub.intake.problems import invalid
from hub.kinds import Kinds
from hub.privacy import Blind
from hub.problems import Problem
from schemas import Fault, Notification, SourceKind, highest_standing

_WORDS = {Position.NEW: "new", Position.NEWER: "newer", Position.OLDER: "older", Position.REPEATED: "repeated"}


class Answers:
    """Answers with links below `public_url`."""

    def __init__(self, public_url: str, blind: Blind, kinds: Callable[[], Kinds]) -> None:
        self._url = public_url.rstrip("/")
        self._blind = blind
        self._kinds = kinds

    def accepted(self, recorded: Recorded, told: Notification) -> dict[str, Any]:
        """The body of a `202`. The page's link shows the case to whoever holds it; the reference alone does not."""
        event = told.data
        noted = notes(event, self._kinds()[event.kind], recorded.position)
        return {
            "reference": recorded.reference,
            "referenceInGroups": group_reference(recorded.reference),
            "links": {
                "status": f"{self._url}/v1/cases/{recorded.reference}",
                "page": f"{self._url}/status/{self._blind.sign_link(recorded.reference)}",
            },
            "understood": {
                "kind": event.kind,
                "standing": event.standing.word,
                "fact": event.fact.word,
                "position": _WORDS[recorded.position],
                "alreadyTold": recorded.merged,
                **({"notes": noted} if noted else {}),
            },
        }


def refused(refusal: Refusal, told: Notification, source_kind: SourceKind) -> Problem:
    """Why nothing was recorded."""
    match refusal.cause:
        case Cause.OTHER_BODY:
            return Problem(
                409, "conflict", "It came before with another content", f"{refusal.cause.value.capitalize()}. Use a new id and a new key."
            )
        case Cause.ERASED:
            return Problem(410, "erased", "The case has been erased", f"{refusal.cause.value.capitalize()}. Nothing was recorded.")
        case Cause.UNKNOWN:
            accepted = "the id of an earlier notification, with the same source and told with the same key"
            return invalid([Fault("corrects", "names no notification of yours", accepted)])
        case Cause.STANDING:
            return Problem(403, "standing", "The standing is above the source's", "Nothing was recorded.", [above_source(source_kind)])


def above_source(source_kind: SourceKind) -> Fault:
    """What is wrong where a teller claims more than its kind of source can."""
    return Fault("data.standing", f"is above what a {source_kind} can claim", f"at most {highest_standing(source_kind).word}")
