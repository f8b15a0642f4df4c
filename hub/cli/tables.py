"""Tables, and printing them."""

from rich.console import Console
from rich.table import Table


def folding_table(*columns: str, title: str | None = None) -> Table:
    """One without lines, whose cells are folded where the terminal is narrow, and never cut."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def print_table(table: Table) -> None:
    """As wide as the terminal; elsewhere (a file, `grep`) as wide as it needs, so that no id and no variable is broken."""
    console = Console()
    if not console.is_terminal:
        console.width = Console(width=10_000).measure(table).maximum
    console.print(table)
