"""The answer as the API and the command line give it."""

from datetime import date
from typing import Literal

from pydantic import Field

from hub.places import CouncilKind, Tier
from schemas.words import Model


class Named(Model):
    """A ward or a body, by its GSS code; a council decided and not yet coded has a name of its own for one."""

    code: str
    name: str


class ResponsibleCouncil(Named):
    """One council responsible at the place. `role` is what it runs there: in two tiers `district` or `county`, else `both`."""

    kind: CouncilKind
    role: Literal["district", "county", "both"]
    ends_on: date | None = Field(None, description="the first day without it, where that is decided")
    ends: str | None = Field(None, description="the same in a sentence, with who comes after it")


class SuccessionSaid(Model):
    """A council that took over here, and from whom. Before the edition the place may have been any of theirs. For a day before it
    the councils are the edition's, and what happened since then is said too."""

    on: date
    successor: Named
    ended: tuple[Named, ...]
    sentence: str


class AskedService(Model):
    """A recipient that would be asked whether it may be told."""

    recipient: str
    name: str
    kinds: tuple[str, ...] = Field(description="of what it would be told")
    everywhere: bool = Field(description="it is asked wherever somebody lived")


class MissingService(Model):
    """A service that every place has and nobody in the register runs here, or nobody can be named for: what is for it becomes a task."""

    service: str
    kind: str


class PlaceAnswer(Model):
    """A postcode on a day. Where no council can be named, `reason` and `explanation` say why and there is neither tier nor council."""

    postcode: str
    on: date
    edition: date = Field(description="the day of the postcodes and boundaries")
    reason: str | None = None
    explanation: str | None = None
    tier: Tier | None = None
    nation: str | None = None
    ward: Named | None = None
    councils: tuple[ResponsibleCouncil, ...] = ()
    combined_authority: Named | None = None
    successions: tuple[SuccessionSaid, ...] = ()
    register_version: int | None = Field(None, description="of the register that the services are from; none: it could not be asked")
    services: tuple[AskedService, ...] = ()
    missing: tuple[MissingService, ...] = ()
