"""What entries say in code, in words."""

import re
from datetime import timedelta

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORDS = {
    "nino": "National Insurance number",
    "nhsNumber": "NHS number",
    "chi": "CHI number",
    "uprn": "number of the property (UPRN)",
    "oldUprn": "number of the old property (UPRN)",
    "newUprn": "number of the new property (UPRN)",
    "fact": "whether it is so, or was taken back",
    "standing": "how sure it is",
    "contactDisputed": "whether tellers name different people to speak to",
}


def in_words(path: str) -> str:
    """A field for people: `deceased.usualAddress` is `deceased: usual address`."""
    names = [_WORDS.get(name) or _HUMP.sub(" ", name).lower() for name in path.split(".")]
    return f"{', '.join(names[:-1])}: {names[-1]}" if len(names) > 1 else names[0]


def in_sentence(title: str) -> str:
    """A kind's title within a sentence: `a death`."""
    return title[:1].lower() + title[1:]


def lasting(time: timedelta) -> str:
    """`5 days`, `36 hours`."""
    minutes = int(time.total_seconds()) // 60
    units = ((24 * 60, "day"), (60, "hour"), (1, "minute"))
    size, unit = next((size, unit) for size, unit in units if minutes % size == 0)
    count = minutes // size
    return f"{count} {unit}{'' if count == 1 else 's'}"
