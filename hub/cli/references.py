"""References, and cases by reference or id, as people type and read them."""

from uuid import UUID

from hub.cases import case_of, first_reference, group_reference, parse_reference
from hub.cli.faults import Plain
from hub.store import Connection

CASE = "The case: a reference of it, with or without spaces, or its id."


def reference_typed(text: str) -> str:
    """The reference in `text`, with or without spaces. Raises `Plain` where it is none."""
    code = parse_reference(text)
    if code is None:
        raise Plain("This is not a reference: 12 letters and figures, the last of which checks the others. Look for a slip.")
    return code


def named(text: str) -> str | UUID:
    """The reference or the id of a case in `text`. Raises `Plain` where it is neither."""
    try:
        return UUID(text)
    except ValueError:
        return reference_typed(text)


async def find_case(connection: Connection, case: str | UUID) -> UUID:
    """The case of that name. Raises `Plain` where a reference was never given; an id is not looked up."""
    found = case if isinstance(case, UUID) else await case_of(connection, case)
    if found is None:
        raise never_given()
    return found


async def a_reference(connection: Connection, case: str | UUID) -> str:
    """A reference of the case of that name. Raises `Plain` where it has none; one that is named is not looked up."""
    found = await first_reference(connection, case) if isinstance(case, UUID) else case
    if found is None:
        raise Plain("The hub knows no such case, or nobody was given a reference for it.")
    return found


def shown(case: UUID, reference: str | None) -> str:
    """A case as people read it: its reference, or its id where nobody was given one."""
    return str(case) if reference is None else group_reference(reference)


def never_given() -> Plain:
    """The fault of a reference that is of the right form, and nobody's."""
    return Plain("The hub never gave this reference.")
