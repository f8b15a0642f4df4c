"""How fast a postcode is looked up, in one process: planning does so once a case."""

import random
import time
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from hub.places import Place, find
from hub.places.postcodes import PostcodeTable

LOOK_UPS = 200_000
_TABLE = Path(__file__).parents[2] / "hub" / "places" / "data" / "postcodes.bin"
_DAYS = (date(2027, 3, 31), date(2027, 4, 1))


@dataclass(frozen=True, slots=True)
class LookUps:
    """CPU is this process's."""

    look_ups: int
    placed: int
    look_ups_per_second: float
    cpu_us_per_look_up: float

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def measure(scale: float) -> LookUps:
    """Postcodes from all over, in no order, before and after councils change; the first look-ups, which read the data, are not measured."""
    count = max(1_000, int(LOOK_UPS * scale))
    chosen = random.Random(7).choices([postcode for postcode, _ in PostcodeTable(_TABLE)], k=count)
    for day in _DAYS:
        find(chosen[0], day)
    start, cpu = time.perf_counter(), time.process_time()
    placed = sum(isinstance(find(postcode, _DAYS[number % 2]), Place) for number, postcode in enumerate(chosen))
    seconds, used = time.perf_counter() - start, time.process_time() - cpu
    return LookUps(count, placed, round(count / seconds), round(1e6 * used / count, 2))
