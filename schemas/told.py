"""What a recipient reads: the CloudEvent 1.0 that tells it of one change, with no more in it than its agreement names."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from schemas.events.life_event import UtcTime
from schemas.standing import Standing
from schemas.words import Model

_PAIRWISE = r"^[0-9a-f]{32}$"
Pairwise = Annotated[str, Field(pattern=_PAIRWISE)]


class Told(Model):
    """The envelope. Attributes of CloudEvents are written in small letters throughout; those below `agreement` are there where they
    apply. Read what you do not know over: attributes are added within a major version, and none changes its meaning."""

    model_config = ConfigDict(alias_generator=None, extra="ignore")

    specversion: Literal["1.0"]
    id: Annotated[str, Field(pattern=r"^msg_[0-9a-f]{32}_[0-9]+$", description="the message: the same again has the same id and content")]
    source: Annotated[str, Field(description="the hub that tells")]
    type: Annotated[
        str,
        Field(
            pattern=r"^uk\.tellusonce\.[a-z0-9-]+\.(notified|corrected|withdrawn|cancelled|retracted)\.v1$",
            description="the kind of change and what is said of it; `retracted` alone says that it never happened",
        ),
    ]
    subject: Annotated[Pairwise, Field(description="the person, by an id that means nothing to anybody else")]
    time: UtcTime
    datacontenttype: Literal["application/json"]
    caseversion: Annotated[int, Field(ge=1, description="of two messages of one subject and kind the higher is the newer")]
    standing: Standing
    agreement: Annotated[str, Field(description="under which it is told: id@version")]
    part: Annotated[
        Literal["end", "start", "update"] | None, Field(description="of a move: what it is for you; `update`: both addresses are yours")
    ] = None
    stoppayments: Annotated[Literal[False] | None, Field(description="the fact is not sure enough to stop a payment on it")] = None
    alias: Annotated[Pairwise | None, Field(description="another id of the same person, since two cases were found to be one")] = None
    formeralias: Annotated[Pairwise | None, Field(description="an id that was said to be of the same person, and is not")] = None
    originsource: Annotated[str | None, Field(description="your own source, where you told the hub first")] = None
    originid: Annotated[str | None, Field(description="your own id, likewise")] = None
    contactname: Annotated[str | None, Field(description="of a retraction: the one person at the hub to speak to")] = None
    contacttelephone: Annotated[str | None, Field(description="likewise")] = None
    contactemail: Annotated[str | None, Field(description="likewise")] = None
    dataref: Annotated[str | None, Field(description="where your client fetches the data, where the agreement has a thin payload")] = None
    data: Annotated[dict[str, Any], Field(description="the fields your agreement names, after the kind's schema, each where it is known")]
