"""How the records of an extract become notifications, and which files and records are refused."""

import tracemalloc
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from hub.intake.files import Progress, RefusedRecord
from hub.intake.gro import BrokenExtract, read
from hub.intake.gro.elements import elements
from hub.privacy import Blind
from schemas import Bereavement, Fact, Notification, Standing, content_of
from tests.intake.gro.extracts import BLIND, HEAD, SAMPLE, record, write


def taken(path: Path) -> list[Notification]:
    return [notification for batch in read(path, BLIND) for _, notification in batch.notifications]


def refused(path: Path) -> list[RefusedRecord]:
    return [refusal for batch in read(path, BLIND) for refusal in batch.refused]


def death(path: Path) -> Bereavement:
    (notification,) = taken(path)
    assert isinstance(notification.data, Bereavement)
    return notification.data


def test_all_thirteen_records_of_the_sample_are_taken() -> None:
    notifications = taken(SAMPLE)
    assert (len(notifications), refused(SAMPLE)) == (13, [])
    assert {n.data.standing for n in notifications} == {Standing.REGISTERED}
    assert content_of(notifications[2].data) == {
        "standing": "registered",
        "fact": "asserted",
        "sourceTime": "2013-07-25T01:19:21Z",
        "registration": {"number": "98459035", "area": "england-and-wales"},
        "deceased": {
            "names": {"given": ["Maëlle"], "family": "Gauthier"},
            "aliases": [{"title": "Mr", "given": ["JIM", "JACK"], "family": "BARON", "type": "formerly known as"}],
            "sex": "female",
            "dateOfBirth": {"value": "2007-04"},
            "dateOfDeath": {"value": "1998-10"},
            "usualAddress": {"lines": ["40 Llanforda Mead", "Higher Ansford"], "postcode": "EX2 8UY"},
        },
    }


def test_no_record_of_an_extract_has_a_national_insurance_number() -> None:
    assert not any("nino" in content_of(n.data)["deceased"] for n in taken(SAMPLE))


def test_reading_again_gives_the_same_ids_which_say_nothing() -> None:
    first, again = taken(SAMPLE), taken(SAMPLE)
    assert [n.id for n in first] == [n.id for n in again]
    assert len({n.id for n in first}) == 13
    other_key = [n.id for batch in read(SAMPLE, Blind(bytes(32), bytes(32))) for _, n in batch.notifications]
    assert set(other_key).isdisjoint(n.id for n in first)


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2026-01-15T12:00:00.000", datetime(2026, 1, 15, 12, tzinfo=UTC)),
        ("2026-07-15T12:00:00.000", datetime(2026, 7, 15, 11, tzinfo=UTC)),
        ("1971-01-29T15:21:42.000", datetime(1971, 1, 29, 14, 21, 42, tzinfo=UTC)),
        ("2025-10-26T01:30:00.000", datetime(2025, 10, 26, 0, 30, tzinfo=UTC)),
    ],
    ids=["winter", "summer", "British Standard Time", "the hour that comes twice"],
)
def test_times_without_a_zone_are_uk_local(tmp_path: Path, local: str, utc: datetime) -> None:
    assert death(write(tmp_path / "x", [record(at=local)])).source_time == utc


@pytest.mark.parametrize(("reason", "fact"), [(None, Fact.ASSERTED), (1, Fact.ASSERTED), (2, Fact.ASSERTED), (3, Fact.ASSERTED),
                                              (4, Fact.CANCELLED), (5, Fact.ASSERTED)])  # fmt: skip
def test_only_reason_4_cancels(tmp_path: Path, reason: int | None, fact: Fact) -> None:
    assert death(write(tmp_path / "x", [record(reason=reason)])).fact is fact


def aliases(names: int, types: int) -> str:
    alias = "<DeceasedAliasName><ns4:PersonFamilyName>Other{}</ns4:PersonFamilyName></DeceasedAliasName>"
    return "".join(alias.format(n) for n in range(names)) + "".join(
        f"<DeceasedAliasNameType>type {n}</DeceasedAliasNameType>" for n in range(types)
    )


@pytest.mark.parametrize(
    ("names", "types", "expected"),
    [(2, 2, ["type 0", "type 1"]), (2, 1, [None, None]), (1, 2, [None]), (2, 0, [None, None]), (0, 1, [])],
)
def test_aliases_and_their_types_need_not_be_equally_many(tmp_path: Path, names: int, types: int, expected: list[str | None]) -> None:
    data = death(write(tmp_path / "x", [record(more=aliases(names, types))]))
    assert [alias.type for alias in data.deceased.aliases] == expected


def test_partial_dates_qualifier_and_free_text_are_kept_apart(tmp_path: Path) -> None:
    text = record(more="<QualifierText>on or about</QualifierText><FreeFormatDeathDate>Dead body found</FreeFormatDeathDate>")
    partial = "<PartialMonthOfDeath>4</PartialMonthOfDeath><PartialYearOfDeath>1998</PartialYearOfDeath>"
    full = "<DeceasedDeathDate><ns1:PersonDeathDate>2026-03-09</ns1:PersonDeathDate></DeceasedDeathDate>"
    data = death(write(tmp_path / "x", [text.replace(full, partial)]))
    assert data.deceased.date_of_death is not None
    assert (data.deceased.date_of_death.value, data.deceased.date_of_death.qualifier) == ("1998-04", "on or about")
    assert data.free_text is not None
    assert data.free_text.date_of_death == "Dead body found"


