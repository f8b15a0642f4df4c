"""Of an agreement what is allowed and holds deliveries: no power, no impact assessment, an end with nothing after it."""

from collections.abc import Iterator, Sequence

from hub.recipients.documents import Document
from hub.recipients.endings import ending
from hub.recipients.entries import Agreement, Service
from hub.recipients.faults import Fault
from schemas import Answer
from schemas.days import today

_LACKS = {
    "no-power": ("cites no power: its deliveries are held", "`sender` and `receiver`, each with `power` and `basis`"),
    "no-impact-assessment": (
        "names no signed impact assessment: its deliveries are held",
        "`impactAssessment` with the reference of the signed one",
    ),
}


def agreement_warnings(
    document: Document, at: tuple[str | int, ...], agreement: Agreement, service: Service, others: Sequence[Agreement]
) -> Iterator[Fault]:
    """What a person should look at in one agreement; `others` are all of the same recipient and kind."""
    if agreement.lacks is not None:
        yield document.fault(at, *_LACKS[agreement.lacks])
    last = ending(others, today())
    if last is not None and last.agreement is agreement:
        said = f"is {last.ends}, and nothing follows it: deliveries are held from that day"
        yield document.fault((*at, "ends"), said, "an agreement that starts on that day, or a later end")
    if service.answers_within != "never" and not set(agreement.answers) - {Answer.ACCEPTED}:
        said = "let nothing back but that a message was received, and the service is to say in time what it did"
        yield document.fault((*at, "answers"), said, "more `answers`, or `answersWithin: never`")
