"""Moves case versions from the outbox to the topic `life-events`."""

from hub.relay.channel import CHANNEL

__all__ = ["CHANNEL"]
