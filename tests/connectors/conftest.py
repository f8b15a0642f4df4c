"""The two ends of a partner's receiver: the hub it answers, and the hub's connector, which sends to it."""

from collections.abc import AsyncIterator

import pytest

from connectors.webhook import WebhookConnector
from tests.delivery.receiver import Receiver


@pytest.fixture
async def hub() -> AsyncIterator[Receiver]:
    async with Receiver() as hub:
        yield hub


@pytest.fixture
async def connector() -> AsyncIterator[WebhookConnector]:
    connector = WebhookConnector(allow_private=True)
    yield connector
    await connector.close()
