"""`python -m connectors.kit`: take part, or try how it is.

Examples:

    python -m connectors.kit consume stevenage.council-tax --bootstrap broker:9092 --group back-office --output deaths.csv
    TUO_WEBHOOK_SECRETS=whsec_… python -m connectors.kit receive --port 9000 --output deaths.jsonl
    python -m connectors.kit simulate --hub http://127.0.0.1:8400
"""

import asyncio
import contextlib
import logging
import signal
import socket
import sqlite3
import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
import uvicorn
from fastapi import FastAPI

from connectors.kit.answering import Answering
from connectors.kit.consumer import Consumer
from connectors.kit.memory import Memory
from connectors.kit.output import writer
from connectors.kit.receiver import receiver
from connectors.kit.simulator import Simulator

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Take part as a recipient, or simulate some.")
_Output = Annotated[Path, typer.Option(help="Where events go: .csv for a table, anything else for JSON lines.")]


@app.command()
def consume(
    recipient: Annotated[str, typer.Argument(help="Your recipient id at the hub.")],
    bootstrap: Annotated[str, typer.Option(help="The broker's address.")] = "127.0.0.1:9092",
    group: Annotated[str, typer.Option(help="The consumer group named in your entry.")] = "back-office",
    output: _Output = Path("events.jsonl"),
    memory: Annotated[Path | None, typer.Option(help="File of what came; without it that is forgotten at the end.")] = None,
    limit: Annotated[int, typer.Option(help="End after so many events; 0: go on until Ctrl-C.")] = 0,
) -> None:
    """Collect from your topic, write each event down, and say to the hub that you have applied it."""
    write = writer(output)
    with Consumer(bootstrap, recipient, group, memory=memory) as consumer:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: consumer.stop())
        taken = 0
        for message in consumer:
            if message.is_stale:
                continue
            write(message.event)
            message.applied()
            taken += 1
            typer.echo(f"{message.id} {message.notice}")
            if taken == limit:
                break


@app.command()
def receive(
    secret: Annotated[
        list[str], typer.Option(envvar="TUO_WEBHOOK_SECRETS", help="A live signing secret; give it twice while keys change.")
    ],
    port: Annotated[int, typer.Option(min=0, max=65535)] = 9000,
    host: Annotated[str, typer.Option()] = "127.0.0.1",
    output: _Output = Path("events.jsonl"),
    memory: Annotated[
        Path | None, typer.Option(help="File of what came and what is unanswered; beside the output where none is named.")
    ] = None,
    hub: Annotated[str, typer.Option(help="The hub's address, to answer there. Needs a key.")] = "",
    key: Annotated[str, typer.Option(envvar="TUO_RECIPIENT_KEY", help="Your API key at the hub.")] = "",
) -> None:
    """Receive signed webhooks, write each event down once, and tell the hub that it is applied where --hub and a key are given."""
    if hub and not key:
        raise typer.BadParameter("the hub is answered with your API key there, and TUO_RECIPIENT_KEY is empty.", param_hint="--hub")
    memory = memory or output.with_name(f"{output.name}.memory")
    known = _open_memory(memory)
    answering = Answering(hub, key, known) if hub else None
    try:
        application = receiver(secret, writer(output), known, answering)
    except ValueError as error:
        raise typer.BadParameter(f"{error}.", param_hint="TUO_WEBHOOK_SECRETS") from None
    told = f"{hub} is told of each" if hub else "without --hub nobody is told of them"
    _serve(application, host, port, f"Events go into {output}; {told}.")
    if waiting := len(known.unanswered()):
        typer.echo(f"{waiting} not answered yet: kept in {memory} for the next start.")
    known.close()


def _open_memory(path: Path) -> Memory:
    try:
        return Memory(path)
    except sqlite3.Error:
        raise typer.BadParameter(
            f"{path} cannot be kept: name a new file, in a folder you may write to.", param_hint="--output / --memory"
        ) from None


def _serve(application: FastAPI, host: str, port: int, then: str) -> None:
    """Until Ctrl-C."""
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise typer.BadParameter(f"{host}, port {port}: {error.strerror}. Choose another.", param_hint="--host / --port") from None
    logging.basicConfig(format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    logging.getLogger("connectors.kit").setLevel(logging.INFO)
    typer.echo(f"Listening on {host}, port {listener.getsockname()[1]}. {then}")
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(uvicorn.Config(application, log_level="warning")).run(sockets=[listener])


@app.command()
def simulate(
    hub: Annotated[str, typer.Option(help="Where the recipients answer.")] = "http://127.0.0.1:8400",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the control API; 0: a free one.")] = 0,
    file: Annotated[Path | None, typer.Option(help="Write arrivals here, a JSON line each.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the events themselves, to be asked for.")] = False,
) -> None:
    """Simulate recipients until standard input ends. The first line printed is JSON with the control API's address."""
    asyncio.run(_simulate(Simulator(hub, file=file, keep=keep), port))


async def _simulate(simulator: Simulator, port: int) -> None:
    control = await simulator.listen(port)
    typer.echo(orjson.dumps({"control": control}))
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    loop.add_signal_handler(signal.SIGINT, ended.set)
    reader = asyncio.StreamReader()
    pipe, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    waiting = [asyncio.create_task(reader.read()), asyncio.create_task(ended.wait())]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    pipe.close()
    await simulator.close()


def main() -> None:
    """Run the command line, with flags in its help without the `<bool>` that looks as if they took a value."""
    command: Any = typer.main.get_command(app)
    for one in (command, *command.commands.values()):
        for option in one.get_params(typer.Context(one)):
            if getattr(option, "is_flag", False):
                option.metavar = ""
    command()


if __name__ == "__main__":
    main()
