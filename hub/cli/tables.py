"""Printing a table."""

from rich.console import Console
from rich.table import Table


def print_table(table: Table) -> None:
    """As wide as the terminal; elsewhere (a file, `grep`) as wide as it needs, so that no id and no variable is broken."""
    console = Console()
    if not console.is_terminal:
        console.width = Console(width=10_000).measure(table).maximum
    console.print(table)
