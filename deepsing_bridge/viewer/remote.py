"""Plays and pauses the bridge that is watched, over its ZeroMQ command port. Never blocks. Knows nothing of windows.

Used by one thread, the one that draws.
"""

import zmq

from ..core.errors import BridgeError
from ..protocols.zeromq.keys import Key

TOGGLE = b'{"command":"toggle"}'


class Remote:
    """Connects by itself, also to a bridge that comes later or comes back."""

    def __init__(self, endpoint: str, key: Key | None = None) -> None:
        """Raises BridgeError if `endpoint` is no address such as tcp://127.0.0.1:7703."""
        self.name = endpoint
        self._key = key
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        try:
            self._connect()
        except zmq.ZMQError as error:
            self.close()
            raise BridgeError(f"{endpoint!r:.80}: expected an address such as tcp://127.0.0.1:7703") from error

    def toggle(self) -> bool:
        """Play if it does not, else pause. False if nobody takes commands there; then nothing is said later either."""
        while self._socket.poll(0):  # answers: what was refused is in the bridge's log
            self._socket.recv_multipart()
        try:
            self._socket.send(TOGGLE, zmq.NOBLOCK)
        except zmq.Again:
            self._socket.close()
            self._connect()  # somebody with other keys may have been there, after whom ZeroMQ does not try again
            return False
        return True

    def close(self) -> None:
        self._context.destroy(linger=0)

    def _connect(self) -> None:
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.setsockopt(zmq.IMMEDIATE, 1)  # to a bridge that is there, and not to the next one
        if self._key:
            self._socket.setsockopt(zmq.CURVE_SERVERKEY, self._key.server)
            self._socket.setsockopt(zmq.CURVE_PUBLICKEY, self._key.public)
            self._socket.setsockopt(zmq.CURVE_SECRETKEY, self._key.secret)
        self._socket.connect(self.name)


def beside(frames: str) -> str:
    """Where the bridge that publishes at `frames` takes commands, as `serve` has it: at the next port."""
    host, _, port = frames.rpartition(":")
    return f"{host}:{int(port) + 1}" if port.isdecimal() else frames
