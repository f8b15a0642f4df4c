"""The engine under every connector: lanes, leases, claims, schedule, breaker, rate, order, settling."""

from hub.delivery.engine import Engine
from hub.delivery.leases import release_expired
from hub.delivery.listing import OpenDelivery, list_open
from hub.delivery.operate import pause, redrive, resume
from hub.delivery.parts import Route

__all__ = ["Engine", "OpenDelivery", "Route", "list_open", "pause", "redrive", "release_expired", "resume"]
