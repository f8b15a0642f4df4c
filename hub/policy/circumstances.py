"""What of a single case may hold or end what an agreement allows: choice, protection, identity, and time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from hub.policy.decision import Held, Withheld
from hub.recipients import Agreement
from schemas import SourceKind, Standing
from schemas.days import begins, day_of
from schemas.parts import Confidence
from schemas.standing import OF_PEOPLE


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the policy asks of a case. `choices` is by recipient whether it is to be told; `identity` is how sure it is who
    told, None where nobody looked; `confirmed`: the person concerned has confirmed it, or need not; `mourning`: how sure it is
    that somebody near has died; `hold_for` is how long the kind waits for this source, in case it is taken back."""

    source_kind: SourceKind
    standing: Standing
    told_at: datetime
    choices: Mapping[str, bool] = field(default_factory=dict, repr=False)
    identity: Confidence | None = None
    protected: bool = False
    effective: date | None = None
    hold_for: timedelta = timedelta(0)
    confirmed: bool = True
    mourning: Standing | None = None


def in_case(agreement: Agreement, circumstances: Circumstances, at: datetime) -> Held | Withheld | None:
    """What keeps this case from the agreement's recipient at the time `at`; None where nothing does.

    The order says what a person hears of several rules: who is protected before what was chosen, what nobody can wait for
    before what passes. Under a statutory duty nobody is asked, so neither a no nor silence counts.
    """
    if circumstances.protected and not agreement.handles_protected:
        return Held("protected")
    if circumstances.mourning is not None and agreement.offers:
        # Everybody is living until a death is certified or registered: on one informal word it only waits.
        informal = circumstances.mourning is Standing.INFORMAL
        return Held("bereavement-in-family") if informal else Withheld("bereavement-in-family")
    if agreement.asks == "choice":
        chosen = circumstances.choices.get(agreement.recipient)
        if chosen is None:
            return Held("not-chosen")
        if not chosen:
            return Withheld("citizen-said-no")
    if not circumstances.confirmed:
        return Held("not-confirmed")
    if circumstances.standing is Standing.INFORMAL and _sureness(circumstances).rank < agreement.identity.rank:
        return Held("identity")
    return _not_yet(circumstances, at)


def _sureness(circumstances: Circumstances) -> Confidence:
    """A body that tells with its own key is known; of people it is what somebody looked at."""
    if circumstances.source_kind not in OF_PEOPLE:
        return Confidence.VERY_HIGH
    return circumstances.identity or Confidence.LOW


def _not_yet(circumstances: Circumstances, at: datetime) -> Held | None:
    # A case may be told between the moment a planner looks at its watch and the one at which it reads: without a window nothing waits.
    if circumstances.hold_for and at < (over := circumstances.told_at + circumstances.hold_for):
        return Held("hold-window", over)
    if circumstances.effective is not None and circumstances.effective > day_of(at):
        return Held("not-due-yet", begins(circumstances.effective))
    return None
