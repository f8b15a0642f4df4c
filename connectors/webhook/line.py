"""The line to one endpoint: its kept connections, all to addresses that were checked."""

import asyncio
import os
import ssl
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlsplit

import certifi

from connectors.webhook.addresses import Address
from connectors.webhook.exchange import Answer, Exchange, Failed

_CONNECT_WITHIN = 5.0  # seconds
# Many servers close what was idle for five seconds: a request written just then would be outcome unknown for nothing.
_KEPT_FOR = 4.0
_SAFE = "/%:@!$&'()*+,;=~?"


class Line:
    """POSTs to `url`, a request to a connection at a time; `timeout` in seconds, from connecting to the last byte.

    Connections go to the first of `addresses` (one at least) until one fails, and then to the next.
    """

    def __init__(self, url: str, addresses: Sequence[Address], timeout: float) -> None:
        parts = urlsplit(url)
        self._addresses = list(addresses)
        self._reached: set[Address] = set()
        self._timeout = timeout
        self._tls = parts.scheme == "https"
        self._name = parts.hostname or ""
        target = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
        host = parts.netloc.lower()
        self._head = f"POST {target} HTTP/1.1\r\nhost: {host}\r\nuser-agent: tell-us-once/1\r\naccept: */*\r\n".encode("ascii")
        self._idle: list[tuple[float, Exchange]] = []
        self._sweep: asyncio.TimerHandle | None = None

    async def post(self, headers: bytes, body: bytes) -> Answer | Failed:
        """`headers`: whole lines, each with its end, without those of framing."""
        left = self._timeout
        exchange = self._kept()
        if exchange is None:
            began = time.monotonic()
            opened = await self._open()
            if isinstance(opened, Failed):
                return opened
            exchange = opened
            left = max(0.001, left - (time.monotonic() - began))
        request = b"%b%bcontent-length: %d\r\n\r\n%b" % (self._head, headers, len(body), body)
        answer = await exchange.post(request, left)
        if exchange.is_open:
            self._keep(exchange)
        return answer

    def follow(self, addresses: Sequence[Address]) -> bool:
        """Go by `addresses` from now on, in the order already kept to. False where a connection may lead elsewhere: that line is over."""
        if not self._reached.issubset(addresses):
            return False
        known = [address for address in self._addresses if address in addresses]
        self._addresses = list(dict.fromkeys([*known, *addresses]))
        return True

    def close(self) -> None:
        """Close what is idle. What is on the wire ends by itself, and is then closed as whatever is idle for long is."""
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        for _, exchange in self._idle:
            exchange.close()
        self._idle.clear()

    async def _open(self) -> Exchange | Failed:
        address = self._addresses[0]
        opened = await self._connect(*address)
        if not isinstance(opened, Failed):
            self._reached.add(address)
        elif self._addresses[0] == address:  # and no other that failed has gone on by now
            self._addresses.append(self._addresses.pop(0))
        return opened

    async def _connect(self, host: str, port: int) -> Exchange | Failed:
        """Whatever fails before there is a connection is proof that nothing was sent."""
        loop = asyncio.get_running_loop()
        context, name = (_tls(), self._name) if self._tls else (None, None)
        try:
            async with asyncio.timeout(min(_CONNECT_WITHIN, self._timeout)):
                _, exchange = await loop.create_connection(lambda: Exchange(loop), host, port, ssl=context, server_hostname=name)
        except TimeoutError:
            return Failed("connect-timeout", unsent=True)
        except ConnectionRefusedError:
            return Failed("connection-refused", unsent=True)
        except ssl.SSLCertVerificationError:
            return Failed("certificate", unsent=True)
        except ssl.SSLError:
            return Failed("tls", unsent=True)
        except OSError:
            return Failed("tls" if self._tls else "connect-failed", unsent=True)
        return exchange

    def _kept(self) -> Exchange | None:
        while self._idle:
            _, exchange = self._idle.pop()
            if exchange.is_open:
                return exchange
        return None

    def _keep(self, exchange: Exchange) -> None:
        self._idle.append((time.monotonic(), exchange))
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(_KEPT_FOR, self._close_idle)

    def _close_idle(self) -> None:
        until = time.monotonic() - _KEPT_FOR
        for at, exchange in self._idle:
            if at <= until:
                exchange.close()
        self._idle = [(at, exchange) for at, exchange in self._idle if at > until]
        left = self._idle[0][0] - until if self._idle else None
        self._sweep = None if left is None else asyncio.get_running_loop().call_later(left, self._close_idle)


@cache
def _tls() -> ssl.SSLContext:
    """Trusts whom the machine trusts, and the public authorities only where it names nobody."""
    context = ssl.create_default_context()
    if not _machine_trusts_any(context):
        context.load_verify_locations(certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context


def _machine_trusts_any(context: ssl.SSLContext) -> bool:
    if os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR") or context.cert_store_stats()["x509_ca"]:
        return True
    # Those in a folder are not counted: OpenSSL reads each when it is needed, by its hashed name.
    folder = ssl.get_default_verify_paths().capath
    return folder is not None and any(Path(folder).glob("*.0"))
