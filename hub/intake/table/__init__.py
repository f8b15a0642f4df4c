"""Reads tables, as small registrars keep them: CSV of any length, by a map that says what each column is. Of any kind."""

from hub.intake.table.column_map import ColumnMap, MapFault, read_map
from hub.intake.table.read import read

__all__ = ["ColumnMap", "MapFault", "read", "read_map"]
