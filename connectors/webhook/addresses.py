"""Where a webhook may go: its name is resolved by us, every address is checked, and connections go to these alone."""

import asyncio
import ipaddress
import socket
from contextlib import suppress
from threading import Thread
from urllib.parse import urlsplit

from connectors.contract import EndpointFault, Retry

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PUBLIC_IPV6 = ipaddress.ip_network("2000::/3")  # all that is given out; a Python may not know yet what is set apart within
_SET_APART = [ipaddress.ip_network(one) for one in ("192.88.99.0/24", "3fff::/20")]
_PATIENCE = 5.0  # seconds; a name server that is silent keeps a resolver waiting for much longer

_IP = ipaddress.IPv4Address | ipaddress.IPv6Address
Address = tuple[str, int]


def is_forbidden(address: _IP, *, allow_private: bool) -> bool:
    """Whether personal data may not be sent there: nothing but public unicast, unless private networks are allowed."""
    if isinstance(address, ipaddress.IPv6Address):
        address = _carried(address) or address
    if address.is_multicast or address.is_unspecified or address.is_link_local:
        return True
    return not (allow_private or _is_public(address))


def _is_public(address: _IP) -> bool:
    if not address.is_global or any(address in network for network in _SET_APART):
        return False
    return address.version == 4 or address in _PUBLIC_IPV6


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that packets to this one end at: mapped, 6to4 (RFC 3056), or behind a NAT64 (RFC 6052)."""
    behind = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
    return address.ipv4_mapped or address.sixtofour or behind


class Resolver:
    """Looks hosts up. One look-up of a host is under way at most: whoever asks meanwhile waits for the same one.

    Each has a thread of its own: a look-up cannot be broken off, however soon nobody waits for it any more, and in a pool
    the few hosts of one silent name server would stand in the way of all others.
    """

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._under_way: dict[str, asyncio.Future[list[str]]] = {}

    async def addresses(self, url: str) -> list[Address] | Retry | EndpointFault:
        """The addresses and the port to connect to for `url`, in the resolver's order, or the proof that nothing was sent.

        Every address the host has must be allowed: a name that mixes good and forbidden ones is refused whole.
        """
        parts = urlsplit(url)
        try:
            async with asyncio.timeout(_PATIENCE):
                found = await asyncio.shield(self._look_up(parts.hostname or ""))
        except TimeoutError:
            found = []
        if not found:
            return Retry("dns-error", unsent=True)
        if any(is_forbidden(ipaddress.ip_address(one), allow_private=self._allow_private) for one in found):
            return EndpointFault("forbidden-address", unsent=True)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return [(one, port) for one in found]

    def _look_up(self, host: str) -> "asyncio.Future[list[str]]":
        under_way = self._under_way.get(host)
        if under_way is None:
            loop = asyncio.get_running_loop()
            under_way = loop.create_future()
            Thread(target=self._ask, args=(host, loop), name="look-up", daemon=True).start()
            self._under_way[host] = under_way
        return under_way

    def _ask(self, host: str, loop: asyncio.AbstractEventLoop) -> None:
        found = _addresses_of(host)
        with suppress(RuntimeError):  # the loop has ended, and nobody waits
            loop.call_soon_threadsafe(self._answer, host, found)

    def _answer(self, host: str, found: list[str]) -> None:
        self._under_way.pop(host).set_result(found)


def _addresses_of(host: str) -> list[str]:
    """None at all where the host is unknown, or cannot be one."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(info[4][0]).partition("%")[0] for info in found]
