"""What recipients answer, and what became of a case. Over HTTP: `hub.tracking.web`."""

from hub.tracking.answering import Noted, acknowledge, acknowledge_many
from hub.tracking.case import Referenced, case_status, find_reference
from hub.tracking.decisions import decisions
from hub.tracking.directory import Directory
from hub.tracking.disclosures import disclosures
from hub.tracking.related import following
from hub.tracking.rules import Answered, Refusal
from hub.tracking.times import told_on
from hub.tracking.words import sentence

__all__ = [
    "Answered",
    "Directory",
    "Noted",
    "Referenced",
    "Refusal",
    "acknowledge",
    "acknowledge_many",
    "case_status",
    "decisions",
    "disclosures",
    "find_reference",
    "following",
    "sentence",
    "told_on",
]
