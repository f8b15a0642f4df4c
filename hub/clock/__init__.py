"""What waits for a time: one leader among the clocks, and its duties."""

from hub.clock.role import clock, main

__all__ = ["clock", "main"]
