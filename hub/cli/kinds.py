"""The ways of reaching recipients that this hub has. Here the connectors are wired in, and nowhere else."""

from connectors.contract import Connector
from connectors.topic import TopicConnector
from connectors.webhook import WebhookConnector
from hub.recipients import Checks
from hub.settings import Settings


def open_connectors(settings: Settings) -> dict[str, Connector]:
    """A connector of each kind, by kind; they connect when they first send."""
    kinds: list[Connector] = [
        WebhookConnector(allow_private=settings.allow_private_addresses),
        TopicConnector(settings.kafka_bootstrap),
    ]
    return {connector.kind: connector for connector in kinds}


def checks(settings: Settings) -> Checks:
    """Each kind's own check of a recipient's settings."""
    return {kind: connector.check for kind, connector in open_connectors(settings).items()}
