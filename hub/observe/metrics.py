"""Every metric of the hub, named and explained in one place.

Counters and histograms belong to the process that counts; gauges are set by the clock from tallies and never from a
scan of deliveries. Every label set that is known beforehand is exported at 0, or `increase()` misses the first event.
"""

from collections.abc import Iterable

from prometheus_client import Counter, Gauge, Histogram

from schemas.delivery import State

OUTCOMES = ("delivered", "placed", "retry", "refused", "endpoint-fault", "gone")
ANSWERS = ("accepted", "applied", "no record held", "rejected", "needs information")
CHANNELS = ("http", "topic", "collected")

_SOON = (0.005, 0.01, 0.02, 0.03, 0.06, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_LATE = (900, 3600, 4 * 3600, 24 * 3600, 72 * 3600)

notifications_accepted = Counter("tuo_notifications_accepted", "Notifications answered 202 for the first time.", ["kind"])
planning_lag = Histogram("tuo_planning_lag_seconds", "From a version's commit to the commit of its plan.", buckets=(*_SOON, *_LATE))
deliveries = Gauge("tuo_deliveries", "Deliveries in each state, from the tally.", ["state"])
backlog = Gauge("tuo_delivery_backlog", "Deliveries queued for the recipient, first tries and retries, from the tally.", ["recipient"])
attempts = Counter("tuo_delivery_attempts", "Tries at a delivery by what came of them.", ["connector", "outcome"])
accept_to_delivered = Histogram(
    "tuo_accept_to_delivered_seconds",
    "From the commit of a version at intake until its recipient has it, or it is placed.",
    ["connector"],
    buckets=(*_SOON, *_LATE),
)
oldest_undelivered = Gauge(
    "tuo_oldest_undelivered_seconds", "Age of the recipient's oldest delivery that is queued, in flight or failed.", ["recipient"]
)
outbox_waiting = Gauge("tuo_outbox_waiting", "Case versions not yet on life-events, counted up to 100,000.")
outbox_oldest = Gauge("tuo_outbox_oldest_seconds", "Age of the oldest case version not yet on life-events.")
news_waiting = Gauge("tuo_news_waiting", "Batches of news not yet on their topic, counted up to 100,000.")
unplanned = Gauge("tuo_cases_unplanned", "Cases that wait for planning, counted up to 100,000.")
breaker_open = Gauge("tuo_breaker_open", "1 while the breaker of any lane of the recipient is open.", ["recipient"])
recipient_paused = Gauge("tuo_recipient_paused", "1 while any lane of the recipient is paused.", ["recipient"])
agreements_ending = Gauge("tuo_agreements_ending", "Agreements that end within 30 days, or have ended, and that nothing follows.")
left_out = Counter("tuo_reconciliation_left_out", "Cases in whose plan somebody was missing: every one is a defect.")
reconciled = Gauge("tuo_reconciliation_timestamp_seconds", "When every case had last been looked at by the reconciliation.")
dead_letters = Counter("tuo_dead_letters", "Records that could not be processed.", ["topic"])
dead_letters_waiting = Gauge("tuo_dead_letters_waiting", "Dead letters that nobody has put back yet.")
answers = Counter("tuo_answers", "Business answers of recipients by channel.", ["answer", "channel"])
tasks_open = Gauge("tuo_tasks_open", "Open tasks by cause.", ["cause"])
breach_hours_left = Gauge(
    "tuo_breach_assessment_hours_left", "Hours until the first open breach assessment is due; below 0 it is late, NaN where none is open."
)
clock_beat = Gauge("tuo_clock_beat_timestamp_seconds", "When the clock's leader last finished its round of duties.")
duty_failures = Counter("tuo_clock_duty_failures", "Rounds of a duty that ended in an error.", ["duty"])

for _state in State:
    deliveries.labels(_state.word)
for _answer in ANSWERS:
    for _channel in CHANNELS:
        answers.labels(_answer, _channel)


def start_at_zero(
    *, kinds: Iterable[str] = (), connectors: Iterable[str] = (), recipients: Iterable[str] = (), topics: Iterable[str] = ()
) -> None:
    """Export the label sets that are known only at the start of a process, or when the register changes."""
    for kind in kinds:
        notifications_accepted.labels(kind)
    for connector in connectors:
        accept_to_delivered.labels(connector)
        for outcome in OUTCOMES:
            attempts.labels(connector, outcome)
    for topic in topics:
        dead_letters.labels(topic)
    for recipient in recipients:
        for gauge in (backlog, oldest_undelivered, breaker_open, recipient_paused):
            gauge.labels(recipient)
