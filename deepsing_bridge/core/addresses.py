"""Addresses of the network as they are written. Knows nothing of sockets."""


def host_and_port(host: str, port: int | str) -> str:
    """As URLs have it: an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
