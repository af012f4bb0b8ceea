"""A secret that OSC and HTTP clients of other machines have to know. Knows nothing of sockets."""

import hmac
from ipaddress import IPv6Address, ip_address
from pathlib import Path

from ..core.errors import BridgeError
from ..core.files import read_text

SHORTEST, LONGEST = 12, 128  # characters
MOST_BYTES = 1024  # of a file that has one
MOST_HOSTS = 256  # that gave it are remembered; of more, the first has to give it again


class Token:
    def __init__(self, text: str) -> None:
        """Raises BridgeError for what is too short, or cannot stand in an address."""
        if not SHORTEST <= len(text) <= LONGEST or not (text.isascii() and text.isprintable()) or " " in text:
            raise BridgeError(f"the token: expected {SHORTEST} to {LONGEST} letters, digits or signs, without spaces")
        self._text = text.encode()

    @classmethod
    def read(cls, path: Path) -> "Token":
        """The only line of a file. Raises BridgeError."""
        return cls(read_text(path, MOST_BYTES).strip())

    def __repr__(self) -> str:
        return "Token(…)"

    def fits(self, given: str) -> bool:
        """In a time that tells nothing of how much of it was right."""
        return hmac.compare_digest(self._text, given.encode("utf-8", "replace"))


class KnownHosts:
    """Who may speak: everybody if there is no token, else this machine, and those that gave it. For one thread."""

    def __init__(self, token: Token | None) -> None:
        self._token = token
        self._known: dict[str, None] = {}  # the first first

    def may_speak(self, host: str) -> bool:
        return self._token is None or host in self._known or is_this_machine(host)

    def give(self, host: str, text: str) -> None:
        """Raises BridgeError for a wrong one."""
        if self._token is None:
            return
        if not self._token.fits(text):
            raise BridgeError("the token is not the one that the bridge was started with")
        self._known[host] = None
        if len(self._known) > MOST_HOSTS:
            del self._known[next(iter(self._known))]


def is_this_machine(host: str) -> bool:
    address = ip_address(host)
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback
