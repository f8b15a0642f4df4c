"""Dates, postcodes and numbers as registers know them."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.parts import (
    Chi,
    DrivingLicence,
    NhsNumber,
    Nino,
    PartialDate,
    PassportNumber,
    Uprn,
    VehicleMark,
    is_nhs_number,
    normal_postcode,
)


def accepts(kind: Any, text: str) -> bool:
    try:
        TypeAdapter(kind).validate_python(text)
    except ValidationError:
        return False
    return True


@given(st.dates(), st.sampled_from([4, 7, 10]))
def test_every_day_month_and_year_of_the_calendar_is_a_partial_date(day: date, length: int) -> None:
    assert accepts(PartialDate, day.isoformat()[:length])


@given(st.from_regex(r"\A[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?\Z"))
def test_a_partial_date_is_accepted_exactly_when_it_exists(text: str) -> None:
    try:
        date.fromisoformat((text + "-01-01")[:10])
        exists = True
    except ValueError:
        exists = False
    assert accepts(PartialDate, text) == exists


@pytest.mark.parametrize("text", ["", "19", "1999-1", "1999-13", "1999-02-29", "0000", "1999-01-01T00:00", "١٩٩٩", "1999-01-01\n x"])
def test_other_texts_are_no_dates(text: str) -> None:
    assert not accepts(PartialDate, text)


@pytest.mark.parametrize(
    ("text", "real"),
    [("AB123456C", True), ("ab 12 34 56 c", True), ("QQ 12 34 56 C", False), ("BG123456A", False), ("ZZ123456A", False),
     ("AO123456A", False), ("DA123456A", False), ("AB123456E", False), ("AB12345C", False)],
)  # fmt: skip
def test_national_insurance_numbers(text: str, real: bool) -> None:
    assert accepts(Nino, text) == real


@given(st.integers(0, 999_999_999))
def test_one_last_figure_at_most_makes_an_nhs_number(stem: int) -> None:
    remainder = 11 - sum(int(digit) * weight for digit, weight in zip(f"{stem:09}", range(10, 1, -1), strict=True)) % 11
    expected = {11: [0], 10: []}.get(remainder, [remainder])
    assert [last for last in range(10) if is_nhs_number(f"{stem:09}{last}")] == expected


def test_numbers_have_one_spelling() -> None:
    assert TypeAdapter(NhsNumber).validate_python("943 476 5919") == "9434765919"
    assert TypeAdapter(Chi).validate_python("943-476-5919") == "9434765919"
    assert TypeAdapter(VehicleMark).validate_python("ab12 cde") == "AB12CDE"
    assert TypeAdapter(DrivingLicence).validate_python("brown 304071 am9 ij") == "BROWN304071AM9IJ"
    assert TypeAdapter(PassportNumber).validate_python("123 456 789") == "123456789"
    assert not accepts(Uprn, "1234567890123")


@pytest.mark.parametrize(
    ("given_text", "normal"),
    [("sg11aa", "SG1 1AA"), (" SW1A  1AA ", "SW1A 1AA"), ("m1 1ae", "M1 1AE"), ("GIR0AA", "GIR 0AA"), ("75011", None), ("SG1", None)],
)
def test_british_postcodes_are_normalised(given_text: str, normal: str | None) -> None:
    assert normal_postcode(given_text) == normal
