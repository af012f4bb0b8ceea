"""CURVE keys: who may talk to the bridge over ZeroMQ. What a client needs of them, `client.load_keys` reads.

A folder of keys, in the certificate format of zmq.auth:

    server.key_secret    stays with the bridge
    server.key           every client needs it, to know the bridge
    client.key_secret    for clients; with it, and only with it, they are let in
    clients/*.key        the public keys of those who are let in; more can be added

Knows nothing of sockets. Runs on whichever thread calls it.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import zmq
import zmq.auth

from ...client import read_key
from ...core.errors import BridgeError
from ...core.files import is_there, read_text
from ...core.invocation import command

MOST_BYTES = 1 << 16  # of a key's file
SERVER, CLIENT, CLIENTS = "server", "client", "clients"


@dataclass(frozen=True)
class AllowedKeys:
    """The server's side: its `secret` key, and the public keys of the `clients` that are let in. All in Z85."""

    secret: bytes = field(repr=False)
    clients: frozenset[bytes]


def make(folder: Path) -> list[Path]:
    """Write a pair of keys for the server and one for clients into `folder`; returns the files.

    Secret ones can be read by their owner alone. Raises BridgeError if one of the files is there already, or
    none can be written.
    """
    if not zmq.has("curve"):
        raise BridgeError("keys: this build of ZeroMQ has no CURVE; install pyzmq from PyPI")
    files = {
        f"{SERVER}.key_secret": folder / f"{SERVER}.key_secret",
        f"{SERVER}.key": folder / f"{SERVER}.key",
        f"{CLIENT}.key_secret": folder / f"{CLIENT}.key_secret",
        f"{CLIENT}.key": folder / CLIENTS / f"{CLIENT}.key",
    }
    for path in files.values():
        if path.exists():
            raise BridgeError(f"{path}: is there already, and keys are never overwritten; choose another folder")
    try:
        (folder / CLIENTS).mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder) as draft:  # only its owner may look into it
            for name in (SERVER, CLIENT):
                zmq.auth.create_certificates(draft, name)
            for name, path in files.items():
                _write_new(path, (Path(draft) / name).read_text("utf-8"), secret=name.endswith("_secret"))
    except OSError as error:
        raise BridgeError(f"{folder}: keys cannot be written there: {error.strerror or error}") from error
    return list(files.values())


def load(folder: Path) -> AllowedKeys:
    """What the bridge needs out of `folder`. Raises BridgeError if something is missing or is not a key."""
    own, others = folder / f"{SERVER}.key_secret", sorted((folder / CLIENTS).glob("*.key"))
    for path in (own, *others):
        if is_there(path):
            read_text(path, MOST_BYTES)  # or complain of a pipe, which would be waited for
    try:
        _, secret = read_key(own, secret=True)
        clients = frozenset(read_key(path)[0] for path in others)
    except ValueError as error:
        raise BridgeError(str(error)) from error
    if not clients:
        raise BridgeError(f"{folder / CLIENTS}: no client's key there, so nobody could connect; see {command('keys')}")
    return AllowedKeys(secret, clients)


def _write_new(path: Path, text: str, secret: bool) -> None:
    """Never over an existing file, and a secret is private from its first byte."""
    mode = 0o600 if secret else 0o644
    with open(path, "x", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(text)
