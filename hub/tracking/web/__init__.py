"""Tracking over HTTP: recipients' answers, a teller's view of its case, and the status page for people."""

from hub.tracking.web.routes import Office, routes, status_url

__all__ = ["Office", "routes", "status_url"]
