"""The hub as far as planning, whose cases are exported."""

from tests.planning.conftest import hub

__all__ = ["hub"]
