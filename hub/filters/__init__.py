"""What a recipient wants to be told: a filter over events, in a part of the CloudEvents SQL Expression Language (CESQL)."""

from hub.filters.event import Event, Value
from hub.filters.filter import Filter, FilterFault, Outcome
from hub.filters.remembered import read_filter

__all__ = ["Event", "Filter", "FilterFault", "Outcome", "Value", "read_filter"]
