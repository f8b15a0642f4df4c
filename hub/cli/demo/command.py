"""The command: makes an empty home, starts everything in it, lets the story run beside, and stops everything."""

import asyncio
import contextlib
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from connectors.kit.simulator import running_simulator
from hub.cli.demo.cast import DOWN, DOWN_FOR, SLOW, Cast
from hub.cli.demo.display import Display
from hub.cli.demo.story import Ending, tell
from hub.cli.faults import Plain, explain
from hub.cli.installation import Installation, Started
from hub.cli.kinds import checks
from hub.cli.typed import as_typed
from hub.local import Ended, Home, Supervisor, end_leftovers, free_port, is_free
from hub.recipients import Register, read
from hub.settings import Settings

app = typer.Typer()

_EXAMPLES = """
tuo demo

tuo demo --once  (ends when all is settled: 0; 1 if anything is not)
"""
# An outage of seconds is to be seen to end within seconds.
_QUICKER = {
    "TUO_BREAKER_FAILURES": "2",
    "TUO_BREAKER_PROBE": "1",
    "TUO_RETRY_FIRST": "0.5",
    "TUO_ALLOW_PRIVATE_ADDRESSES": "true",
}


@app.command(epilog=_EXAMPLES)
def demo(
    once: Annotated[bool, typer.Option("--once", help="End when every delivery is accounted for.")] = False,
    port: Annotated[int | None, typer.Option(help="Where the API listens. Without it 8400, or any free one.")] = None,
) -> None:
    """Show the hub at work: deaths, a birth and a move come in, every service that must know is told, and each says what it did.

    PostgreSQL, Kafka and every process of the hub really run, on an empty ledger in .tuo/demo; the people are invented,
    the places are real, the recipients are simulated. One is slow, one is down for a while, one holds no record, one rejects.
    """
    console = Console(highlight=False)
    home = Home(Home().folder / "demo")
    console.print(f"A hub of its own is made in {home.folder}. Ctrl-C stops everything.")
    story = _Story(home, console, once)
    with contextlib.suppress(Ended, KeyboardInterrupt):
        home.prepare()
        with home.taken():
            end_leftovers(home)
            _empty(home)
            _play(story, home, console, port or (8400 if is_free(8400) else free_port()))
    console.print("Everything is stopped.")
    raise typer.Exit(story.code)


def _play(story: "_Story", home: Home, console: Console, port: int) -> None:
    _forget_other_hubs()
    os.environ |= _QUICKER
    register = _register(home.settings())
    with (
        running_simulator(f"http://127.0.0.1:{port}", file=home.folder / "witness.jsonl") as simulator,
        Supervisor(home, say=lambda text: console.print(text, markup=False)) as supervisor,
    ):
        cast = Cast(register, simulator)
        cast.open_webhooks()
        started = Installation(home, console, port).start(supervisor)
        console.print(f"{SLOW} is slow, {DOWN} is down for {DOWN_FOR:.0f} s, one holds no record, one rejects. Now changes come in.")
        with story.running(cast, started):
            supervisor.watch()


class _Story:
    """The story in a thread: the main thread belongs to the supervisor. `code` is what the demo ends with."""

    def __init__(self, home: Home, console: Console, once: bool) -> None:
        self.code = 1 if once else 0
        self._home = home
        self._console = console
        self._once = once
        self._stopping = False

    @contextlib.contextmanager
    def running(self, cast: Cast, started: Started) -> Iterator[None]:
        """For as long as the block lasts; what it shows is cleared up before anything it needs is stopped."""
        self._loop = asyncio.new_event_loop()
        thread = threading.Thread(target=self._run, args=(cast, started), name="story")
        thread.start()
        try:
            yield
        finally:
            self._stopping = True
            self._loop.call_soon_threadsafe(self._cancel)
            thread.join()
            self._loop.close()

    def _cancel(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()

    def _run(self, cast: Cast, started: Started) -> None:
        stays = False
        try:
            with Display(self._console, {SLOW: "It is slow.", DOWN: f"It was down for {DOWN_FOR:.0f} s."}) as display:
                telling = tell(self._home.settings(), cast, self._home.folder / "extract.xml", display)
                ending = self._loop.run_until_complete(telling)
            display.show_all(ending.account)
            self._say(ending, started)
            self.code = 0 if ending.account.is_whole else 1
            stays = not self._once
        except asyncio.CancelledError:
            return
        except BaseException as error:  # SystemExit too: rich ends so when nobody reads what is printed
            self.code = 1
            if isinstance(error, Exception):
                sentence = explain(error) or f"the demo failed: {type(error).__name__}"
                self._console.print(f"tuo: {as_typed(sentence)}", style="red", markup=False)
        finally:
            if not stays and not self._stopping:
                # The supervisor ends as it does when a person tells it to.
                os.kill(os.getpid(), signal.SIGTERM)

    def _say(self, ending: Ending, started: Started) -> None:
        unsettled = ending.account.unsettled
        if ending.account.is_whole:
            self._console.print(f"[bold green]✓ All is accounted for[/], {ending.took:.1f} s after the first change came in.")
        else:
            self._console.print(f"[bold red]✗ After {ending.took:.0f} s not all is accounted for:[/]")
            for row in unsettled:
                self._console.print(f"  {row.case}  {row.recipient}: {row.state}", markup=False)
        self._point("Files", f"{self._home.folder}: extract.xml, witness.jsonl (what recipients saw), logs/")
        if self._once:
            self._point("Pages", "run `make demo`: there the hub stays up to be looked at")
            return
        self._point("API", f"{started.api}/docs")
        self._point("Status page", ending.page)
        self._point("Metrics", ", ".join(f"{place.role} {place.url}/metrics" for place in started.places))
        self._point("Try", as_typed(f"TUO_HOME={self._home.folder} tuo status {ending.reference}"))
        self._console.print("The hub stays up. Ctrl-C stops everything.", style="bold")

    def _point(self, what: str, where: str) -> None:
        """A line that can be copied whole, however narrow the terminal."""
        self._console.print(f"{what:<12} {where}", markup=False, soft_wrap=True)


def _empty(home: Home) -> None:
    """Each demo starts on nothing. The lock stays: it is ours."""
    for path in home.folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != ".lock":
            path.unlink()
    home.prepare()


def _forget_other_hubs() -> None:
    """The demo's addresses and secrets are its own, whatever hub this shell is set up for."""
    for name in [name for name in os.environ if name.startswith("TUO_")]:
        del os.environ[name]


def _register(settings: Settings) -> Register:
    folder: Path = settings.recipients_dir
    found = read(folder, checks(settings))
    if isinstance(found, Register):
        return found
    raise Plain(f"The recipients in {folder} are not in order: `tuo recipients check` says why. Run the demo in the project's folder.")
