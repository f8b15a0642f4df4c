"""The reference a teller keeps: 12 characters of an alphabet without look-alikes or vowels, the last a check character.

23 is prime and the weights differ, so any one character misread and any two exchanged are noticed (as in ISO 7064's
and ISBN-10's weighted sums). Eleven free characters are 49 bits: too many to guess, and a reference alone shows nothing.
"""

import secrets

ALPHABET = "23456789CDFGHJKMNPRTWXY"
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_FREE = 11
_COUNT = len(ALPHABET) ** _FREE
_TYPED = str.maketrans("", "", " -\u00a0")


def new_reference() -> str:
    """A random reference, as stored."""
    number = secrets.randbelow(_COUNT)
    text = ""
    checked = 0
    for weight in range(1, _FREE + 1):
        number, value = divmod(number, len(ALPHABET))
        text += ALPHABET[value]
        checked += weight * value
    return text + ALPHABET[checked % len(ALPHABET)]


def group_reference(reference: str) -> str:
    """As people read it: three groups of four."""
    return f"{reference[:4]} {reference[4:8]} {reference[8:]}"


def parse_reference(typed: str) -> str | None:
    """The reference somebody typed, with or without spaces, hyphens and capitals; None where it cannot be one."""
    if len(typed) > 40:
        return None
    text = typed.translate(_TYPED).upper()
    if len(text) != _FREE + 1 or not _VALUE.keys() >= set(text):
        return None
    checked = sum(weight * _VALUE[character] for weight, character in enumerate(text[:-1], 1))
    return text if ALPHABET[checked % len(ALPHABET)] == text[-1] else None
