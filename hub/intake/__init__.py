"""The front doors: validates what is told, records it together with what comes at the same time, and moves it to Kafka."""

from hub.intake.answers import Answers
from hub.intake.batcher import Batcher, Unavailable
from hub.intake.clients import Client, ClientEntry, ClientExists, Clients, add_client, list_clients, revoke_client, source_kind_of
from hub.intake.doorbell import Doorbell
from hub.intake.limits import Rate
from hub.intake.reading import Reader
from hub.intake.routes import NotificationsRoute
from hub.intake.telling import Headers, Receive, Scope, Send

__all__ = [
    "Answers",
    "Batcher",
    "Client",
    "ClientEntry",
    "ClientExists",
    "Clients",
    "Doorbell",
    "Headers",
    "NotificationsRoute",
    "Rate",
    "Reader",
    "Receive",
    "Scope",
    "Send",
    "Unavailable",
    "add_client",
    "list_clients",
    "revoke_client",
    "source_kind_of",
]
