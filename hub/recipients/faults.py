"""What is wrong with the register's files, said so that whoever wrote them can put it right."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """`line` counts from 1; `field` is a dotted path in the file, empty for the file itself."""

    file: str
    line: int
    field: str
    fault: str
    accepted: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        return f"{where}: {self.field or 'the file'} {self.fault}; accepted: {self.accepted}"
