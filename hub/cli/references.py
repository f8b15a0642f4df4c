"""References as people type them."""

from hub.cases import parse_reference
from hub.cli.faults import Plain


def reference_typed(text: str) -> str:
    """The reference in `text`, with or without spaces. Raises `Plain` where it is none."""
    code = parse_reference(text)
    if code is None:
        raise Plain("This is not a reference: 12 letters and figures, the last of which checks the others. Look for a slip.")
    return code


def never_given() -> Plain:
    """The fault of a reference that is of the right form, and nobody's."""
    return Plain("The hub never gave this reference.")
