"""What a teller is answered: the reference, where to look, and what was understood; or a problem document (RFC 9457)."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.faults import Fault
from schemas.standing import Fact, Standing
from schemas.words import Model, is_empty


class Links(Model):
    """Where to look: `status` for the client that told, `page` for whoever holds the link."""

    status: str
    page: str


class Note(Model):
    """What may have been meant otherwise: it was taken as told."""

    field: str = Field(description="a dotted path")
    note: str = Field(description="a sentence")


class Understood(Model):
    """What the hub made of a notification. `alreadyTold`: it knew of the case from somebody else."""

    kind: str
    standing: Standing
    fact: Fact
    position: Literal["new", "newer", "older", "repeated"] = Field(description="where it stands among what was told of the case")
    already_told: bool
    notes: Annotated[tuple[Note, ...], Field(exclude_if=is_empty)] = ()


class Receipt(Model):
    """A notification is recorded."""

    reference: str
    reference_in_groups: str = Field(description="the same, for people to read out")
    links: Links
    understood: Understood


class ItemReceipt(Receipt):
    """An item of a batch is recorded."""

    id: str
    status: Literal[202]
    replayed: bool = Field(description="the first answer, given again")


class ProblemDocument(Model):
    """Why something was refused, and what to do."""

    id: str | None = Field(None, description="of an item of a batch, where it could be read")
    type: str = Field(description="a URN: for machines to tell problems apart")
    title: str
    status: int
    detail: str
    faults: tuple[Fault, ...] = ()


class BatchReceipt(Model):
    """What became of each item of a batch, in its order."""

    items: tuple[ItemReceipt | ProblemDocument, ...]
