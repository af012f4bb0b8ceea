"""The UDP socket below OSC: addresses, the socket itself, and what the system tells of packets that nobody took."""

import errno
import socket
from collections.abc import Iterator

from ...core.addresses import host_and_port
from ...core.errors import BridgeError, Taken
from .subscribers import Address

EVERY_ADDRESS = ("0.0.0.0", "::")
RECEIVE_BUFFER = 2**19  # bytes: what comes in while the interpreter is busy elsewhere; the kernel drops the rest

# Linux tells of refused packets when asked to (ip(7) IP_RECVERR, ipv6(7)); Python has no names for these numbers yet.
_TELL_REFUSALS = {socket.AF_INET: (socket.IPPROTO_IP, 11), socket.AF_INET6: (socket.IPPROTO_IPV6, 25)}
_REFUSALS = getattr(socket, "MSG_ERRQUEUE", None)  # where they are read; other systems have none


def resolved(host: str, port: int, family: socket.AddressFamily | int = 0) -> tuple[socket.AddressFamily, Address]:
    """The address of `host` and what kind it is; of `family`, if one is given. Raises BridgeError if there is none."""
    if not 0 <= port < 2**16:  # the system would take another one without a word
        raise BridgeError(f"OSC: there is no udp port {port}, expected 1..65535")
    try:
        found = socket.getaddrinfo(host, port, family, socket.SOCK_DGRAM)[0]
    except (OSError, UnicodeError) as error:
        raise BridgeError(
            f"OSC: {host_and_port(host, port)} is no address that this machine knows ({error})"
        ) from error
    return found[0], found[4]


def bound(family: socket.AddressFamily, address: Address) -> socket.socket:
    """A socket at `address` that never blocks. Raises Taken, or BridgeError for what else is in its way."""
    made = socket.socket(family, socket.SOCK_DGRAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        if _REFUSALS is not None:
            made.setsockopt(*_TELL_REFUSALS[family], 1)
        made.setblocking(False)
        made.bind(address)
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            raise Taken(f"OSC: udp port {address[1]} of {address[0]} is taken by another program") from error
        raise BridgeError(f"OSC: udp port {address[1]} of {address[0]} cannot be taken ({error.strerror})") from error
    return made


def is_own(here: Address, sender: Address, family: int) -> bool:
    """Whether the socket at `here` sent it; one that is at every address of the machine sends from any of them."""
    if here[0] not in EVERY_ADDRESS:
        return bool(sender == here)
    return sender[1] == here[1] and _is_local(family, sender)


def _is_local(family: int, address: Address) -> bool:
    """Whether `address` is one of this machine's: only those can be bound to."""
    host, _, *rest = address
    with socket.socket(family, socket.SOCK_DGRAM) as tried:
        try:
            tried.bind((host, 0, *rest))
        except OSError:
            return False
    return True


def refusals(sender: socket.socket) -> Iterator[Address]:
    """Where packets went that were refused, since nobody listens there; each is told once."""
    while _REFUSALS is not None:
        try:
            *_, address = sender.recvmsg(1, 1024, _REFUSALS)
        except OSError:  # that was the last one
            return
        yield address


def at_port(address: Address, port: int | None) -> Address:
    """The same machine's `port`, if one is given."""
    return address if port is None else (address[0], port, *address[2:])
