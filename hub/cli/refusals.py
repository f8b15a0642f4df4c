"""Causes for which the hub itself does not send: the code alone would look as if the recipient had refused."""

_IN_WORDS = {
    "forbidden-address": "forbidden-address: the hub does not send to the recipient's address, which is private or reserved. "
    "TUO_ALLOW_PRIVATE_ADDRESSES=true, where deliveries are sent, allows private networks."
}


def in_words(cause: object) -> str:
    """The cause of a failure, with what it means where that is up to the hub."""
    return _IN_WORDS.get(str(cause), str(cause))


def is_ours(cause: object) -> bool:
    """Whether it is the hub that does not send."""
    return cause in _IN_WORDS
