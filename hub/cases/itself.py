"""The hub as a teller: what it tells itself follows from another case, and counts as much as what that one's teller said."""

from schemas import SourceKind

# No name of a client has a colon.
_OWN = "hub:"


def own_client(source_kind: SourceKind) -> str:
    """The client under which the hub passes on what such a source told."""
    return _OWN + source_kind.value


def is_own_client(client: str) -> bool:
    return client.startswith(_OWN)
