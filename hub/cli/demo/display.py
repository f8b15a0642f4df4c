"""Shows the account: a live table in a terminal, a line for each change elsewhere."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from hub.cli.demo.account import Account, Row

_STYLES = {
    "applied": "green", "no record held": "green", "accepted": "green", "rejected": "red", "failed": "red",
    "placed": "cyan", "queued": "yellow", "sending": "yellow", "held": "magenta", "unroutable": "magenta", "withheld": "magenta",
}  # fmt: skip
_NOT_TOLD = ("held", "withheld", "unroutable")
_AROUND = 6  # lines of the terminal that are neither rows nor headings
_WIDE = 120  # columns from which on a row has room for its sentence
_NAME = 62  # columns: all names but one or two
_FEW = 3  # rows that came out alike are named up to here, and counted beyond


class Display:
    """A context: while it lasts the account is shown as it changes."""

    def __init__(self, console: Console, remarks: Mapping[str, str]) -> None:
        """`remarks` says of some recipients, by id, why to look at them."""
        self._console = console
        self._remarks = remarks
        self._live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None
        self._shown: dict[tuple[str, str], str] = {}

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, account: Account) -> None:
        """What changed comes on top; in a terminal with as many others as fit."""
        changed = [row for row in account.rows if self._shown.get((row.case, row.recipient)) != row.state]
        self._shown |= {(row.case, row.recipient): row.state for row in changed}
        if self._live is None:
            # Who is being sent to is in another state before the line is read.
            for row in sorted((row for row in changed if row.state != "sending"), key=lambda row: row.at):
                self._console.print(_line(row), soft_wrap=True)
        else:
            most = self._console.height - _AROUND - len({row.case for row in account.rows})
            newest = sorted(account.rows, key=lambda row: (row.is_settled, -row.at.timestamp()))[: max(most, 1)]
            rows = [row for row in account.rows if row in newest]
            self._live.update(_table(rows, summary(account), self._console.width >= _WIDE), refresh=True)

    def show_all(self, account: Account) -> None:
        """How each case came out: what most of its recipients did is counted, what few did is told."""
        for _, rows in groupby(account.rows, key=lambda row: row.case):
            self._show_case(list(rows))
        self._console.print(summary(account))

    def _show_case(self, rows: Sequence[Row]) -> None:
        self._console.print(Text.assemble((rows[0].told, "bold"), f"  {rows[0].case}"))
        lines = Table.grid(padding=(0, 2))
        lines.add_column(no_wrap=True, min_width=14)
        lines.add_column()
        for state, who in self._outcomes(rows):
            lines.add_row(Text(state, _STYLES.get(state, "")), Text(who))
        self._console.print(Padding(lines, (0, 0, 1, 2)))

    def _outcomes(self, rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
        """State and who came to it: first what many did, then each of the few, and those there is a remark on."""
        alike = Counter((row.state, row.means) for row in rows if self._remark(row) is None)
        many = {outcome for outcome, count in alike.items() if count > _FEW}
        for state, means in sorted(many):
            yield state, f"{alike[state, means]} services: {means}"
        for row in rows:
            remark = self._remark(row)
            if remark is not None or (row.state, row.means) not in many:
                yield row.state, " ".join(filter(None, (f"{row.recipient}:", remark, row.means)))

    def _remark(self, row: Row) -> str | None:
        return None if row.state in _NOT_TOLD else self._remarks.get(row.id)


def summary(account: Account) -> str:
    """How many stand where."""
    counts = Counter(row.state for row in account.rows)
    states = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    settled = len(account.rows) - len(account.unsettled)
    return f"{account.planned} of {account.expected} cases planned; {settled} of {len(account.rows)} accounted for: {states or 'none yet'}"


def _table(rows: Sequence[Row], caption: str, is_wide: bool) -> Table:
    table = Table(box=None, pad_edge=False, caption=caption, caption_justify="left", expand=True)
    table.add_column("Recipient", ratio=None if is_wide else 1, max_width=_NAME if is_wide else None, no_wrap=True, overflow="ellipsis")
    table.add_column("State", no_wrap=True)
    table.add_column("Time (UTC)", no_wrap=True)
    if is_wide:
        table.add_column("", ratio=1, no_wrap=True, overflow="ellipsis", style="dim")
    for _, of_case in groupby(rows, key=lambda row: row.case):
        for number, row in enumerate(of_case):
            if number == 0:
                table.add_row(Text(row.told, "bold"))
            cells = [Text(f"  {row.recipient}"), Text(row.state, _STYLES.get(row.state, "")), Text(f"{row.at:%H:%M:%S}"), Text(row.means)]
            table.add_row(*cells[: len(table.columns)])
    return table


def _line(row: Row) -> Text:
    return Text(f"{row.at:%H:%M:%S}  {row.case}  {row.recipient}: {row.state}")
