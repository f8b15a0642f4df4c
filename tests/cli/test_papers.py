"""`tuo policy papers` as a data-protection officer uses it: from files, before anything is loaded."""

from pathlib import Path

import orjson

from hub.papers import blanks_in
from tests.cli.conftest import ROOT, Tuo

SAMPLES = str(ROOT / "infra" / "recipients")


def test_papers_are_written_from_files_and_what_is_left_to_fill_in_is_counted(tuo: Tuo, tmp_path: Path) -> None:
    out = tmp_path / "papers"
    said = tuo("policy", "papers", SAMPLES, "--out", str(out), "--on", "2027-04-01", "--json")
    assert said.returncode == 0, said.stderr
    blanks = orjson.loads(said.stdout)["blanks"]
    assert {f"{name}.{ending}" for name in blanks for ending in ("md", "html")} == {path.name for path in out.iterdir()}
    assert all(blanks_in((out / f"{name}.md").read_text()) == count for name, count in blanks.items())
    assert "1 April 2027" in (out / "record-of-processing.md").read_text()
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    again = tuo("policy", "papers", SAMPLES, "--out", str(out), "--on", "2027-04-01")
    assert again.stdout.splitlines()[-1] == f"{len(blanks)} papers with {sum(blanks.values())} places to be filled in."
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_folder_that_is_not_in_order_makes_no_papers(tuo: Tuo, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.yaml").write_text("organisation: a\n")
    said = tuo("policy", "papers", str(tmp_path / "in"), "--out", str(tmp_path / "out"))
    assert (said.returncode, (tmp_path / "out").exists()) == (1, False)
    assert "a.yaml:1" in said.stderr
