"""`tuo demo`: the hub at work on an empty ledger of its own, with simulated recipients at real places."""

from hub.cli.demo.command import app

__all__ = ["app"]