def test_an_address_may_be_absent_or_have_no_british_postcode(tmp_path: Path) -> None:
    def address(inner: str) -> object:
        text = f"<DeceasedAddress>{inner}</DeceasedAddress>" if inner else ""
        return content_of(death(write(tmp_path / "x", [record(more=text)])))["deceased"].get("usualAddress")

    assert address("") is None
    assert address("<ns3:Flat>2</ns3:Flat><ns3:Building>The Mill</ns3:Building><ns3:Line>Ware</ns3:Line>") == {
        "lines": ["2", "The Mill", "Ware"]
    }
    assert address("<ns3:Line>Lyon</ns3:Line><ns3:Postcode>69001?</ns3:Postcode>") == {"lines": ["Lyon", "69001?"]}


def test_a_record_that_cannot_be_understood_is_refused_by_its_line_and_harms_no_other(tmp_path: Path) -> None:
    bad = [record(at="yesterday"), record(reason=9), record().replace(">2</DeceasedGender>", ">7</DeceasedGender>"),
           record().replace("2026-03-09", "2026-02-30"), record(number=""), record(number="9" * 21),
           record(at="2126-01-01T00:00:00.000"), record().replace("2026-03-09", "2126-03-09")]  # fmt: skip
    path = write(tmp_path / "x", [record("1"), *bad, record("2")])
    assert [n.data.registration.number for n in taken(path) if isinstance(n.data, Bereavement) and n.data.registration] == ["1", "2"]
    refusals = refused(path)
    lines = path.read_text().splitlines()
    assert len(refusals) == len(bad)
    assert all(lines[refusal.line - 1].startswith("<DeathRegistration>") for refusal in refusals)
    assert [refusal.faults[0].field for refusal in refusals] == [
        "RecordLockedDateTime or RecordUpdateDateTime", "RecordUpdateReason", "DeceasedGender",
        "data.deceased.dateOfDeath.value", "RegistrationID", "data.registration.number", "data.sourceTime",
        "data.deceased.dateOfDeath.value",
    ]  # fmt: skip


def test_an_update_that_cancels_a_death_that_lies_ahead_is_taken(tmp_path: Path) -> None:
    path = write(tmp_path / "x", [record(reason=4).replace("2026-03-09", "2126-03-09")])
    assert [n.data.fact for n in taken(path)] == [Fact.CANCELLED]


def test_reasons_for_refusal_repeat_nothing_of_the_record(tmp_path: Path) -> None:
    path = write(tmp_path / "x", [record(family="Planted" * 30), record(reason=9, family="Planted")])
    assert len(refused(path)) == 2
    assert "Planted" not in repr(refused(path))


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (BOMB + HEAD.partition("?>")[2] + "&b;</DeathRegistrationGroup>", "document type"),
        (EXTERNAL + HEAD.partition("?>")[2] + "&a;</DeathRegistrationGroup>", "document type"),
        ("<!DOCTYPE html><html/>", "document type"),
        (HEAD + record() + "<RecordCount>2</RecordCount></DeathRegistrationGroup>", "RecordCount says 2 and there are 1"),
        (HEAD + record() + "</DeathRegistrationGroup>", "no RecordCount"),
        (HEAD + record() + "<RecordCount>1</RecordCount>" + record() + "</DeathRegistrationGroup>", "not the last"),
        (HEAD + record() + "<RecordCount>many</RecordCount></DeathRegistrationGroup>", "not a number"),
        (HEAD + record()[:-30], "well-formed"),
        (HEAD + "<BirthRegistration/><RecordCount>0</RecordCount></DeathRegistrationGroup>", "only DeathRegistration"),
        ("<html/>", "does not begin with"),
        ("", "cut off"),
        (HEAD + "<DeathRegistration>" + "<a>" * 1000, "deep"),
        (HEAD + f"<DeathRegistration><a>{'x' * 70_000}", "longer than 64 KiB"),
        (HEAD + f"<DeathRegistration a='{'x' * 1_300_000}'/>", "longer than 1 MiB"),
        (HEAD + f"<!-- {'x' * 1_300_000} -->", "longer than 1 MiB"),
        (HEAD.replace("UTF-8", "klingon") + record(), "encoding"),
    ],
)
def test_a_file_that_is_no_whole_and_honest_extract_is_refused_before_anything_is_taken(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "x"
    path.write_text(content)
    with pytest.raises(BrokenExtract, match=says):
        next(read(path, BLIND))


def test_two_hundred_thousand_records_are_read_in_the_memory_of_a_few(tmp_path: Path) -> None:
    path = write(tmp_path / "x", (record(str(10_000_000 + n)) for n in range(200_000)))
    with path.open("rb") as file:
        records = elements(file)
        count = sum(1 for _ in islice(records, 190_000))
        tracemalloc.start()
        try:
            count += sum(1 for _ in records)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert count == 200_000
    assert peak < 2_000_000


def test_batches_hold_a_transaction_s_worth_and_progress_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "x", (record(str(10_000_000 + n)) for n in range(2_050)))
    size = path.stat().st_size
    progress: list[Progress] = []
    assert [len(batch.notifications) for batch in read(path, BLIND, progress.append)] == [200] * 10 + [50]
    assert progress[0] == Progress("checking", 0, size, 0)
    assert Progress("checking", size, size, 2_050) in progress
    assert progress[-1] == Progress("taking", size, size, 2_050)
