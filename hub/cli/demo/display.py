"""Shows the account: a live table in a terminal, a line for each change elsewhere."""

from collections import Counter
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from hub.cli.demo.account import Account, Row

_STYLES = {
    "applied": "green", "no record held": "green", "accepted": "green", "rejected": "red", "failed": "red",
    "placed": "cyan", "queued": "yellow", "sending": "yellow", "held": "magenta", "unroutable": "magenta",
}  # fmt: skip
_AROUND = 6  # lines of the terminal that are not rows


class Display:
    """A context: while it lasts the account is shown as it changes."""

    def __init__(self, console: Console) -> None:
        self._console = console
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
            rows = sorted(account.rows, key=lambda row: (row.is_settled, -row.at.timestamp()))
            self._live.update(_table(rows[: self._console.height - _AROUND], summary(account)), refresh=True)

    def show_all(self, account: Account) -> None:
        """The whole table, by case; elsewhere than in a terminal it has been printed already."""
        if self._console.is_terminal:
            self._console.print(_table(account.rows, ""))
        self._console.print(summary(account))


def summary(account: Account) -> str:
    """How many stand where."""
    counts = Counter(row.state for row in account.rows)
    states = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    settled = len(account.rows) - len(account.unsettled)
    return f"{account.planned} of {account.expected} cases planned; {settled} of {len(account.rows)} accounted for: {states or 'none yet'}"


def _table(rows: Iterable[Row], caption: str) -> Table:
    table = Table(box=None, pad_edge=False, caption=caption, caption_justify="left", expand=True)
    table.add_column("Case", no_wrap=True)
    table.add_column("Recipient", ratio=3, no_wrap=True, overflow="ellipsis")
    table.add_column("State", no_wrap=True)
    table.add_column("Time (UTC)", no_wrap=True)
    table.add_column("", ratio=4, no_wrap=True, overflow="ellipsis", style="dim")
    for row in rows:
        table.add_row(row.case, row.recipient, Text(row.state, _STYLES.get(row.state, "")), f"{row.at:%H:%M:%S}", Text(row.means))
    return table


def _line(row: Row) -> Text:
    return Text(f"{row.at:%H:%M:%S}  {row.case}  {row.recipient}: {row.state}")
