"""How the rows of a table become notifications, and which files and rows are refused."""

import tracemalloc
from itertools import islice
from pathlib import Path

import pytest

from hub.intake.files import BrokenFile
from hub.intake.table import read
from hub.kinds import BUILT_IN
from schemas import content_of
from tests.intake.table.tables import BLIND, HEAD, MAP, TABLE, mapped, row, taken_and_refused, write


def test_the_documented_table_is_read_as_documented(tmp_path: Path) -> None:
    taken, refused = taken_and_refused(tmp_path)
    assert refused == []
    assert [content_of(one.data) for one in taken] == [
        {
            "standing": "registered",
            "fact": "asserted",
            "sourceTime": "2026-03-12T10:00:00Z",
            "registration": {"number": "000101", "area": "england-and-wales"},
            "deceased": {
                "names": {"given": ["Iris", "May"], "family": "Planted"},
                "aliases": [{"given": ["Isa"]}],
                "sex": "female",
                "dateOfBirth": {"value": "1941-05-02"},
                "dateOfDeath": {"value": "2026-03-09"},
                "usualAddress": {"lines": ["5 Mill Street", "Stevenage"], "postcode": "SG1 1AA"},
            },
        },
        {
            "standing": "registered",
            "fact": "asserted",
            "sourceTime": "2026-03-12T11:30:00Z",
            "registration": {"number": "000102", "area": "england-and-wales"},
            "deceased": {
                "names": {"given": ["Owen"], "family": "Planted"},
                "sex": "male",
                "dateOfBirth": {"value": "1938"},
                "dateOfDeath": {"value": "2026-03"},
                "usualAddress": {"lines": ["Flat 2", "The Mill", "Ware"], "postcode": "SG12 9AA"},
            },
        },
    ]


def ids(folder: Path, table: str, map_: str = MAP) -> list[str]:
    return [one.id for one in taken_and_refused(folder, table, map_)[0]]


def test_the_id_is_made_of_the_columns_named_and_says_nothing(tmp_path: Path) -> None:
    first = ids(tmp_path, TABLE)
    assert ids(tmp_path, TABLE.replace("Iris", "Irene")) == first
    assert set(ids(tmp_path, TABLE.replace("10:00", "10:01"))) - set(first) != set()
    assert all(len(one) == 32 and "000101" not in one for one in first)


def test_without_such_columns_the_whole_content_is_the_id(tmp_path: Path) -> None:
    map_ = MAP.replace("id: [Entry, Last changed]", "id: []")
    first = ids(tmp_path, TABLE, map_)
    assert ids(tmp_path, TABLE, map_) == first
    assert ids(tmp_path, TABLE.replace("Iris", "Irene"), map_)[0] != first[0]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks_are_as_the_spreadsheet_wrote_them(tmp_path: Path, end: str, bom: str) -> None:
    taken, refused = taken_and_refused(tmp_path, bom + TABLE.replace("\n", end))
    assert (len(taken), refused) == (2, [])


def test_cp1252_is_read_where_the_map_says_so_and_else_refused_row_by_row(tmp_path: Path) -> None:
    table = f"{HEAD}\n{row(1)}\n{row(2, name='“Planté, Zoë”')}\n{row(3)}\n".replace("“", '"').replace("”", '"').encode("cp1252")
    taken, refused = taken_and_refused(tmp_path, table)
    assert (len(taken), [(one.line, one.faults[0].fault) for one in refused]) == (2, [(3, "is not in utf-8")])
    taken, refused = taken_and_refused(tmp_path, table, MAP.replace("encoding: utf-8 ", "encoding: cp1252 "))
    assert (content_of(taken[1].data)["deceased"]["names"]["given"], refused) == (["Zoë"], [])


@pytest.mark.parametrize("delimiter", [";", "|", "\t"])
def test_other_delimiters_are_read_where_the_map_says_so(tmp_path: Path, delimiter: str) -> None:
    written = delimiter.replace("\t", "\\t")
    table = "\n".join([HEAD, row(1, name="Planted")]).replace(",", delimiter)
    assert len(taken_and_refused(tmp_path, table, MAP.replace('delimiter: ","', f'delimiter: "{written}"'))[0]) == 1


def test_blank_rows_and_cells_that_say_nothing_are_no_fault(tmp_path: Path) -> None:
    table = f"{HEAD}\n\n{row(1, born='n/a', postcode='-', lines='')}\n,,,,,,,,\n\n"
    taken, refused = taken_and_refused(tmp_path, table)
    assert refused == []
    assert content_of(taken[0].data)["deceased"].keys() == {"names", "sex", "dateOfDeath"}


