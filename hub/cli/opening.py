"""For commands that open what is sealed: the way in, and the reason somebody gives, which is kept."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hub.cli.faults import Plain
from hub.cli.reach import reach
from hub.privacy import Keys
from hub.settings import Settings
from hub.store import Pool

_MOST_WORDS = 200


@asynccontextmanager
async def opened(settings: Settings, *, size: int = 2) -> AsyncIterator[tuple[Pool, Keys]]:
    """The ledger, by a pool of at most `size` connections, and the keys. Raises what `reach` raises."""
    async with await reach(settings.database_url, size=size) as pool, await reach(settings.keystore_url) as keystore:
        yield pool, Keys(keystore, bytes.fromhex(settings.master_key.get_secret_value()))


def reason_given(why: str, asked: str) -> str:
    """What was typed after `--why`, which answers `asked`. Raises `Plain` where it is nothing, or too much."""
    if not 1 <= len(why.strip()) <= _MOST_WORDS:
        raise Plain(f"Say with --why {asked}, in at most {_MOST_WORDS} characters and naming nobody.")
    return why.strip()
