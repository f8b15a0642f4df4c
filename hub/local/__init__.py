"""What one small machine needs beside the hub itself: an embedded PostgreSQL and Kafka, and a supervisor that keeps all running."""

from hub.local.home import SECRETS, Home, HomeInUse, load_settings, write_private
from hub.local.jars import JarRefused, check_jars
from hub.local.kafka import Kafka
from hub.local.logs import last_lines
from hub.local.pids import end_leftovers, environment_of, read_pids
from hub.local.postgres import KEYS, LEDGER, Postgres
from hub.local.process import Command, Server, ServerFailed, answers, ask_to_end, await_end, free_port, is_free, one_answers, running, spawn
from hub.local.supervisor import Child, Ended, Supervisor

__all__ = [
    "KEYS",
    "LEDGER",
    "SECRETS",
    "Child",
    "Command",
    "Ended",
    "Home",
    "HomeInUse",
    "JarRefused",
    "Kafka",
    "Postgres",
    "Server",
    "ServerFailed",
    "Supervisor",
    "answers",
    "ask_to_end",
    "await_end",
    "check_jars",
    "end_leftovers",
    "environment_of",
    "free_port",
    "is_free",
    "last_lines",
    "load_settings",
    "one_answers",
    "read_pids",
    "running",
    "spawn",
    "write_private",
]
