"""A rig for each connector: whoever writes another one adds it here."""

from collections.abc import AsyncIterator, Iterator

import pytest

from hub import local
from tests.contract.rigs import Broker, Rig, TopicRig, WebhookRig


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    folder = tmp_path_factory.mktemp("contract-kafka")
    server = local.Kafka(folder / "server")
    server.prepare()
    broker = Broker(server, folder / "kafka.log")
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
async def webhook() -> AsyncIterator[WebhookRig]:
    rig = WebhookRig()
    await rig.open()
    yield rig
    await rig.close()


@pytest.fixture
async def webhook_batch() -> AsyncIterator[WebhookRig]:
    rig = WebhookRig(batch=50)
    await rig.open()
    yield rig
    await rig.close()


@pytest.fixture
async def topic(broker: Broker) -> AsyncIterator[TopicRig]:
    rig = TopicRig(broker)
    yield rig
    await rig.close()


@pytest.fixture(params=["webhook", "webhook_batch", "topic"])
def rig(request: pytest.FixtureRequest) -> Rig:
    found: Rig = request.getfixturevalue(request.param)
    return found
