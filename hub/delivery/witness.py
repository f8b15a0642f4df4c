"""What the hub shows of its attempts: a wide event and a count each, and how long a recipient waited."""

from collections import Counter
from collections.abc import Sequence
from functools import cache

from prometheus_client import Histogram

from connectors.contract import Delivered, EndpointFault, Gone, Outcome, Placed, Refused, Retry
from hub.delivery.parts import Settlement
from hub.observe import metrics, wide_events
from schemas.ids import message_id

_WORDS: dict[type[Outcome], str] = {
    Delivered: "delivered",
    Placed: "placed",
    Retry: "retry",
    Refused: "refused",
    EndpointFault: "endpoint-fault",
    Gone: "gone",
}


def count_and_log(settlements: Sequence[Settlement]) -> None:
    """Once for every settled batch: metrics by outcome, accept-to-delivered, and a log line an attempt."""
    tried = [(s, _WORDS[type(s.outcome)]) for s in settlements if s.outcome is not None]
    for (connector, word), count in Counter((s.connector, word) for s, word in tried).items():
        metrics.attempts.labels(connector, word).inc(count)
    for settlement, word in tried:
        if word in ("delivered", "placed"):
            waited = settlement.at.timestamp() - (settlement.claimed.delivery.int >> 80) / 1000
            _waited(settlement.connector).observe(waited)
    wide_events("attempt", (_event(s, word) for s, word in tried))


@cache
def _waited(connector: str) -> Histogram:
    return metrics.accept_to_delivered.labels(connector)


def _event(settlement: Settlement, word: str) -> dict[str, object]:
    claimed = settlement.claimed
    return {
        "message": message_id(claimed.delivery, claimed.message),
        "recipient": settlement.recipient,
        "connector": settlement.connector,
        "version": claimed.version,
        "attempt": claimed.attempts,
        "outcome": word,
        "status": getattr(settlement.outcome, "status", None),
        "cause": getattr(settlement.outcome, "cause", None),
        "state": settlement.verdict.state.word,
        "took_ms": settlement.took_ms,
    }
