"""Files of notifications, whatever their format: batches in bounded memory, recorded a batch a transaction, or only looked at."""

from hub.intake.files.events import read_events
from hub.intake.files.records import Batch, BrokenFile, OnProgress, Progress, Record, RefusedRecord, in_batches, told, unseen
from hub.intake.files.take import Checked, OnRefused, OnTaken, Refusals, Summary, TakenRecord, Tell, check, recorder, take

__all__ = [
    "Batch",
    "BrokenFile",
    "Checked",
    "OnProgress",
    "OnRefused",
    "OnTaken",
    "Progress",
    "Record",
    "Refusals",
    "RefusedRecord",
    "Summary",
    "TakenRecord",
    "Tell",
    "check",
    "in_batches",
    "read_events",
    "recorder",
    "take",
    "told",
    "unseen",
]
