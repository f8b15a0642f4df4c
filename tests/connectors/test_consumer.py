"""A back office with the kit's consumer: what it is given, what it says, and what the broker knows afterwards."""

import asyncio
import csv
import itertools
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import orjson
import pytest
from kafka import TopicPartition
from kafka.admin import KafkaAdminClient

from connectors.contract import Endpoint, Parcel, Placed
from connectors.kit import Consumer, Message
from connectors.kit.consumer import Unanswered
from connectors.topic import TopicConnector
from hub.broker import ensure_topics
from schemas import Answer, parse_acknowledgement
from schemas.ids import message_id, new_id
from tests.contract.rigs import read_all

_numbers = itertools.count(1)
GROUP = "back-office"


@dataclass
class Office:
    """A recipient with a topic of its own."""

    bootstrap: str
    name: str

    def place(self, *parcels: Parcel) -> None:
        """As the hub does."""
        asyncio.run(self._place(parcels))

    async def _place(self, parcels: tuple[Parcel, ...]) -> None:
        connector = TopicConnector(self.bootstrap)
        outcomes = await connector.send(Endpoint(self.name, {"group": GROUP}), parcels)
        await connector.close()
        assert all(isinstance(outcome, Placed) for outcome in outcomes)

    def consumer(self, memory: Path | None = None) -> Consumer:
        return Consumer(self.bootstrap, self.name, GROUP, memory=memory)

    def answers(self) -> list[tuple[str, Answer, str | None]]:
        """What it said, as the hub reads it."""
        records = read_all(self.bootstrap, f"acknowledgements.{self.name}")
        said = [(record.key.decode(), parse_acknowledgement(record.value)) for record in records]
        return [(message, one.answer, one.reason) for message, one in said]

    def committed(self) -> int:
        admin = KafkaAdminClient(bootstrap_servers=[self.bootstrap])
        offsets = admin.list_group_offsets(GROUP)[GROUP]
        admin.close()
        place = TopicPartition(f"recipient.{self.name}", 0)
        return int(offsets[place].offset) if place in offsets else 0


@pytest.fixture
def office(kafka: str) -> Office:
    office = Office(kafka, f"parish-{next(_numbers)}-{uuid4().hex[:6]}")
    asyncio.run(ensure_topics(kafka, f"acknowledgements.{office.name}", f"recipient.{office.name}"))
    return office


def a_parcel(*, subject: str = "", version: int = 1, delivery: UUID | None = None, notice: str = "notified") -> Parcel:
    delivery, subject = delivery or new_id(), subject or str(uuid4())
    event = {
        "specversion": "1.0",
        "id": message_id(delivery, 1),
        "source": "http://hub.test",
        "type": f"uk.tellusonce.bereavement.{notice}.v1",
        "subject": subject,
        "caseversion": version,
        "data": {"dateOfDeath": "2026-03-01", "name": {"family": "=Vesely"}},
    }
    return Parcel(delivery, message_id(delivery, 1), subject, orjson.dumps(event))


def take(consumer: Consumer, count: int) -> Iterator[Message]:
    """`count` messages; the last one is handled as the others are."""
    for number, message in enumerate(consumer, 1):
        yield message
        if number == count:
            consumer.stop()


def test_each_answer_is_said_in_its_own_words_and_the_place_is_committed(office: Office) -> None:
    parcels = [a_parcel() for _ in range(5)]
    office.place(*parcels)
    with office.consumer() as consumer:
        for number, message in enumerate(take(consumer, 5)):
            assert message.data["dateOfDeath"] == "2026-03-01"
            match number:
                case 0:
                    message.applied()
                case 1:
                    message.no_record()
                case 2:
                    message.rejected("the account is in the estate's hands already")
                case 3:
                    message.needs_information("which of the two addresses was theirs?")
                case _:
                    message.received()
    assert office.answers() == [
        (parcels[0].message, Answer.APPLIED, None),
        (parcels[1].message, Answer.NO_RECORD, None),
        (parcels[2].message, Answer.REJECTED, "the account is in the estate's hands already"),
        (parcels[3].message, Answer.NEEDS_INFORMATION, "which of the two addresses was theirs?"),
    ]
    assert office.committed() == 5


def test_a_rejection_says_why(office: Office) -> None:
    office.place(a_parcel())
    with office.consumer() as consumer:
        message = next(take(consumer, 1))
        with pytest.raises(ValueError, match="why"):
            message.rejected("no")
    assert office.answers() == []
    assert office.committed() == 0


def test_a_message_that_comes_twice_is_handed_over_once_even_after_a_restart(office: Office, tmp_path: Path) -> None:
    first, second = a_parcel(), a_parcel()
    office.place(first, first)
    with office.consumer(tmp_path / "memory") as consumer:
        for message in take(consumer, 1):
            message.applied()
    office.place(first, second)
    with office.consumer(tmp_path / "memory") as consumer:
        for message in take(consumer, 1):
            assert message.id == second.message
            message.applied()
    assert [message for message, *_ in office.answers()] == [first.message, second.message]
    assert office.committed() == 4


def test_an_older_version_after_a_newer_one_is_stale(office: Office) -> None:
    subject = str(uuid4())
    newer, older = a_parcel(subject=subject, version=2, notice="corrected"), a_parcel(subject=subject, version=1)
    office.place(newer, older, a_parcel())
    handed = []
    with office.consumer() as consumer:
        for message in take(consumer, 3):
            handed.append((message.notice, message.is_stale))
            if not message.is_stale:
                message.applied()
    assert handed == [("corrected", False), ("notified", True), ("notified", False)]
    assert len(office.answers()) == 2
    assert office.committed() == 3


def test_going_on_without_an_answer_is_an_error_and_loses_nothing(office: Office) -> None:
    office.place(a_parcel(), a_parcel())
    with office.consumer() as consumer, pytest.raises(Unanswered):
        list(consumer)
    assert office.committed() == 0


def test_what_failed_in_the_office_comes_again(office: Office) -> None:
    parcel = a_parcel()
    office.place(parcel)

    class OfficeOnFire(Exception):
        pass

    def catch_fire() -> None:
        with office.consumer() as consumer:
            for _ in consumer:
                raise OfficeOnFire

    with pytest.raises(OfficeOnFire):
        catch_fire()
    with office.consumer() as consumer:
        for message in take(consumer, 1):
            assert message.id == parcel.message
            message.applied()
    assert len(office.answers()) == 1


def test_a_parish_collects_into_a_table_with_one_command(office: Office, tmp_path: Path) -> None:
    parcel = a_parcel()
    office.place(parcel)
    output = tmp_path / "deaths.csv"
    argv = ["consume", office.name, "--bootstrap", office.bootstrap, "--group", GROUP, "--output", str(output), "--limit", "1"]
    done = subprocess.run([sys.executable, "-m", "connectors.kit", *argv], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{parcel.message} notified\n"
    with output.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["field"]: row["value"] for row in rows} == {"dateOfDeath": "2026-03-01", "name.family": "'=Vesely"}
    assert {row["id"] for row in rows} == {parcel.message}
    assert office.answers() == [(parcel.message, Answer.APPLIED, None)]
