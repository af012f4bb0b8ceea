"""What is sent to a bridge that it cannot use: a flood, and malformed packets of each protocol, from a seed."""

import json
import random
import socket
import time
from contextlib import closing, suppress

import zmq

from bench.clients import Fader
from tests.process import Bridge

MALFORMED = 1000
FLOOD_PER_S, FLOOD_S = 10_000, 20.0
VALUES: tuple[object, ...] = (
    *(None, [], {}, -1, 1e308, "x" * 3000, [[[[1]]]], {"a": {"b": {}}}, True, "\0", "../../etc"),
)
NAMES = ("command", "name", "value", "time_s", "path", "on", "id", "start_s")
COMMANDS = ("load", "param/blend", "param/size", "get", "subscribe", "", "param/", "vocabulary")  # none moves the song


def flood(running: Bridge, seconds: float = FLOOD_S) -> None:
    """Parameters, commands and nonsense by turns."""
    with closing(Fader(running.osc)) as surface:
        started = time.perf_counter()
        for number in range(int(FLOOD_PER_S * seconds)):
            match number % 4:
                case 0:
                    surface.send("/deepsing/param/morph", (number % 1000) / 1000)
                case 1:
                    surface.send("/deepsing/get", "status")
                case 2:
                    surface.send("/deepsing/param/blend", 7.0)
                case _:
                    surface.send("/nowhere", number)
            ahead = number / FLOOD_PER_S - (time.perf_counter() - started)
            if ahead > 0.002:
                time.sleep(ahead)
            elif time.perf_counter() - started > 1.5 * seconds:  # this machine cannot send as much
                return


def noise(chance: random.Random) -> bytes:
    """Bytes that are nothing, or something with a few bytes changed."""
    if chance.random() < 0.5:
        return chance.randbytes(chance.randrange(2000))
    changed = bytearray(b"/deepsing/param/blend\0\0\0,f\0\0\x3f\0\0\0")
    for _ in range(chance.randrange(1, 6)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed[: chance.randrange(1, len(changed) + 1)])


def malformed_osc(running: Bridge, chance: random.Random) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(MALFORMED):
            sender.sendto(noise(chance), ("127.0.0.1", running.osc))
            time.sleep(0.001)


def malformed_zeromq(running: Bridge, chance: random.Random) -> None:
    """To the command socket, as messages of noise in one to four parts; and to the frames' as subscriptions."""
    with zmq.Context() as context, context.socket(zmq.DEALER) as sender, context.socket(zmq.XSUB) as subscriber:
        for one, port in ((sender, running.commands), (subscriber, running.frames)):
            one.setsockopt(zmq.LINGER, 500)
            one.setsockopt(zmq.SNDTIMEO, 5000)
            one.connect(f"tcp://127.0.0.1:{port}")
        for _ in range(MALFORMED):
            with suppress(zmq.Again):
                sender.send_multipart([noise(chance) for _ in range(chance.randrange(1, 5))])
                subscriber.send(noise(chance))
            time.sleep(0.001)


def malformed_json(running: Bridge, chance: random.Random) -> None:
    """JSON that is well formed and means nothing."""
    with zmq.Context() as context, context.socket(zmq.DEALER) as sender:
        sender.setsockopt(zmq.LINGER, 500)
        sender.setsockopt(zmq.SNDTIMEO, 5000)
        sender.connect(f"tcp://127.0.0.1:{running.commands}")
        for _ in range(MALFORMED):
            content = {chance.choice(NAMES): chance.choice(VALUES) for _ in range(chance.randrange(5))}
            if chance.random() < 0.7:
                content["command"] = chance.choice(COMMANDS)
            with suppress(zmq.Again):
                sender.send(json.dumps(content).encode())
            time.sleep(0.001)


def malformed_http(running: Bridge, chance: random.Random) -> None:
    for _ in range(MALFORMED):
        with suppress(OSError), socket.create_connection(("127.0.0.1", running.http), 1.0) as sender:
            sender.sendall(chance.choice([b"", b"GET /", b"GET /deepsing?", b"POST / HTTP/1.1\r\n"]) + noise(chance))
