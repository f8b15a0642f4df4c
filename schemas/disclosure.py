"""The record of disclosures of a case: `GET /v1/cases/{reference}/disclosures`. Paths of fields, never what was in them."""

from typing import Literal

from pydantic import Field

from schemas.events.life_event import UtcTime
from schemas.status import NoticeWord
from schemas.words import Model


class CitedPower(Model):
    """What one side of an agreement rests on."""

    power: str
    basis: str
    condition: str | None = None


class Disclosure(Model):
    """One message as it went to one recipient."""

    recipient: str
    organisation: str
    service: str
    message: str
    notice: NoticeWord
    version: int = Field(description="of the case")
    fields: tuple[str, ...] = Field(description="the paths of what it told, and of nothing else")
    agreement: str = Field(description="`id@version`, as it was when this was planned")
    purpose: str | None = None
    sender: CitedPower | None = None
    receiver: CitedPower | None = None
    protocol: str | None = None
    first_disclosed_at: UtcTime
    payload: Literal["full", "thin"] = "full"
    fetched_at: UtcTime | None = Field(None, description="of a thin event: when its recipient first fetched the rest")
    told: bool = Field(description="false: it is proved that nothing of it was sent")


class Disclosures(Model):
    """Everything that was told of a case, in the order in which it went."""

    reference: str
    recipients_shown: bool = Field(True, description="false: to whom anything went is not shown to this teller")
    disclosures: tuple[Disclosure, ...] = ()
