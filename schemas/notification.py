"""What one person or body tells the hub once: a CloudEvent 1.0 whose data is one life event. Immutable."""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field, GetCoreSchemaHandler, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from schemas.events import Bereavement, LifeEvent, UtcTime
from schemas.words import Model, pattern

_ID = pattern(r"^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$", "text on one line, without control or formatting characters")
_SOURCE = pattern(r"^[!-~]+$", "a URI that names your system, such as https://registrars.example.org/deaths or urn:example:deaths")
_OPAQUE = pattern(r"^[0-9a-fA-F-]{32,36}$", "nothing, or an opaque UUID: never a person's name or number")


class Notification(Model):
    """The envelope. Extension attributes are allowed by CloudEvents and carry nothing here: they are dropped unread."""

    model_config = ConfigDict(extra="ignore")
    kind: ClassVar[str]

    specversion: Literal["1.0"] = "1.0"
    id: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_ID)]
    source: Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=_SOURCE)]
    type: str
    time: UtcTime | None = None
    subject: Annotated[str, StringConstraints(pattern=_OPAQUE)] | None = None
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: Annotated[str, Field(max_length=300)] | None = None
    data: LifeEvent


class BereavementNotification(Notification):
    """A death, told."""

    kind: ClassVar[str] = "bereavement"

    type: Literal["uk.tellusonce.bereavement.v1"]
    data: Bereavement


NOTIFICATIONS: dict[str, type[Notification]] = {"uk.tellusonce.bereavement.v1": BereavementNotification}


class _AnyNotification:
    """Chooses the model by the event's `type`, in compiled code."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        choices = {type_: handler.generate_schema(model) for type_, model in NOTIFICATIONS.items()}
        return core_schema.tagged_union_schema(choices, discriminator="type")


_ANY: TypeAdapter[Any] = TypeAdapter(_AnyNotification, config=ConfigDict(hide_input_in_errors=True))


def parse_notification(raw: bytes | str) -> Notification:
    """The notification in a structured-mode CloudEvent. Raises `pydantic.ValidationError`: see `schemas.faults`."""
    return _not_from_the_future(_ANY.validator.validate_json(raw, by_alias=True, by_name=False))


def parse_notification_object(event: dict[str, Any]) -> Notification:
    """The same from an event already read from JSON: binary mode, or one item of a batch."""
    return _not_from_the_future(_ANY.validator.validate_python(event, by_alias=True, by_name=False))


def encode_notification(notification: Notification) -> bytes:
    """One spelling for each content, as stored and compared: model order, nothing that was not said."""
    return notification.__pydantic_serializer__.to_json(notification, by_alias=True, exclude_none=True)


def decode_notification(stored: bytes) -> Notification:
    """What `encode_notification` wrote."""
    found: Notification = _ANY.validator.validate_json(stored, by_alias=True, by_name=False)
    return found


def content_of(event: LifeEvent) -> dict[str, Any]:
    """The event as a JSON object in the wire's names, nothing that was not said: what a policy takes fields from."""
    content: dict[str, Any] = event.__pydantic_serializer__.to_python(event, mode="json", by_alias=True, exclude_none=True)
    return content


def _not_from_the_future(notification: Notification) -> Notification:
    ahead = notification.data.ahead_of(datetime.now(UTC))
    if ahead:
        faults = [InitErrorDetails(type=_future(accepted), loc=("data", *path), input=None) for path, accepted in ahead.items()]
        raise ValidationError.from_exception_data("Notification", faults, hide_input=True)
    return notification


def _future(accepted: str) -> PydanticCustomError:
    return PydanticCustomError("future", "lies in the future", {"accepted": accepted})
