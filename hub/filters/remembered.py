"""Each text is read once: a register says the same of thousands of cases."""

from functools import lru_cache

from hub.filters.filter import Filter, FilterFault


@lru_cache(maxsize=4096)
def read_filter(text: str) -> Filter | FilterFault:
    """The filter that `text` says, or what is wrong with it."""
    from hub.filters.reading import read  # loads a parser (10 MB), for which a hub without filters need not pay

    return read(text)
