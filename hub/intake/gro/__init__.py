"""Reads death extracts of the General Register Office: files of any length, in bounded memory, hostile or not."""

from hub.intake.gro.extract import Batch, BrokenExtract, Progress, RefusedRecord, read
from hub.intake.gro.take import Summary, take

__all__ = ["Batch", "BrokenExtract", "Progress", "RefusedRecord", "Summary", "read", "take"]
