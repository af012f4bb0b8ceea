"""What goes out by OSC, through real sockets on the loopback, and by the two threads that the server has."""

import socket
from collections.abc import Iterable
from contextlib import closing
from threading import Event, Thread

from pythonosc.osc_message import OscMessage

from deepsing_bridge.live.clock import ManualClock
from deepsing_bridge.live.events import ValenceAt
from deepsing_bridge.live.hub import Hub
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.osc import codec
from deepsing_bridge.protocols.osc.publisher import PROTOCOL, Publisher
from deepsing_bridge.protocols.osc.subscribers import Peer


def test_what_is_new_while_somebody_subscribes_comes_after_how_things_are() -> None:
    with (
        closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as out,
        closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as client,
    ):
        client.bind(("127.0.0.1", 0))
        client.settimeout(5)
        told = Event()

        def slowly(messages: Iterable[OscMessage]) -> list[bytes]:
            """How things are, meanwhile something new is told, by the other thread."""
            packed = [message.dgram for message in messages]
            if len(packed) > 1:
                Thread(target=tell_news).start()
                told.wait(0.2)
            return packed

        def tell_news() -> None:
            publisher.tell([ValenceAt(0.25)])
            told.set()

        publisher = Publisher(Hub(vocabulary(), ManualClock()), out, (), slowly)
        publisher.subscribe(Peer(client.getsockname(), PROTOCOL), None)
        assert told.wait(5)
        client.settimeout(0.2)
        assert _heard(client, "/deepsing/valence")[-1] == (0.25,)


def _heard(client: socket.socket, address: str) -> list[tuple[object, ...]]:
    heard: list[tuple[object, ...]] = []
    while True:
        try:
            packet = client.recv(65536)
        except TimeoutError:
            return heard
        heard += [one.values for one in codec.parse(packet) if one.address == address]
