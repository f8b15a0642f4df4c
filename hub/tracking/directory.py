"""What the view of a case takes from the register and the policy: names, and how much of an answer a teller may read."""

from collections.abc import Callable
from dataclasses import dataclass

from hub.recipients import Agreement, Contact, Register, service_name
from schemas.days import today


@dataclass(frozen=True, slots=True)
class Described:
    """A recipient for people. `answers_shown`: its answers beyond "received" may be read by who told the hub."""

    organisation: str
    service: str
    says_when_done: bool
    answers_shown: bool


@dataclass(frozen=True, slots=True)
class Directory:
    """`current` gives the register in use; `explain` a rule's code in plain words."""

    current: Callable[[], Register]
    explain: Callable[[str], str]

    def describe(self, recipient: str, kind: str) -> Described:
        """The recipient with this id. One that has left the register, and a service nobody runs, go by their codes."""
        found = self.current().recipients.get(recipient)
        organisation, service = self.named(recipient)
        says = found is not None and found.entry.answers_within != "never"
        return Described(organisation, service, says, found is not None and self._may_read_answers(recipient, kind))

    def named(self, recipient: str) -> tuple[str, str]:
        """Its organisation and service, for people."""
        found = self.current().recipients.get(recipient)
        if found is not None:
            return found.organisation, found.entry.name
        organisation, _, service = recipient.rpartition(".")
        return _words(organisation), service_name(service) or _words(service)

    def title(self, kind: str) -> str:
        """A kind of change as people call it: `A death`."""
        kinds = self.current().kinds
        return kinds[kind].title if kind in kinds else _words(kind)

    @property
    def contact(self) -> Contact | None:
        """The one named contact for somebody of whom it was told that they had died, and have not."""
        controller = self.current().controller
        return controller.contact if controller else None

    def running(self, recipient: str, kind: str) -> Agreement | None:
        """The agreement with all it needs that runs today, if any."""
        running = self.current().running(recipient, kind, today())
        return running if running is not None and running.lacks is None else None

    def _may_read_answers(self, recipient: str, kind: str) -> bool:
        """As the newest agreement that has begun says; without one, nothing but "received"."""
        day = today()
        begun = [agreement for agreement in self.current().agreements(recipient, kind) if agreement.starts <= day]
        return bool(begun) and begun[-1].citizen_reads == "everything"


def _words(code: str) -> str:
    return code.replace("-", " ").capitalize()
