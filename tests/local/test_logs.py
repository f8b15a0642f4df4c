"""Logs stay short."""

from pathlib import Path

from hub.local.logs import keep_short, last_lines


def test_a_long_log_is_moved_aside_and_its_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    with log.open("a", buffering=1) as writer:
        writer.write("old\n" * 100)
        keep_short(log, longest=100)
        writer.write("new\n")
    assert log.read_text() == "new\n"
    assert (tmp_path / "api.log.1").read_text() == "old\n" * 100


def test_a_short_log_is_left(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text("line\n")
    keep_short(log)
    assert [path.name for path in tmp_path.iterdir()] == ["api.log"]


def test_the_last_lines_are_those_at_the_end(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    assert last_lines(log) == "(nothing)"
    log.write_text("".join(f"{n}\n" for n in range(10_000)))
    assert last_lines(log, 3) == "9997\n9998\n9999"
