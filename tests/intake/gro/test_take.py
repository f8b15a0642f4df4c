"""An extract in the ledger: every version of a death in any order, and files read again."""

import itertools
from pathlib import Path

import pytest

from hub.cases import effective_content, read_versions
from hub.intake.files import Summary
from hub.intake.gro import BrokenExtract, take
from hub.kinds import BUILT_IN
from tests.cases.conftest import Ledger, ledger
from tests.intake.gro.extracts import SAMPLE, record, write

__all__ = ["ledger"]


async def tell(ledger: Ledger, path: Path) -> Summary:
    return await take(ledger.pool, ledger.keys, ledger.blind, path)


def counts(summary: Summary) -> tuple[int, int, int, int, int]:
    return summary.new, summary.newer, summary.older, summary.repeated, summary.refused


async def test_the_sample_opens_thirteen_cases_and_again_changes_nothing(ledger: Ledger) -> None:
    assert counts(await tell(ledger, SAMPLE)) == (13, 0, 0, 0, 0)
    assert counts(await tell(ledger, SAMPLE)) == (0, 0, 0, 13, 0)
    assert await ledger.rows("SELECT count(*) FROM case_version") == [(13,)]


VERSIONS = (
    record(at="2026-03-10T09:00:00.000", family="Low"),
    record(at="2026-03-11T09:00:00.000", reason=3, family="Lowe"),
    record(at="2026-03-12T09:00:00.000", reason=4, family="Lowe"),
    record(at="2026-03-13T09:00:00.000", reason=5, family="Lowell"),
)


async def test_the_versions_of_a_death_end_the_same_in_any_order(ledger: Ledger, tmp_path: Path) -> None:
    for number, order in enumerate(itertools.permutations(VERSIONS)):
        path = write(tmp_path / "x", [text.replace("10000001", f"{number:08}") for text in order])
        summary = await tell(ledger, path)
        assert (summary.new, summary.new + summary.newer + summary.older) == (1, 4)
    rows = await ledger.rows("SELECT id, newest, fact, source_time FROM cases")
    assert len(rows) == 24
    assert {row[1:] for row in rows} == {(4, 1, rows[0][3])}
    async with ledger.pool.connection() as connection:
        for case_id, *_ in rows:
            _, versions = await read_versions(connection, ledger.keys, case_id)
            assert effective_content(BUILT_IN["bereavement"], versions)["deceased"]["names"]["family"] == "Lowell"


async def test_a_file_cut_into_two_and_read_in_the_wrong_order_ends_the_same(ledger: Ledger, tmp_path: Path) -> None:
    assert counts(await tell(ledger, write(tmp_path / "late", VERSIONS[2:]))) == (1, 1, 0, 0, 0)
    assert counts(await tell(ledger, write(tmp_path / "early", VERSIONS[:2]))) == (0, 0, 2, 0, 0)
    assert counts(await tell(ledger, write(tmp_path / "all", VERSIONS))) == (0, 0, 0, 4, 0)


async def test_a_wrong_total_takes_none(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(BrokenExtract, match="RecordCount says 5 and there are 4"):
        await tell(ledger, write(tmp_path / "x", VERSIONS, total=5))
    assert await ledger.rows("SELECT count(*) FROM case_version") == [(0,)]


async def test_refused_records_are_counted_with_their_lines_and_the_rest_is_taken(ledger: Ledger, tmp_path: Path) -> None:
    changed = VERSIONS[0].replace("Low<", "High<")
    summary = await tell(ledger, write(tmp_path / "x", [record("1", reason=8), *VERSIONS, changed]))
    assert counts(summary) == (1, 3, 0, 0, 2)
    assert [refusal.sentence.split(":")[0] for refusal in summary.refusals] == [
        "RecordUpdateReason",
        "the same key, or the same source and id, came before with another content",
    ]
    assert summary.refusals[0].line < summary.refusals[1].line
