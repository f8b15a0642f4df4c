"""What a file of the register says: one organisation, its services, and the agreements under which they are told."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, Field, SerializerFunctionWrapHandler, StringConstraints, model_serializer, model_validator

from hub.kinds import Entry, Path, Slug
from schemas import Answer, Standing
from schemas.duration import Duration
from schemas.parts import Confidence
from schemas.words import pattern

_Word = TypeVar("_Word", bound=str)


def _sorted(values: tuple[_Word, ...]) -> tuple[_Word, ...]:
    return tuple(sorted(set(values)))


LongSlug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=120)]
_ID = pattern(r"^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$", "organisation and service, such as stevenage.council-tax")
_CODE = pattern(r"^[EWSNK][0-9]{8}$|^[a-z][a-z-]+$", "a council's code, such as E07000243, or a name of the hub's own, such as west-surrey")
RecipientId = Annotated[str, StringConstraints(pattern=_ID, max_length=81)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Filtering = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True)]
Code = Annotated[str, StringConstraints(pattern=_CODE)]


class Covered(Entry):
    """A council's area for which somebody is responsible: always, written as its code alone, or for the days said beside it.

    So a service passes from one provider to another on a day: `until` in the one's entry, the same day as `from` in the other's.
    """

    code: Code
    from_: date = Field(date.min, alias="from", description="the first day")
    until: date | None = Field(None, description="the first day on which it is somebody else's, or nobody's")

    def is_running(self, on: date) -> bool:
        return self.from_ <= on and (self.until is None or on < self.until)

    @model_validator(mode="before")
    @classmethod
    def _of_code_alone(cls, value: Any) -> Any:
        return {"code": value} if isinstance(value, str) else value

    @model_serializer(mode="wrap")
    def _as_written(self, serialise: SerializerFunctionWrapHandler) -> Any:
        return self.code if self.from_ == date.min and self.until is None else serialise(self)


def _in_order(places: tuple[Covered, ...]) -> tuple[Covered, ...]:
    return tuple(sorted(set(places), key=lambda one: (one.code, one.from_)))


Places = Annotated[tuple[Covered, ...], Field(min_length=1), AfterValidator(_in_order)] | Literal["everywhere"]


class Way(Entry):
    """How a recipient is reached."""

    connector: Slug
    settings: dict[str, Any] = Field(default_factory=dict)


# The number of the lane of news that cannot wait, beside a recipient's ordinary lanes, which count from 0.
URGENT_LANE = 100


class Service(Entry):
    """One service of an organisation that may have to be told."""

    service: Slug
    name: Text
    kinds: Annotated[tuple[str, ...], Field(min_length=1)]
    connector: Slug
    settings: dict[str, Any] = Field(default_factory=dict)
    urgent: Way | None = Field(None, description="its fastest way, where cancellations and retractions go by another than the rest")
    places: Places | None = Field(None, description="where it differs from the organisation's: a shared back office, an agency agreement")
    answers_within: Duration | Literal["never"] = Field(description="by when it says what it did; `never`: it does not tell the hub")
    collects_within: Duration | None = Field(None, description="for what it collects itself: by when it does")
    concurrency: Annotated[int, Field(ge=1, le=512)] = 16
    per_second: Annotated[float, Field(ge=0.001, le=10_000)] | None = None
    lanes: Annotated[int, Field(ge=1, le=16, description="more than one only for a very large recipient")] = 1
    filters: Mapping[str, Filtering] = Field(
        default_factory=dict,
        description="by kind which of its news the service wants (docs/filters.md); all where none",
    )

    @property
    def ways(self) -> Mapping[tuple[str, ...], Way]:
        """The ordinary way and the urgent one, if there is one, by where in the entry it stands."""
        ordinary = Way(connector=self.connector, settings=self.settings)
        return {(): ordinary} if self.urgent is None else {(): ordinary, ("urgent",): self.urgent}

    def way(self, *, urgent: bool) -> Way:
        """The one that news of this kind goes by."""
        return self.urgent if urgent and self.urgent is not None else self.ways[()]


class Power(Entry):
    """What the law asks of a flow, named apart for who sends and who receives (UK GDPR Articles 6 and 9)."""

    power: Annotated[Text, Field(description="the power to share: the enactment, or `sample` in a demonstration")]
    basis: Annotated[Text, Field(description="Article 6, of the sender and of the recipient")]
    condition: Text | None = Field(None, description="Article 9, where there is health, religion or the like in it")


class Agreement(Entry):
    """Under it one recipient is told certain fields of one kind of event. Without a cited power, and without a signed
    impact assessment, it holds. What is not said denies: a choice, the narrowest reading, no protected case."""

    id: LongSlug
    version: Annotated[int, Field(ge=1, le=9999)] = 1
    recipient: RecipientId
    kind: str
    standing: Standing = Field(Standing.REGISTERED, description="the least sure fact it may be told")
    fields: Annotated[tuple[Path, ...], Field(min_length=1, max_length=200), AfterValidator(_sorted)]
    purpose: Text | None = Field(None, description="what the recipient does with it, as records of processing and notices say it")
    nature: Literal["duty", "entitlement", "offer", "reminder"] = Field("duty", description="what being told leads to for the citizen")
    asks: Literal["statute", "choice"] = Field(
        "choice", description="`statute`: nobody is asked; `choice`: only whom the citizen chose is told, as a safeguard beside the basis"
    )
    identity: Confidence = Field(Confidence.LOW, description="of an informal fact: how sure at least it must be who told")
    sender: Power | None = None
    receiver: Power | None = None
    protocol: Text = Field(description="reference of the signed protocol")
    impact_assessment: Text | None = Field(None, description="reference of the signed impact assessment, or `sample` in a demonstration")
    signed_by: Text | None = Field(None, description="who signed for the recipient: an office, not a person's name")
    signed_on: date | None = None
    payload: Literal["full", "thin"] = Field(
        "full", description="`thin`: the event says only that there is something, and where to fetch it"
    )
    mark: Literal["stop-nothing"] | None = Field(
        "stop-nothing", description="what an event says that is not registered: that no payment may be stopped on it"
    )
    handles_protected: bool = Field(False, description="whether it is told of somebody who is protected: its people are trained for that")
    starts: date = date.min
    ends: date | None = Field(None, description="the first day on which it no longer holds")
    answers: Annotated[tuple[Answer, ...], AfterValidator(_sorted)] = Field(
        tuple(sorted(Answer)), description="which answers may come back; of any other the hub keeps only that the message was received"
    )
    citizen_reads: Literal["received", "everything"] = Field(
        "received", description="how much of this recipient's answers the teller may read"
    )

    @property
    def name(self) -> str:
        """As messages and the disclosure record cite it: `id@version`."""
        return f"{self.id}@{self.version}"

    def is_running(self, on: date) -> bool:
        return self.starts <= on and (self.ends is None or on < self.ends)

    @property
    def is_thin(self) -> bool:
        return self.payload == "thin"

    @property
    def offers(self) -> bool:
        """Whether it brings the citizen something they need not hear near a death."""
        return self.nature in ("offer", "reminder")

    @property
    def cites_power(self) -> bool:
        return self.sender is not None and self.receiver is not None

    @property
    def lacks(self) -> str | None:
        """The rule that holds everything under it, whoever is told of whom; None where nothing does."""
        if not self.cites_power:
            return "no-power"
        return None if self.impact_assessment else "no-impact-assessment"


class Organisation(Entry):
    """One file: an organisation with its services and their agreements."""

    organisation: Slug
    name: Text
    places: Places
    contact: Text | None = Field(None, description="the desk that answers for its services")
    services: Annotated[tuple[Service, ...], Field(min_length=1)]
    agreements: tuple[Agreement, ...] = ()
