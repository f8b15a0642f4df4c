"""The files that processes write to: their end, and keeping them short."""

import os
import shutil
from pathlib import Path

LONGEST = 16 * 1024 * 1024


def last_lines(log: Path, count: int = 8) -> str:
    """The end of a log, for a person to read."""
    if not log.exists():
        return "(nothing)"
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 8192))
        lines = file.read().decode(errors="replace").splitlines()
    return "\n".join(lines[-count:]) or "(nothing)"


def keep_short(log: Path, longest: int = LONGEST) -> None:
    """Move what a log longer than `longest` bytes holds to `<name>.1`, over what that held.

    The writer goes on in the same file, which it opened for appending; a line it writes between copy and cut is lost.
    """
    if log.exists() and log.stat().st_size > longest:
        shutil.copyfile(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)
