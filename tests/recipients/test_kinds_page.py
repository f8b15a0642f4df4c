"""The example of docs/kinds.md: what is copied from there checks, loads, and takes the notification that the page sends."""

import re
from pathlib import Path

import pytest

from hub.cli.kinds import checks
from hub.recipients import Register, load, newest, read
from hub.settings import Settings
from hub.store import open_pool
from tests.conftest import Databases

_PAGE = (Path(__file__).parents[2] / "docs" / "kinds.md").read_text("utf-8").partition("\n### An example\n")[2].partition("\n## ")[0]


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", _PAGE, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    entry, organisation = _blocks("yaml")
    (schema,) = _blocks("json")
    (tmp_path / "kinds").mkdir()
    (tmp_path / "kinds" / "leaving-care.yaml").write_text(entry)
    (tmp_path / "kinds" / "leaving-care.schema.json").write_text(schema)
    (tmp_path / "care-leavers-trust.yaml").write_text(organisation)
    return tmp_path


async def test_the_example_of_the_page_checks_and_loads_and_what_it_sends_is_taken(folder: Path, postgres: Databases) -> None:
    found = read(folder, checks(Settings()))
    assert isinstance(found, Register), found
    assert [str(one) for one in found.warnings if "kinds" in one.field or one.file.startswith("leaving-care")] == []
    async with await open_pool(postgres.database_url) as pool, pool.connection() as connection:
        await load(connection, found)
        loaded = await newest(connection)
    assert loaded is not None
    (sent,) = re.findall(r"-d '(.*?)'\n", _blocks("sh")[0], re.DOTALL)
    assert loaded.kinds.notifications.parse(sent).data.kind == "leaving-care"


def test_a_service_that_nobody_is_called_is_a_warning_with_its_line(folder: Path) -> None:
    path = folder / "kinds" / "leaving-care.yaml"
    path.write_text(path.read_text().replace("[council-tax]", "[council-tax, no-such-service]"))
    found = read(folder, checks(Settings()))
    assert isinstance(found, Register)
    (warned,) = [one for one in found.warnings if one.file == path.name]
    assert (warned.field, warned.line) == ("expected.1", path.read_text()[: path.read_text().index("expected")].count("\n") + 1)
    assert "no-such-service" in warned.fault
