"""What one person or body tells the hub once: a CloudEvent 1.0 whose data is one life event. Immutable."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field, GetCoreSchemaHandler, StringConstraints, TypeAdapter, ValidationError, create_model
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from schemas.events import KINDS, LifeEvent, Misplaced, UtcTime, event_type
from schemas.words import Model, pattern

_ID = pattern(r"^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$", "text on one line, without control or formatting characters")
_SOURCE = pattern(r"^[!-~]+$", "a URI that names your system, such as https://registrars.example.org/deaths or urn:example:deaths")
_OPAQUE = pattern(r"^[0-9a-fA-F-]{32,36}$", "nothing, or an opaque UUID: never a person's name or number")

EventId = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_ID)]


class Notification(Model):
    """The envelope. Other extension attributes are allowed by CloudEvents and carry nothing here: they are dropped unread."""

    model_config = ConfigDict(extra="ignore")
    kind: ClassVar[str]

    specversion: Literal["1.0"] = "1.0"
    id: EventId
    source: Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=_SOURCE)]
    type: str
    time: UtcTime | None = None
    subject: Annotated[str, StringConstraints(pattern=_OPAQUE)] | None = None
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: Annotated[str, Field(max_length=300)] | None = None
    corrects: Annotated[EventId | None, Field(description="the id of an earlier notification of yours, from the same source")] = None
    originid: Annotated[EventId | None, Field(description="the id of the event of the hub's that this comes from, where it does")] = None
    data: LifeEvent


def notification_of(model: type[LifeEvent]) -> type[Notification]:
    """The envelope with one kind of life event in it."""
    name, type_ = f"{model.__name__}Notification", event_type(model.kind)
    fields: dict[str, Any] = {"type": (Literal[type_], ...), "data": (model, ...)}
    made = create_model(name, __base__=Notification, __module__=__name__, __doc__=model.__doc__, **fields)
    made.kind = model.kind
    return made


class Notifications:
    """Reads notifications of the kinds it is made for; `models` are their envelopes by CloudEvents `type`."""

    def __init__(self, kinds: Mapping[str, type[LifeEvent]]) -> None:
        self._kinds = dict(kinds)

    @cached_property
    def models(self) -> Mapping[str, type[Notification]]:
        return {event_type(kind): notification_of(model) for kind, model in self._kinds.items()}

    @cached_property
    def _any(self) -> Any:
        return TypeAdapter(_any_of(self.models), config=ConfigDict(hide_input_in_errors=True)).validator

    def parse(self, raw: bytes | str) -> Notification:
        """The notification in a structured-mode CloudEvent. Raises `pydantic.ValidationError`: see `schemas.faults`."""
        return _in_time(self._any.validate_json(raw, by_alias=True, by_name=False))

    def parse_object(self, event: dict[str, Any]) -> Notification:
        """The same from an event already read from JSON: binary mode, or one item of a batch."""
        return _in_time(self._any.validate_python(event, by_alias=True, by_name=False))

    def decode(self, stored: bytes) -> Notification:
        """What `encode_notification` wrote."""
        found: Notification = self._any.validate_json(stored, by_alias=True, by_name=False)
        return found


def _any_of(models: Mapping[str, type[Notification]]) -> Any:
    """A type that chooses the model by the event's `type`, in compiled code."""

    class AnyNotification:
        @classmethod
        def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
            choices = {type_: handler.generate_schema(model) for type_, model in models.items()}
            return core_schema.tagged_union_schema(choices, discriminator="type")

    return AnyNotification


BUILT_IN = Notifications(KINDS)


def encode_notification(notification: Notification) -> bytes:
    """One spelling for each content, as stored and compared: model order, nothing that was not said."""
    return notification.__pydantic_serializer__.to_json(notification, by_alias=True, exclude_none=True)


def content_of(event: LifeEvent) -> dict[str, Any]:
    """The event as a JSON object in the wire's names, nothing that was not said: what a policy takes fields from."""
    content: dict[str, Any] = event.__pydantic_serializer__.to_python(event, mode="json", by_alias=True, exclude_none=True)
    return content


def _in_time(notification: Notification) -> Notification:
    misplaced = notification.data.out_of_time(datetime.now(UTC))
    if misplaced:
        found = [InitErrorDetails(type=_fault(what), loc=("data", *path), input=None) for path, what in misplaced.items()]
        raise ValidationError.from_exception_data("Notification", found, hide_input=True)
    return notification


def _fault(misplaced: Misplaced) -> PydanticCustomError:
    return PydanticCustomError("misplaced", "{fault}", {"fault": misplaced.fault, "accepted": misplaced.accepted})
