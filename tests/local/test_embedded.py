"""The embedded servers come up, answer, and go."""

from pathlib import Path

import psycopg
import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient
from psycopg.conninfo import make_conninfo

from hub.local import Kafka, Postgres, running
from hub.settings import Settings
from tests.conftest import Databases


def test_a_fresh_ledger_has_its_tables_and_partitions(postgres: Databases) -> None:
    with psycopg.connect(postgres.database_url) as connection:
        rows = connection.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'delivery'::regclass").fetchone()
    assert rows == (5,)


def test_the_broker_makes_no_topic_by_itself(settings: Settings) -> None:
    admin = KafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    assert "never-made" not in admin.list_topics()
    admin.close()


def test_the_server_refuses_a_wrong_password_and_any_other_address(postgres_server: Postgres) -> None:
    wrong = make_conninfo(postgres_server.url("postgres"), password="guess")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    with psycopg.connect(postgres_server.url("postgres")) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
        assert connection.execute("SHOW unix_socket_directories").fetchone() == ("",)


def test_a_killed_broker_takes_messages_again_with_those_it_had(home_folder: Path) -> None:
    home_folder.mkdir()
    server, log = Kafka(home_folder / "kafka"), home_folder / "kafka.log"
    server.prepare()
    with running(server, log) as process:
        admin = KafkaAdminClient(bootstrap_servers=server.bootstrap)
        admin.create_topics({"kept": {"num_partitions": 1}})
        admin.close()
        send(server, b"before")
        process.kill()
        process.wait()
    with running(server, log):
        send(server, b"after")
        consumer = KafkaConsumer("kept", bootstrap_servers=server.bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=20_000)
        assert [next(consumer).value, next(consumer).value] == [b"before", b"after"]
        consumer.close()


def send(server: Kafka, value: bytes) -> None:
    producer = KafkaProducer(bootstrap_servers=server.bootstrap)
    producer.send("kept", value).get(20)
    producer.close()
