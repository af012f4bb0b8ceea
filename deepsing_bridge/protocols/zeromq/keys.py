"""CURVE keys: who may talk to the bridge over ZeroMQ, and how both sides know each other.

A folder of keys, in the certificate format of zmq.auth:

    server.key_secret    stays with the bridge
    server.key           every client needs it, to know the bridge
    client.key_secret    for clients; with it, and only with it, they are let in
    clients/*.key        the public keys of those who are let in; more can be added

Knows nothing of sockets. Runs on whichever thread calls it.
"""

import os
import struct
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import zmq
import zmq.auth
from zmq.utils import z85

from ...core.errors import BridgeError

SERVER, CLIENT, CLIENTS = "server", "client", "clients"


@dataclass(frozen=True)
class Lock:
    """The server's side: its `secret` key, and the public keys of the `clients` that are let in. All in Z85."""

    secret: bytes = field(repr=False)
    clients: frozenset[bytes]


@dataclass(frozen=True)
class Key:
    """A client's side: its own pair, and the public key of the `server` it wants to talk to. All in Z85."""

    server: bytes
    public: bytes
    secret: bytes = field(repr=False)


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


def load(folder: Path) -> Lock:
    """What the bridge needs out of `folder`. Raises BridgeError if something is missing or is not a key."""
    _, secret = _read(folder / f"{SERVER}.key_secret", secret=True)
    clients = frozenset(_read(path)[0] for path in sorted((folder / CLIENTS).glob("*.key")))
    if not clients:
        raise BridgeError(f"{folder / CLIENTS}: no client's key there, so nobody could connect; `bridge.py keys`")
    return Lock(secret, clients)


def load_client(folder: Path) -> Key:
    """What a client needs out of `folder`: server.key and client.key_secret. Raises BridgeError as `load` does."""
    server, _ = _read(folder / f"{SERVER}.key")
    public, secret = _read(folder / f"{CLIENT}.key_secret", secret=True)
    return Key(server, public, secret)


def _write_new(path: Path, text: str, secret: bool) -> None:
    """Never over an existing file, and a secret is private from its first byte."""
    mode = 0o600 if secret else 0o644
    with open(path, "x", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(text)


def _read(path: Path, secret: bool = False) -> tuple[bytes, bytes]:
    """Public and secret key, the latter empty if it is not asked for."""
    try:
        public, private = zmq.auth.load_certificate(path)
    except (OSError, ValueError) as error:
        raise BridgeError(f"{path}: no such key; `bridge.py keys` makes a folder of them") from error
    for key in (public, private) if secret else (public,):
        if key is None or not _is_key(key):
            raise BridgeError(f"{path}: not a {'secret' if secret else 'public'} CURVE key of 40 characters")
    return public, private if secret and private else b""


def _is_key(text: bytes) -> bool:
    try:
        return len(text) == 40 and len(z85.decode(text)) == 32
    except (KeyError, ValueError, struct.error):
        return False
