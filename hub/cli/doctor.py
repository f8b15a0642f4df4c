"""`tuo doctor`: is this machine fit for the hub, and is this installation well?"""

from typing import Annotated

import orjson
import typer
from rich.console import Console

from hub.cli.examination import examine_installation
from hub.cli.finding import Finding, Verdict
from hub.cli.machine import examine_machine
from hub.cli.typed import as_typed
from hub.local import Home

app = typer.Typer()

_MARKS = {Verdict.OK: "[green]✓ ok  [/]", Verdict.WARN: "[yellow]! warn[/]", Verdict.FAIL: "[red]✗ fail[/]"}
_EXAMPLES = """
tuo doctor

tuo doctor --json | jq '.findings[] | select(.verdict != "ok")'
"""


@app.command(epilog=_EXAMPLES)
def doctor(as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False) -> None:
    """Check this machine and the hub in this folder; every line that is not ok says what to do.

    Ends with 1 when something fails. A warning alone does not.
    """
    home = Home()
    findings = [*examine_machine(home), *examine_installation(home)]
    fit = all(finding.verdict is not Verdict.FAIL for finding in findings)
    if as_json:
        print(orjson.dumps({"fit": fit, "findings": findings}).decode())
    else:
        _show(findings)
    raise typer.Exit(0 if fit else 1)


def _show(findings: list[Finding]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for finding in findings:
        console.print(_MARKS[finding.verdict], end="  ")
        console.print(as_typed(f"{finding.what}: {finding.found}"), markup=False)
        if finding.remedy:
            console.print(f"          {as_typed(finding.remedy)}", markup=False, style="dim")
