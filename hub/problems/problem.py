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
