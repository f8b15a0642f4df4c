"""Extracts written by the tests: as the General Register Office's, with invented people."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from hub.privacy import Blind

SAMPLE = Path(__file__).parent / "data" / "extract-sample.xml"
BLIND = Blind(bytes(range(32)), bytes(32))

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<DeathRegistrationGroup xmlns="http://www.ons.gov.uk/gro/OGDDeathExtractDWP"
    xmlns:ns1="http://www.govtalk.gov.uk/people/PersonDescriptives"
    xmlns:ns3="http://www.ons.gov.uk/gro/people/GROAddressDescriptives"
    xmlns:ns4="http://www.ons.gov.uk/gro/people/GROPersonDescriptives">
"""


def record(
    number: str = "10000001", at: str = "2026-03-12T10:00:00.000", reason: int | None = None, more: str = "", family: str = "Lowe"
) -> str:
    """One record, new or an update for `reason`; `more` is further XML in it."""
    stamp = f"<RecordLockedDateTime>{at}</RecordLockedDateTime>"
    if reason is not None:
        stamp = f"<RecordUpdateDateTime>{at}</RecordUpdateDateTime><RecordUpdateReason>{reason}</RecordUpdateReason>"
    return f"""<DeathRegistration><RegistrationID>{number}</RegistrationID>{stamp}
<DeceasedName><ns4:PersonGivenName>Iris</ns4:PersonGivenName><ns4:PersonFamilyName>{family}</ns4:PersonFamilyName></DeceasedName>
<DeceasedGender>2</DeceasedGender><DeceasedDeathDate><ns1:PersonDeathDate>2026-03-09</ns1:PersonDeathDate></DeceasedDeathDate>
{more}</DeathRegistration>
"""


def parts(records: Iterable[str], total: int | None = None) -> Iterator[str]:
    yield HEAD
    count = 0
    for text in records:
        count += 1
        yield text
    yield f"<RecordCount>{count if total is None else total}</RecordCount></DeathRegistrationGroup>"


def write(path: Path, records: Iterable[str], total: int | None = None) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(parts(records, total))
    return path
