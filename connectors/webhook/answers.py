"""What a recipient's HTTP answer, or the lack of one, means. What follows from it: docs/guarantees.md."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from connectors.contract import Delivered, EndpointFault, Gone, Outcome, Parcel, Refused, Retry
from connectors.webhook.exchange import Answer, Failed

_DELIVERED = Delivered(200)
_ENDPOINT = frozenset({401, 403, 404, 405})
_AGAIN = frozenset({408, 429})


def outcome_of(answer: Answer | Failed) -> Outcome:
    """The outcome of one request. Its status has been said once it is read, whatever becomes of the rest of the answer."""
    if isinstance(answer, Failed):
        return Retry(answer.cause, unsent=answer.unsent)
    return outcome_of_status(answer.status, answer.retry_after)


def outcome_of_status(status: int, retry_after: str | None) -> Outcome:
    """The outcome of an answer by its status. Redirects are refused: they would take personal data elsewhere."""
    if status == 200:
        return _DELIVERED
    if 200 <= status < 300:
        return Delivered(status)
    if status == 410:
        return Gone(status)
    if status in _ENDPOINT or 300 <= status < 400:
        return EndpointFault(f"http-{status}", status)
    if status in _AGAIN or status >= 500:
        return Retry(f"http-{status}", status, after=seconds(retry_after))
    return Refused(f"http-{status}", status)


def seconds(retry_after: str | None) -> float | None:
    """Seconds from a `Retry-After` header, a number or an HTTP date (RFC 9110 §10.2.3); None where it is neither."""
    if not retry_after:
        return None
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    try:
        at = parsedate_to_datetime(retry_after)
        aware = at if at.tzinfo else at.replace(tzinfo=UTC)
        return max(0.0, (aware - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError):
        return None


def outcomes_of_batch(parcels: Sequence[Parcel], answer: Answer | Failed) -> list[Outcome]:
    """Item by item from `{"items": [{"id", "status", "retry_after"?}]}`; `status` is an HTTP status code.

    A 2xx without `items` means all. Items not named, or named without a usable status, are outcome unknown; so are all
    of a 2xx that broke off, or that begins as JSON and cannot be read to its end.
    """
    outcome = outcome_of(answer)
    if isinstance(answer, Failed) or not isinstance(outcome, Delivered):
        return [outcome] * len(parcels)
    try:
        said = orjson.loads(answer.body) if answer.body else None
    except orjson.JSONDecodeError:
        said = None
        if answer.body.lstrip()[:1] in (b"{", b"["):
            return [Retry("answer-unreadable", answer.status)] * len(parcels)
    if not answer.whole:
        return [Retry("answer-unreadable", answer.status)] * len(parcels)
    items = said.get("items") if isinstance(said, dict) else None
    if not isinstance(items, list):
        return [outcome] * len(parcels)
    named = {item["id"]: item for item in items if isinstance(item, dict) and isinstance(item.get("id"), str)}
    return [_outcome_of_item(named.get(parcel.message)) for parcel in parcels]


def _outcome_of_item(item: dict[str, Any] | None) -> Outcome:
    if item is None:
        return Retry("not-named")
    status, after = item.get("status"), item.get("retry_after")
    if not isinstance(status, int) or not 200 <= status <= 599:
        return Retry("status-unreadable")
    outcome = outcome_of_status(status, str(int(after)) if isinstance(after, int | float) and 0 <= after < 1e9 else None)
    # The endpoint has just taken the batch: what it says of one item says nothing of itself.
    return Refused(f"http-{status}", status) if isinstance(outcome, EndpointFault | Gone) else outcome