@pytest.mark.parametrize(
    ("cell", "order", "name"),
    [
        ("Iris May Planted", "given family", {"given": ["Iris", "May"], "family": "Planted"}),
        ("PLANTED Iris May", "family given", {"given": ["Iris", "May"], "family": "PLANTED"}),
        ('"van der Planted, Iris"', "family, given", {"given": ["Iris"], "family": "van der Planted"}),
        ("Planted", "given family", {"family": "Planted"}),
        ("Planted", "family, given", {"family": "Planted"}),
    ],
)
def test_whole_names_are_taken_apart_as_the_map_says(tmp_path: Path, cell: str, order: str, name: dict[str, object]) -> None:
    taken, _ = taken_and_refused(tmp_path, f"{HEAD}\n{row(1, name=cell)}", MAP.replace('name: "family, given"', f'name: "{order}"'))
    assert content_of(taken[0].data)["deceased"]["names"] == name


def test_summer_times_are_uk_local(tmp_path: Path) -> None:
    taken, _ = taken_and_refused(tmp_path, f"{HEAD}\n{row(1, at='12/07/2025 10:00')}")
    assert content_of(taken[0].data)["sourceTime"] == "2025-07-12T09:00:00Z"


BAD_ROWS = [
    (row(1, at="yesterday"), "Last changed"),
    (row(2, at=""), "Last changed"),
    (row(3, died="31/02/2026"), "Died"),
    (row(4, died="09/03/2126"), "Died"),
    (row(5, sex="X"), "Sex"),
    (row(6, name="=HYPERLINK(A1)"), "Name"),
    (row(7, name="@SUM(A1)"), "Name"),
    (row(8, lines="-1+cmd|x"), "Address"),
    (row(9, postcode="SG1\x001AA"), ""),
    (row(10, name="Planted" * 20), "Name"),
    (row(11) + ",more", ""),
    (row(12).rpartition(",")[0], ""),
    (row(13, name='"Planted" Iris'), ""),
    (row(14, lines="x" * 70_000), ""),
    (row(15, postcode="?"), "Postcode"),
    (row(16, name="Plan\x07ted"), "Name"),
    (row(17, lines="5 Mill Street; =1+1"), "Address"),
    (row(18, name='"Planted, =x"'), "Name"),
    (row(19, name='"Planted, Iris @x"'), "Name"),
]


def test_a_bad_row_is_refused_by_line_and_column_and_harms_no_other(tmp_path: Path) -> None:
    table = "\n".join([HEAD, row(100), *(bad for bad, _ in BAD_ROWS), row(101)])
    taken, refused = taken_and_refused(tmp_path, table)
    assert [(content_of(one.data)["registration"]["number"]) for one in taken] == ["000100", "000101"]
    assert [(one.line, one.faults[0].field) for one in refused] == [(3 + at, field) for at, (_, field) in enumerate(BAD_ROWS)]
    assert "Planted" not in repr(refused)


def test_a_quote_that_is_never_closed_costs_its_own_row_alone(tmp_path: Path) -> None:
    table = "\n".join([HEAD, row(1), row(2, lines='"never closed'), *(row(number) for number in range(3, 303))])
    taken, refused = taken_and_refused(tmp_path, table)
    assert (len(taken), [one.line for one in refused]) == (301, [3])


def test_a_line_end_within_quotes_is_part_of_the_cell(tmp_path: Path) -> None:
    table = f"{HEAD}\n" + row(1, lines='"5 Mill Street;\nStevenage"') + f"\n{row(2, sex='X')}"
    taken, refused = taken_and_refused(tmp_path, table)
    assert content_of(taken[0].data)["deceased"]["usualAddress"]["lines"] == ["5 Mill Street", "Stevenage"]
    assert [one.line for one in refused] == [4]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("", "no column"),
        (row(1), "no column"),
        (HEAD.replace("Sex", "Gender"), 'no column "Sex"'),
        (f"{HEAD},Sex", 'more than one column "Sex"'),
        (HEAD.encode("utf-16"), "utf-8"),
        ("x" * 70_000, "too long"),
        ('"' + HEAD, "not a row"),
    ],
)
def test_a_file_whose_head_is_not_the_map_s_is_refused_whole(tmp_path: Path, table: str | bytes, says: str) -> None:
    with pytest.raises(BrokenFile, match=says) as refused:
        taken_and_refused(tmp_path, table)
    assert "Planted" not in str(refused.value)


def test_a_hundred_thousand_rows_are_read_in_the_memory_of_a_few(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    with path.open("w") as file:
        file.write(HEAD + "\n")
        file.writelines(row(number, sex="X") + "\n" for number in range(100_000))  # refused, which is quick
    batches = read(path, mapped(tmp_path), BUILT_IN, BLIND)
    count = sum(len(batch.refused) for batch in islice(batches, 475))
    tracemalloc.start()
    try:
        count += sum(len(batch.refused) for batch in batches)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 100_000
    assert peak < 2_000_000


def test_reading_names_the_map_s_columns_and_no_cell(tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEAD}\n{row(1, sex='Planted')}")
    (batch,) = read(path, mapped(tmp_path), BUILT_IN, BLIND)
    assert [one.sentence for one in batch.refused] == ["Sex: is not among the values of the map; accepted: F, M"]
