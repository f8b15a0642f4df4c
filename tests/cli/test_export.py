"""`tuo cases export` as a data-protection officer uses it."""

import getpass
import os
import stat
from pathlib import Path

import orjson

from tests.cli.conftest import Tuo
from tests.cli.test_cases import LOOKS, Desk, desk

__all__ = ["desk"]


async def test_an_export_is_two_files_for_their_reader_alone_and_on_record(tuo: Tuo, desk: Desk, tmp_path: Path) -> None:
    ((code,),) = await desk.ledger.rows("SELECT code FROM reference WHERE case_id = %s", desk.other)
    out = str(tmp_path / "request")
    said = tuo("cases", "export", code, "--out", out, "--why", "access request", **desk.variables)
    assert said.returncode == 0, said.stderr
    files = [tmp_path / "request.json", tmp_path / "request.html"]
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]
    shown = orjson.loads(files[0].read_bytes())
    assert (shown["kind"], shown["toldUs"][0]["sourceKind"]) == ("bereavement", "citizen")
    assert shown["toldUs"][0]["content"]["deceased"]["usualAddress"]["lines"] == ["[b]2[/b] Low Street"]
    assert "[b]2[/b] Low Street" in files[1].read_text()
    assert "Planted" not in said.stdout + said.stderr
    assert [(str(case), by, why) for case, by, why in await desk.ledger.rows(LOOKS)] == [(desk.other, getpass.getuser(), "access request")]
    again = tuo("cases", "export", code, "--out", out, "--why", "access request", **desk.variables)
    assert (again.returncode, "there already" in again.stderr) == (1, True)


async def test_what_is_no_reference_or_has_no_reason_writes_nothing(tuo: Tuo, desk: Desk, tmp_path: Path) -> None:
    for reference, why in (("nonsense", "x"), ("000000000000", "x"), ("000000000000", " ")):
        assert tuo("cases", "export", reference, "--out", str(tmp_path / "f"), "--why", why, **desk.variables).returncode == 1
    assert os.listdir(tmp_path) == []  # noqa: PTH208
    assert await desk.ledger.rows(LOOKS) == []
