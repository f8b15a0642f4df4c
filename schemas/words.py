"""How every model here is read: camelCase on the wire, nothing unknown, every text limited, faults in plain words."""

from enum import IntEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, StringConstraints
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema


class Model(BaseModel):
    """A model of the wire. In Python its fields have Python names; on the wire camelCase alone is read and written."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        extra="forbid",
        frozen=True,
        str_strip_whitespace=True,
        ser_json_temporal="iso8601",
        hide_input_in_errors=True,
        # What is made ready when it is first used costs the processes nothing that never use it.
        defer_build=True,
    )

    def __repr__(self) -> str:
        """Its name alone: what it holds may be personal, and representations end in logs and in exceptions."""
        return f"{type(self).__name__}(…)"

    __str__ = __repr__


def wire_fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a model by their names on the wire."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def json_schema(model: type[Model]) -> dict[str, Any]:
    """The JSON Schema 2020-12 of a model as it is written on the wire."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema(by_alias=True)}


class WordEnum(IntEnum):
    """A number in the ledger, its name as a lower-case word on the wire."""

    @property
    def word(self) -> str:
        return self.name.lower()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        by_word = {member.word: member for member in cls}
        read = core_schema.no_info_after_validator_function(by_word.__getitem__, core_schema.literal_schema(list(by_word)))
        return core_schema.json_or_python_schema(
            json_schema=read,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), read]),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda member: member.word, return_schema=core_schema.literal_schema(list(by_word))
            ),
        )


# What a pattern accepts, in words for the person who has to correct the input.
ACCEPTED: dict[str, str] = {}


def pattern(expression: str, accepted: str) -> str:
    """`expression`, remembered together with what it accepts."""
    ACCEPTED[expression] = accepted
    return expression


def is_empty(items: tuple[object, ...]) -> bool:
    """Empty lists are not written: a list added to a model later then leaves the spelling of older content as it was."""
    return not items


PRINTABLE = pattern(r"^\P{Cc}+$", "text on one line, without control characters")
_LINES = pattern(r"^[\P{Cc}\n]+$", "text without control characters other than line ends")

Line = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=PRINTABLE)]
ShortLine = Annotated[str, StringConstraints(min_length=1, max_length=35, pattern=PRINTABLE)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=_LINES)]
