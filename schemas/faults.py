"""What is wrong with an input, said so that the sender can correct it, and never with the values it carried."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from schemas.events.registry import members_at
from schemas.notification import BUILT_IN, Notification, Notifications
from schemas.words import ACCEPTED


@dataclass(frozen=True, slots=True)
class Fault:
    """`field` is a dotted path (empty: the whole), `fault` what was wrong with it, `accepted` what would be right."""

    field: str
    fault: str
    accepted: str


_WORDS: dict[str, tuple[str, str]] = {
    "missing": ("is missing", "it is required"),
    "extra_forbidden": ("has a member that is not taken", "only the members of the published schema"),
    "json_invalid": ("is not JSON", "a JSON object in UTF-8"),
    "json_type": ("is not JSON", "a JSON object in UTF-8"),
    "string_type": ("is not text", "a string"),
    "string_unicode": ("is not UTF-8", "text in UTF-8"),
    "string_too_short": ("is too short", "at least {min_length} characters"),
    "string_too_long": ("is too long", "at most {max_length} characters"),
    "too_short": ("has too few members", "at least {min_length}"),
    "too_long": ("has too many members", "at most {max_length}"),
    "literal_error": ("is not known", "{expected}"),
    "enum": ("is not known", "{expected}"),
    "union_tag_invalid": ("is not a kind the hub knows", "{expected_tags}"),
    "union_tag_not_found": ("is missing", "{tags}"),
    "bool_type": ("is not true or false", "true or false"),
    "bool_parsing": ("is not true or false", "true or false"),
    "int_type": ("is not a whole number", "a whole number"),
    "int_parsing": ("is not a whole number", "a whole number"),
    "int_from_float": ("is not a whole number", "a whole number"),
    "float_type": ("is not a number", "a number"),
    "float_parsing": ("is not a number", "a number"),
    "greater_than": ("is too small", "more than {gt}"),
    "greater_than_equal": ("is too small", "at least {ge}"),
    "less_than_equal": ("is too large", "at most {le}"),
    "timezone_aware": ("has no time zone", "a time with its zone, such as 2026-03-12T17:39:54Z"),
    "tuple_type": ("is not a list", "a list"),
    "dict_type": ("is not an object", "an object"),
    "model_type": ("is not an object", "an object"),
    "model_attributes_type": ("is not an object", "an object"),
}
# Listing faults costs more than finding them. Who has more than this has sent something else altogether.
_MOST_LISTED = 200
_TEMPORAL = {
    "datetime": ("is not a time", "a time with its zone, such as 2026-03-12T17:39:54Z"),
    "date": ("is not a date", "a day, such as 2026-03-12"),
}
_OTHER = ("is not valid", "see the published schema")


def faults(error: ValidationError, read_by: Notifications = BUILT_IN) -> list[Fault]:
    """Each fault once, in the order found, at most 20; of hundreds only that they are. A field's name is given only where the
    schema knows it."""
    if error.error_count() > _MOST_LISTED:
        return [Fault("", f"has more than {_MOST_LISTED} faults", "an event after the published schema")]
    found = (_fault(item, read_by.models) for item in error.errors(include_url=False, include_input=False)[:20])
    return list(dict.fromkeys(found))


def _fault(item: Any, models: Mapping[str, type[Notification]]) -> Fault:
    kind, loc, context = item["type"], list(item["loc"]), item.get("ctx", {})
    if kind == "extra_forbidden":
        loc = loc[:-1]  # the name of an unknown member is the sender's text, and may be anything
        if loc and loc[0] in models:
            context = {"accepted": f"only {', '.join(members_at(models[loc[0]], loc[1:]))}"}
    if kind.startswith("union_tag"):
        return Fault("type", _WORDS[kind][0], ", ".join(models))
    field = ".".join(str(part) for part in loc if part not in models)
    return Fault(field, *in_words({**item, "ctx": context}))


def in_words(item: Any, own: Mapping[str, tuple[str, str]] | None = None) -> tuple[str, str]:
    """What is wrong by one item of `ValidationError.errors()`, and what is accepted: never in pydantic's words. `own` are those
    that one sort of input has for itself."""
    kind, context = item["type"], item.get("ctx", {})
    if "accepted" in context:
        return _WORDS.get(kind, (item["msg"],))[0], context["accepted"]
    if kind == "string_pattern_mismatch":
        return "is not of the form accepted", ACCEPTED.get(context["pattern"], context["pattern"])
    fault, accepted = (own or {}).get(kind) or _WORDS.get(kind) or _TEMPORAL.get(kind.partition("_")[0], _OTHER)
    return fault, accepted.format(**context)
