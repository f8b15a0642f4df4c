"""`python -m connectors.kit`: take part, or try how it is.

Examples:

    python -m connectors.kit consume stevenage.council-tax --bootstrap broker:9092 --group back-office --output deaths.csv
    TUO_WEBHOOK_SECRETS=whsec_… python -m connectors.kit receive --port 9000 --output deaths.jsonl
    python -m connectors.kit simulate --hub http://127.0.0.1:8400
"""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Annotated

import orjson
import typer
import uvicorn

from connectors.kit.answering import Answering
from connectors.kit.consumer import Consumer
from connectors.kit.memory import Memory
from connectors.kit.output import writer
from connectors.kit.receiver import receiver
from connectors.kit.simulator import Simulator

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Take part as a recipient, or simulate some.")
_Output = Annotated[Path, typer.Option(help="Where events go: .csv for a table, anything else for JSON lines.")]
_Memory = Annotated[Path | None, typer.Option(help="File of what came and what is unanswered; without it that is forgotten at the end.")]


@app.command()
def consume(
    recipient: Annotated[str, typer.Argument(help="Your recipient id at the hub.")],
    bootstrap: Annotated[str, typer.Option(help="The broker's address.")] = "127.0.0.1:9092",
    group: Annotated[str, typer.Option(help="The consumer group named in your entry.")] = "back-office",
    output: _Output = Path("events.jsonl"),
    memory: _Memory = None,
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
    memory: _Memory = None,
    hub: Annotated[str, typer.Option(help="The hub's address, to answer there.")] = "",
    key: Annotated[str, typer.Option(envvar="TUO_RECIPIENT_KEY", help="Your API key at the hub.")] = "",
) -> None:
    """Receive signed webhooks, write each event down once, and answer the hub where --hub and a key are given."""
    known = Memory(memory)
    answering = Answering(hub, key, known) if hub and key else None
    uvicorn.run(receiver(secret, writer(output), known, answering), host=host, port=port, log_level="warning")


@app.command()
def simulate(
    hub: Annotated[str, typer.Option(help="Where the recipients answer.")] = "http://127.0.0.1:8400",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the control API; 0: a free one.")] = 0,
    file: Annotated[Path | None, typer.Option(help="Write arrivals here, a JSON line each.")] = None,
    keep: Annotated[bool, typer.Option(help="Keep the events themselves, to be asked for.")] = False,
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


if __name__ == "__main__":
    app()
