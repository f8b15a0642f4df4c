"""Records of a file, each taken or refused by itself."""

from pathlib import Path

from structlog.testing import capture_logs

from hub.intake.files import read_events
from schemas import BUILT_IN, Notification

EXAMPLE = (Path(__file__).parents[3] / "schemas/examples/bereavement.json").read_bytes()


def test_a_mistake_of_the_hub_s_costs_a_file_one_record(tmp_path: Path) -> None:
    def read(raw: bytes) -> Notification:
        if b"Planted" in raw:
            raise TypeError(raw)
        return BUILT_IN.parse(EXAMPLE)

    (file := tmp_path / "events.json").write_text('{}\n{"name": "Planted"}\n{}\n')
    with capture_logs() as logs:
        (batch,) = read_events(file, read, 1_000)
    assert [line for line, _ in batch.notifications] == [1, 3]
    assert [one.line for one in batch.refused] == [2]
    assert "Planted" not in batch.refused[0].sentence
    assert [entry["event"] for entry in logs] == ["intake.defect"]
