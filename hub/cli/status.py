"""`tuo status`: what became of a notification."""

import asyncio
from typing import Annotated

import typer
from rich.live import Live
from rich.table import Table
from rich.text import Text

from hub.cases import group_reference
from hub.cli.faults import Plain
from hub.cli.opening import opened
from hub.cli.references import never_given, reference_typed
from hub.cli.register import current
from hub.cli.run import settings_with_secrets
from hub.cli.tables import folding_table, print_table
from hub.cli.unset import Unset, are_not_set, unset_of
from hub.local import Home
from hub.policy import explain
from hub.privacy import Keys
from hub.recipients import Register
from hub.settings import Settings
from hub.store import Connection
from hub.tracking import Directory, case_status, find_reference, sentence, told_on
from schemas import CaseState, CaseStatus

app = typer.Typer()

_EXAMPLES = """
tuo status "4KXR D7WM 2PYM"

tuo status 4KXRD7WM2PYM --follow

tuo status 4KXRD7WM2PYM --json | jq .state
"""
_EVERY = 0.5
_SETTLED = {CaseState.TOLD, CaseState.COMPLETE}
_STYLES = {
    "applied": "green", "no record held": "green", "accepted": "green", "placed": "cyan", "queued": "yellow", "sending": "yellow",
    "failed": "red", "rejected": "red", "needs information": "red",
}  # fmt: skip


@app.command(epilog=_EXAMPLES)
def status(
    reference: Annotated[str, typer.Argument(help="The reference the teller was given, with or without spaces.")],
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Stay, and show every change until all have been told.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document: the form of GET /v1/cases/{reference}.")] = False,
) -> None:
    """Say what became of a notification: who knows, what each recipient did, and why others were not told.

    Operators see every answer, those too that a teller may not read. Ends with 1 while not everybody is told.
    """
    settings = settings_with_secrets()
    code = reference_typed(reference)
    found = asyncio.run(_show(settings, code, follow and not as_json, as_json))
    raise typer.Exit(0 if found.state in _SETTLED else 1)


async def _show(settings: Settings, reference: str, follow: bool, as_json: bool) -> CaseStatus:
    async with opened(settings, size=1) as (pool, keys):
        register = await current(pool)
        look = _Look(reference, keys, register)
        unset = unset_of(register, Home()) or {}
        async with pool.connection() as connection:
            found = await look.read(connection)
            if as_json:
                print(found.model_dump_json(by_alias=True))
            elif follow:
                with Live(_table(found, unset), auto_refresh=False) as live:
                    while found.state not in _SETTLED:
                        await asyncio.sleep(_EVERY)
                        found = await look.read(connection)
                        live.update(_table(found, unset), refresh=True)
            else:
                print_table(_table(found, unset))
    return found


class _Look:
    def __init__(self, reference: str, keys: Keys, register: Register) -> None:
        self._reference = reference
        self._keys = keys
        self._directory = Directory(lambda: register, explain)

    async def read(self, connection: Connection) -> CaseStatus:
        found = await find_reference(connection, self._reference)
        if found is None:
            raise never_given()
        if found.erased_at is not None:
            raise Plain(f"The case was erased on {found.erased_at:%d %B %Y}: what it said can no longer be read.")
        return await case_status(connection, self._keys, self._directory, self._reference, found, everything=True)


def _table(status: CaseStatus, unset: Unset) -> Table:
    title = f"{group_reference(status.reference)}  {status.kind}, {status.standing.word}: [bold]{status.state.value}[/]"
    table = folding_table("Recipient", "State", "Since", "Tries", "What that means", title=title)
    if status.erased_before is not None:
        table.caption = f"What was told before {status.erased_before:%d %B %Y} has been erased."
    for one in status.deliveries:
        lacking = unset.get(one.recipient) if one.state == "queued" else None
        means = f"Waits: {are_not_set(lacking)}." if lacking else " ".join(filter(None, (one.explanation or sentence(one), one.reason)))
        state = Text(one.state, style=_STYLES.get(one.state, ""))
        table.add_row(f"{one.service}, {one.organisation}", state, f"{one.since:%H:%M:%S}", str(one.attempts), Text(means))
    for other in status.not_told:
        means = f"{other.explanation} Will be told {told_on(other.until)}." if other.until else other.explanation
        who = ", ".join(filter(None, (other.service, other.organisation)))
        table.add_row(who, Text(other.decision, style="dim"), "", "", Text(means))
    return table
