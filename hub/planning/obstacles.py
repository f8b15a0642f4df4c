"""What is said of a recipient whom the policy, or its own filter, keeps from being told."""

from uuid import UUID

from hub.planning.case import Holding, NotTelling
from hub.planning.offers import Lane
from hub.policy import Held, Withheld
from schemas import Notice


def kept_back(obstacle: Held | Withheld, recipient: str, lane: Lane, notice: Notice, subject: UUID) -> Holding | NotTelling:
    """What was to be told by `lane` waits for what the rule names, or is not told."""
    if isinstance(obstacle, Held):
        return Holding(recipient, lane, notice, obstacle.rule, subject, obstacle.until)
    return NotTelling(recipient, "withheld", obstacle.rule)
