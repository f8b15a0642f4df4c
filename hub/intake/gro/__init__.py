"""Reads death extracts of the General Register Office: files of any length, in bounded memory, hostile or not."""

from hub.intake.gro.elements import BrokenExtract
from hub.intake.gro.extract import CLIENT, read, take

__all__ = ["CLIENT", "BrokenExtract", "read", "take"]
