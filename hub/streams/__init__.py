"""Topics worked off through Faust: in batches, acknowledged after durable work. Only the roles that read work from Kafka come here."""

from hub.streams.app import ConcurrencyRefused, group_of, make_app
from hub.streams.processing import Batches, Handle, Room, is_away
from hub.streams.running import run_streams

__all__ = ["Batches", "ConcurrencyRefused", "Handle", "Room", "group_of", "is_away", "make_app", "run_streams"]
