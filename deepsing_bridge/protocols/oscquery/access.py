"""Who may ask: this machine's programs, pages that it serves, and whoever knows the token. Pure.

A web page elsewhere could let its own name lead here, and then read what is answered (DNS rebinding), or open a
websocket, which a browser lets any page do. A browser tells by Host and Origin what it is about; other programs may
send neither.
"""

import socket
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from ..token import Token, is_this_machine


def is_here(host: str | None) -> bool:
    """Whether a request's Host can be this machine: an address, or a name that no stranger can give it."""
    if host is None:
        return True
    name = _name(f"//{host}")
    if name == "localhost" or name.rstrip(".").endswith(".local") or name == socket.gethostname().lower():
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_from_here(origin: str | None, host: str | None) -> bool:
    """Whether the page that asks lies on this machine, or where it asks. One without a place, as a file, does not."""
    if origin is None:
        return True
    name = _name(origin)
    if name == "localhost" or (name and host is not None and name == _name(f"//{host}")):
        return True
    try:
        return is_this_machine(name)
    except ValueError:
        return False


def without_token(target: str) -> tuple[str, str]:
    """What a request asks for, and the token that it has as `token=` among its attributes, if any."""
    path, _, query = target.partition("?")
    attributes = query.split("&")
    asked = "&".join(attribute for attribute in attributes if not attribute.startswith("token="))
    given = parse_qs(query).get("token", [""])[0]
    return (f"{path}?{asked}" if asked else path), given


def may_ask(token: Token | None, client: str, authorizations: Sequence[str], given: str) -> bool:
    """Another machine has to know the token, by its request's Authorization or `given` in its target."""
    if token is None or is_this_machine(client):
        return True
    scheme, _, bearer = authorizations[0].partition(" ") if authorizations else ("", "", "")
    return token.fits(bearer.strip() if scheme.lower() == "bearer" else given)


def _name(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # brackets without an address
        return ""
