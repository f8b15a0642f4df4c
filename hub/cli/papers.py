"""`tuo policy papers`: the papers of data protection, as files."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer

from hub.cli.faults import Plain
from hub.cli.folder import register_in
from hub.cli.reach import reach
from hub.cli.typed import as_typed
from hub.local import load_settings
from hub.recipients import Register, newest
from hub.settings import Settings
from schemas.days import today

PAPERS = """
tuo policy papers --out papers

tuo policy papers infra/recipients --out papers --on 2027-04-01
"""


def papers_(
    out: Annotated[Path, typer.Option(help="The folder to write into. Papers of the same names there are replaced.")],
    folder: Annotated[Path | None, typer.Argument(help="A folder of YAML files; the register loaded where none is given.")] = None,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; today where none is given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write the record of processing, the contract schedules, a draft impact assessment, a map of who gets what, and a privacy
    notice for each kind of change, each as Markdown and as a page.

    What the register cannot know is left as a marked blank: [[ to be filled in: … ]]. The same register and day make the same papers.
    """
    from hub.papers import blanks_in, papers  # loads templates and pages, which no other of these commands needs

    settings = load_settings()
    register = register_in(folder, settings) if folder else asyncio.run(_loaded(settings))
    day = on.date() if on else today()
    out.mkdir(parents=True, exist_ok=True)
    blanks: dict[str, int] = {}
    for paper in papers(register, day):
        (out / f"{paper.name}.md").write_text(paper.markdown, encoding="utf-8")
        (out / f"{paper.name}.html").write_text(paper.html, encoding="utf-8")
        blanks[paper.name] = blanks_in(paper.markdown)
    if as_json:
        print(orjson.dumps({"folder": str(out), "blanks": blanks}).decode())
        return
    for name, count in blanks.items():
        print(f"Wrote: {out / name}.md and .html (to be filled in: {count})")
    print(f"{len(blanks)} papers with {sum(blanks.values())} places to be filled in.")


async def _loaded(settings: Settings) -> Register:
    async with await reach(settings.database_url) as pool, pool.connection() as connection:
        found = await newest(connection)
    if found is None:
        raise Plain(as_typed("No register is loaded. Name a folder, or: tuo recipients load FOLDER"))
    return found
