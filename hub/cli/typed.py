"""How the person at this terminal must type `tuo`."""

import re
import shutil
import sys
from pathlib import Path

from hub.cli import COMMANDS

_COMMAND = re.compile(rf"(?<![\w/.-])tuo(?= (?:{'|'.join(COMMANDS)})\b)")


def as_typed(text: str) -> str:
    """`text` with its commands (`tuo up`) as they work here: `.venv/bin/tuo up` where PATH does not lead to this `tuo`."""
    program = Path(sys.argv[0])
    if program.name != "tuo" or _is_on_path(program):
        return text
    return _COMMAND.sub(lambda _: sys.argv[0], text)


def _is_on_path(program: Path) -> bool:
    found = shutil.which("tuo")
    return found is not None and program.exists() and Path(found).samefile(program)
