"""Where a webhook may go: its name is resolved by us, every address is checked, and the connection is pinned to one."""

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PATIENCE = 5.0  # seconds; a name server that is silent keeps a resolver waiting for much longer

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_forbidden(address: _Address, *, allow_private: bool) -> bool:
    """Whether personal data may not be sent there: nothing but public unicast, unless private networks are allowed."""
    if isinstance(address, ipaddress.IPv6Address):
        address = _carried(address) or address
    if address.is_multicast or address.is_unspecified or address.is_link_local:
        return True
    return not (address.is_global or allow_private)


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that packets to this one end at: mapped, 6to4 (RFC 3056), or behind a NAT64 (RFC 6052)."""
    behind = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
    return address.ipv4_mapped or address.sixtofour or behind


async def pinned_address(url: str, *, allow_private: bool) -> tuple[str, int] | str:
    """The address and port to connect to for `url`, or why not: `dns-error` or `forbidden-address`.

    Every address the name resolves to must be allowed: a name that mixes good and forbidden ones is refused whole.
    """
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        async with asyncio.timeout(_PATIENCE):
            found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except OSError:  # a time-out is one
        return "dns-error"
    addresses = [ipaddress.ip_address(str(info[4][0]).partition("%")[0]) for info in found]
    if not addresses or any(is_forbidden(address, allow_private=allow_private) for address in addresses):
        return "forbidden-address"
    return str(addresses[0]), port
