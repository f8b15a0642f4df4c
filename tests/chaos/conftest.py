"""One hub for all chaos tests of a run: what one test leaves behind is part of the next one's trouble."""

import gc
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.chaos.checks import Verdict
from tests.chaos.world import FOLDER, World, world

SEED = 4


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let clients of a broker that we kill leave sockets behind: kafka-python 3.0.12 does not close them when it is refused."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))


@pytest.fixture(autouse=True)
def _left_behind() -> Iterator[None]:
    """What was left behind is collected here and not in somebody else's test."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def place() -> Iterator[World]:
    """A hub whose recipients take events singly. Its logs stay under `build/chaos`."""
    with world(FOLDER / "singly") as made:
        yield made


@pytest.fixture(scope="session")
def batch_place() -> Iterator[World]:
    """A hub whose recipients take up to twenty events in one request."""
    with world(FOLDER / "in-batches", batch=20) as made:
        yield made


@pytest.fixture
def random(request: pytest.FixtureRequest) -> Random:
    """The same trouble in each run, another in each test."""
    return Random(f"{SEED}/{request.node.name}")


def assert_kept(verdict: Verdict) -> None:
    """Everything accepted arrived, in order, and every repeat is explained."""
    assert not verdict.faults, "\n".join(verdict.faults[:30])
    assert verdict.never_accepted == 0
    assert verdict.losses == 0
    assert verdict.due > 0
