"""An HTTP server inside a role."""

from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn


class Server(uvicorn.Server):
    """uvicorn without hands on the signals, which are the role's."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
