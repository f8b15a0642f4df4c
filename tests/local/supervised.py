"""A small program under a supervisor, for tests: `python -m tests.local.supervised HOME NAME=ARGUMENTS…`.

Each NAME is a child that runs `python -c ARGUMENTS`; `postgres` alone is the embedded server of the home.
"""

import sys
from pathlib import Path

from hub.local import Child, Command, Ended, Home, Postgres, Supervisor, end_leftovers


def child_of(home: Home, argument: str) -> Child:
    name, _, code = argument.partition("=")
    if name == "postgres":
        server = Postgres(home.folder / "postgres")
        server.prepare()
        return Child(name, server.command(), server.is_ready)
    return Child(name, Command((sys.executable, "-u", "-c", code), patience=2.0), lambda: True)


def main(folder: str, *arguments: str) -> None:
    home = Home(Path(folder))
    home.prepare()
    with home.taken():
        end_leftovers(home)
        try:
            with Supervisor(home, say=lambda text: print(text, flush=True)) as supervisor:
                for argument in arguments:
                    child = child_of(home, argument)
                    supervisor.start(child)
                    supervisor.await_ready(child)
                print("ready", flush=True)
                supervisor.watch()
        except Ended:
            print("ended", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
