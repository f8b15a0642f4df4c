"""Reads what NHS England's event services send: signals of the Multicast Notification Service and messages of its predecessor.

The NHS number, which they carry in `subject`, in URLs and in extensions, is moved into the data: nothing else keeps it.
"""

from hub.intake.nhs.events import EVENTS, read_event
from hub.intake.nhs.route import NhsEventsRoute

__all__ = ["EVENTS", "NhsEventsRoute", "read_event"]
