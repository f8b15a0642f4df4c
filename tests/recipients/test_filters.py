"""A filter in the register's files is read when they are, and what it cannot mean is said with its line."""

from pathlib import Path

import orjson
import pytest

from hub.recipients import Fault, Register, read

_ENTRY = """\
organisation: stevenage
name: Stevenage Borough Council
places: [E07000243]
services:
  - service: council-tax
    name: Council tax
    kinds: [bereavement]
    connector: none
    answersWithin: 5 days
    filters:
      {kind}: {text}
agreements:
  - id: stevenage-council-tax
    recipient: stevenage.council-tax
    kind: bereavement
    protocol: P-17
    fields: [deceased.names, deceased.usualAddress]
"""


def _read(folder: Path, text: str, kind: str = "bereavement") -> Register | list[Fault]:
    (folder / "stevenage.yaml").write_text(_ENTRY.format(kind=kind, text=text))
    return read(folder, {"none": lambda settings: []})


@pytest.mark.parametrize("text", ["standing = 'registered'", "data.deceased.usualAddress.postcode LIKE 'SG%'", "EXISTS data.deceased"])
def test_a_filter_over_what_is_told_is_kept_as_it_was_written(tmp_path: Path, text: str) -> None:
    register = _read(tmp_path, text)
    assert isinstance(register, Register)
    again = Register.from_content(orjson.loads(register.content), 1)
    assert again.recipients["stevenage.council-tax"].entry.filters == {"bereavement": text}


@pytest.mark.parametrize(
    ("kind", "text", "fault"),
    [
        ("bereavement", "standing == 'registered'", "cannot be read at character 11"),
        ("bereavement", "subject = 'x'", "asks of subject, which it cannot"),
        ("bereavement", "EXISTS data.deceased.nino", "looks at data.deceased.nino, which no agreement tells stevenage.council-tax"),
        ("birth", "standing = 'registered'", "is of a kind that the service is not told"),
    ],
)
def test_what_it_cannot_mean_is_said_with_its_line_and_what_is_accepted(tmp_path: Path, kind: str, text: str, fault: str) -> None:
    (found,) = _read(tmp_path, text, kind)  # type: ignore[misc]
    assert isinstance(found, Fault)
    assert (found.file, found.line, found.field, found.fault) == ("stevenage.yaml", 11, f"services.0.filters.{kind}", fault)
    assert found.accepted
