"""What the hub shows of itself: logs without personal data, metrics, health."""

from hub.observe import metrics
from hub.observe.health import Ready, answers, ledger_answers, observing, once_a_second, serve
from hub.observe.logs import log, setup_logging, wide_events

__all__ = ["Ready", "answers", "ledger_answers", "log", "metrics", "observing", "once_a_second", "serve", "setup_logging", "wide_events"]
