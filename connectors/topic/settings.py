"""What a topic recipient's entry says of its consumer."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class TopicSettings(BaseModel):
    """`group`: the one consumer group whose committed offsets mean that the recipient has what lay there;
    `retentionHours`: how long a copy stays on the topic, for a topic that is still to be made."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    group: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,200}$")]
    retention_hours: Annotated[int, Field(alias="retentionHours", ge=24, le=24 * 90)] = 24 * 14


def settings_faults(settings: Mapping[str, Any]) -> list[str]:
    """What is wrong with an entry's settings, a sentence each."""
    try:
        TopicSettings.model_validate(settings)
    except ValidationError as error:
        return [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False, include_url=False)]
    return []
