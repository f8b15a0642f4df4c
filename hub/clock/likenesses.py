"""Cases that look alike and that nobody compared: two recorded at the same instant do not see each other."""

from hub.cases import propose_missed
from hub.observe import log
from hub.store import Pool


class Likenesses:
    """The round through the likenesses, and how far it has come."""

    def __init__(self) -> None:
        self._next = b""

    async def look(self, pool: Pool) -> int:
        """Look at the next page and propose what was missed there. Returns how many."""
        self._next, proposed = await propose_missed(pool, self._next)
        if proposed:
            log.info("clock.alike-found", count=proposed)
        return proposed
