"""One hub for all end-to-end tests of this folder: each tells of people of its own, and leaves the recipients as it found them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.scene import Scene
from tests.e2e.scene import scene as open_scene

_LATER = {"test_demo": 0, "test_personal_data": 2}


@pytest.fixture(scope="package")
def scene(session_folder: Path) -> Iterator[Scene]:
    """Everything real but the people."""
    with open_scene(session_folder / "e2e") as made:
        yield made


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts hubs of its own comes first in this folder, what looks through everything left behind comes last."""
    here = [number for number, item in enumerate(items) if item.path.is_relative_to(Path(__file__).parent)]
    ordered = sorted((items[number] for number in here), key=lambda item: _LATER.get(item.path.stem, 1))
    for number, item in zip(here, ordered, strict=True):
        items[number] = item
