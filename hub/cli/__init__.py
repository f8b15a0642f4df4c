"""The `tuo` command line.

A command is a module of this package named in `COMMANDS`, with a `typer.Typer` called `app`: one command in it makes
`tuo NAME`, several make `tuo NAME COMMAND`. Its module is imported when the command is used, so `tuo --help` is quick.

Every command
* teaches: a first sentence that says what it does, and examples in `epilog` (a blank line between lines);
* takes `--json` where a script would read what it says, and then prints one JSON document and nothing else;
* finds the hub with `hub.local.load_settings()`: the environment, then what `tuo up` left in this folder;
* raises `hub.cli.faults.Plain("a sentence that says what to do")` for what a person can put right;
* ends with 0 done, 1 not done or not in order, 2 used wrongly, 130 interrupted.
"""

import logging
import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

COMMANDS = {
    "up": "Run the whole hub on this machine.",
    "demo": "Show the hub at work, with simulated recipients.",
    "run": "Run one process of a larger installation.",
    "doctor": "Check this machine and this installation.",
    "ingest": "Read notifications from a file.",
    "status": "Say what became of a notification.",
    "cases": "Decide whether two cases are one; read what was disclosed.",
    "deliveries": "Look at deliveries, and put failed ones back.",
    "deadletters": "Look at what could not be handled, and put it back.",
    "recipients": "Write, check, pause and resume who is told.",
    "places": "Look up a postcode, and bring the data up to date.",
    "policy": "Ask what may be shared, and write the papers.",
    "tasks": "List and close work for people.",
    "clients": "Say who may tell the hub something.",
    "erase": "Destroy the keys of a case.",
}

_EXAMPLES = """
[bold]Begin[/]: tuo demo

[bold]Then[/]: tuo up, and in another terminal tuo doctor, tuo clients, tuo status REFERENCE
"""


class Commands(TyperGroup):
    """Lists commands by the table above and imports a command's module when it is called."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = {name: TyperCommand(name, help=summary) for name, summary in COMMANDS.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """The command `args` begin with, its module imported."""
        name, command, rest = super().resolve_command(ctx, args)
        if name in COMMANDS:
            own = import_module(f"hub.cli.{name}").app
            own._add_completion = False  # the whole `tuo` offers that, once
            command = typer.main.get_command(own)
            command.name = name
            _polish_help(command)
        return name, command, rest


app = typer.Typer(cls=Commands, no_args_is_help=True, rich_markup_mode="rich", epilog=_EXAMPLES)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(version("tell-us-once"))
        raise typer.Exit


@app.callback()
def _tuo(
    version: bool = typer.Option(False, "--version", callback=_print_version, is_eager=True, help="Print the version."),
) -> None:
    """Tell the hub once; it tells every service that must know."""


def _polish_help(command: Any) -> None:
    """Flags without the `<bool>` that looks as if they took a value; examples as this person must type them."""
    from hub.cli.typed import as_typed

    for option in command.get_params(typer.Context(command)):
        if getattr(option, "is_flag", False):
            option.metavar = ""
    command.epilog = command.epilog and as_typed(command.epilog)
    for own in getattr(command, "commands", {}).values():
        _polish_help(own)


def main() -> None:
    """Run the command line; ends the process."""
    # What libraries log is nothing to a person, who is told in a sentence; a role sets up logs of its own.
    logging.getLogger().addHandler(logging.NullHandler())
    command = typer.main.get_command(app)
    _polish_help(command)
    try:
        command(prog_name="tuo")
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        from hub.cli.faults import report

        sys.exit(report(error))
