"""Packets of each protocol that are nearly right, or nothing at all: valid ones, changed by chance. From a seed.

A packet is bytes; of MIDI, the bytes of one message; of ZeroMQ, the parts of one.
"""

import json
import random
import string
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pythonosc.osc_message_builder import OscMessageBuilder

from deepsing_bridge.client import FRAME, STATE
from deepsing_bridge.live.vocabulary import Vocabulary
from deepsing_bridge.protocols.midi.mtc import RATES, Timecode, to_pieces
from deepsing_bridge.protocols.osc.hosts import HOST_MESSAGES

WORDS = [
    struct.pack(">i", n) for n in (0, 1, -1, 2**31 - 1, -(2**31), 8, 4, 0x7FC00000, 0x7F800000, -0x800000, 1 << 24)
]
"""That a length, a number or a time may be: extremes, not a number, and both infinities."""
NUMBERS = [0, 1, -1, 7, 2**31, -(2**63), 2**64, 0.1, -0.0, 1e-320, 1e308, -1e308, float("nan"), float("inf")]
TEXTS = [
    "",
    "deepsing",
    "256x256",
    "64x4096",
    "\0",
    "../../etc/passwd",
    "x" * 2000,
    "\ud800",
    "☃" * 400,
    "²",
    "auto",
    "song.wav",
]
JUNK = [
    b"\0",
    b"\xff",
    b"/",
    b"#bundle\0",
    b",",
    b"\r\n",
    b"%",
    b"{",
    b'"',
    b"\\u",
    b"[" * 60,
    b"\xf0",
    b"\xf7",
    b"\x80",
]
LONGEST = 9000  # bytes of what is made: above what any of the decoders reads

Chance = random.Random
Change = Callable[[Chance, bytearray], None]


# ---- bytes


def _flip(chance: Chance, data: bytearray) -> None:
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _overwrite(chance: Chance, data: bytearray) -> None:
    data[chance.randrange(len(data))] = chance.randrange(256)


def _word(chance: Chance, data: bytearray) -> None:
    at = chance.randrange(len(data)) // 4 * 4
    data[at : at + 4] = chance.choice(WORDS)


def _insert(chance: Chance, data: bytearray) -> None:
    at = chance.randrange(len(data) + 1)
    data[at:at] = chance.choice(JUNK) if chance.random() < 0.6 else chance.randbytes(chance.randrange(1, 9))


def _cut(chance: Chance, data: bytearray) -> None:
    at = chance.randrange(len(data))
    del data[at : at + chance.randrange(1, 9)]


def _cut_end(chance: Chance, data: bytearray) -> None:
    del data[chance.randrange(len(data)) :]


def _repeat(chance: Chance, data: bytearray) -> None:
    at, times = chance.randrange(len(data)), chance.choice((1, 2, 30))
    data[at:at] = data[at : at + chance.randrange(1, 33)] * times


CHANGES: Sequence[Change] = (_flip, _overwrite, _word, _insert, _cut, _cut_end, _repeat)


def changed(chance: Chance, packet: bytes) -> bytes:
    """`packet` after a few changes."""
    data = bytearray(packet)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        if data:
            chance.choice(CHANGES)(chance, data)
    return bytes(data[:LONGEST])


def _mixed(chance: Chance, valid: Sequence[bytes], made: Callable[[Chance], bytes]) -> bytes:
    """One in ten is noise; of the others, half are made of odd values, and a third stays as it was made."""
    which = chance.random()
    if which < 0.1:
        return chance.randbytes(chance.randrange(chance.choice((8, 64, 2000))))
    packet = made(chance) if which < 0.5 else chance.choice(valid)
    return packet if chance.random() < 0.33 else changed(chance, packet)


# ---- OSC


def osc(vocabulary: Vocabulary, chance: Chance) -> Iterator[bytes]:
    addresses = [parameter.address for parameter in vocabulary.parameters.values()]
    addresses += [message.address for message in vocabulary.messages.values()]
    addresses += [entry.address.replace("@", str(n)) for entry in HOST_MESSAGES for n in (1, 7, 64, 65)]
    addresses += ["/", "/deepsing", "/deepsing/param/", "/deepsing/*", "/track/0/volume", "/ping", "/tempo/raw"]
    valid = [
        _osc_message(address, *values)
        for address in addresses
        for values in ((), (1,), (0.5,), ("auto",), (1, 0.5, 3.0))
    ]
    while True:
        packet = _mixed(chance, valid, lambda chance: _odd_message(chance, addresses))
        yield _bundled(chance, packet, valid) if chance.random() < 0.2 else packet


def _osc_message(address: str, *values: Any) -> bytes:
    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value)
    return builder.build().dgram


def _padded(text: bytes) -> bytes:
    return text + b"\0" * (4 - len(text) % 4)


def _odd_message(chance: Chance, addresses: Sequence[str]) -> bytes:
    """An address, any tags, and values that go with them or do not."""
    tags = "".join(chance.choices("iifffshdTFNIbtrcm[]Z\xff", k=chance.choice((0, 1, 1, 1, 2, 3, 40))))
    values = b"".join(_odd_value(chance, tag) for tag in tags)
    return _padded(chance.choice(addresses).encode()) + _padded(b"," + tags.encode("latin-1")) + values


def _odd_value(chance: Chance, tag: str) -> bytes:
    if tag in "hdt":
        return chance.choice(WORDS) + chance.choice(WORDS)
    if tag == "s":
        return _padded(chance.choice(TEXTS).encode("utf-8", "surrogatepass"))
    if tag == "b":
        return chance.choice(WORDS) + chance.randbytes(8)
    return b"" if tag in "TFNI[]" else chance.choice(WORDS) if chance.random() < 0.5 else chance.randbytes(4)


def _bundled(chance: Chance, packet: bytes, valid: Sequence[bytes]) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 7, 8, 9, 200))):
        size = struct.pack(">i", len(packet)) if chance.random() < 0.97 else chance.choice(WORDS)
        more = chance.choice(valid) if chance.random() < 0.2 else b""
        packet = (
            b"#bundle\0" + chance.randbytes(8) + size + packet + (struct.pack(">i", len(more)) + more if more else b"")
        )
    return packet[:LONGEST]


# ---- ZeroMQ


def zeromq(vocabulary: Vocabulary, chance: Chance) -> Iterator[list[bytes]]:
    """One part is a command, as they come to the bridge; more are frames and events, as they come to a client."""
    names = [
        *vocabulary.commands,
        *(f"param/{name}" for name in vocabulary.parameters),
        "vocabulary",
        "param/",
        "",
        "get",
    ]
    fields = ["command", "id", "value", "name", "time_s", "path", "on", "start_s", "end_s", "port", "\u0000", "COMMAND"]
    valid = [json.dumps({"command": name, "id": 1}).encode() for name in names]
    valid += [
        json.dumps({"command": f"param/{name}", "value": value}).encode()
        for name in vocabulary.parameters
        for value in (0.5, "auto", True)
    ]
    valid += [
        b'{"command":"get","name":"blend"}',
        b'{"command":"loop","on":true,"start_s":1,"end_s":3}',
        b'{"command":"seek","time_s":3}',
    ]
    header = json.dumps(
        {
            "schema": 1,
            "sequence": 1,
            "index": 1,
            "time_s": 0.5,
            "width": 2,
            "height": 2,
            "format": "rgb",
            "scene_index": 0,
            "label": "lake",
        }
    )
    event = json.dumps({"schema": 1, "type": "valence", "valence": 0.5})
    while True:
        which = chance.random()
        if which < 0.7:
            yield [_mixed(chance, valid, lambda chance: _odd_json(chance, {"command": chance.choice(names)}, fields))]
        elif which < 0.85:
            head = _mixed(
                chance,
                [header.encode()],
                lambda chance: _odd_json(chance, json.loads(header), list(json.loads(header))),
            )
            yield [FRAME, head, chance.randbytes(chance.choice((12, 12, 16, 0, 13)))][: chance.choice((3, 3, 3, 3, 2))]
        else:
            yield [
                STATE,
                _mixed(
                    chance,
                    [event.encode()],
                    lambda chance: _odd_json(chance, json.loads(event), ["type", "valence", "time_s"]),
                ),
            ]


def _odd_json(chance: Chance, given: dict[str, Any], fields: Sequence[str]) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 4))):
        given[chance.choice(fields)] = _odd_thing(chance)
    if chance.random() < 0.1:
        given.pop(chance.choice(list(given)))
    text = json.dumps(given, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    return text if chance.random() < 0.9 else b'{"command":' * chance.choice((2, 3000)) + text


def _odd_thing(chance: Chance) -> Any:
    match chance.randrange(6):
        case 0 | 1:
            return chance.choice(NUMBERS)
        case 2:
            return chance.choice(TEXTS)
        case 3:
            return chance.choice((None, True, False))
        case 4:
            return chance.choice(([], {}, [[1]], {"a": {}}, [None] * 20))
    return "".join(chance.choices(string.printable, k=chance.randrange(12)))


# ---- OSCQuery


def oscquery(vocabulary: Vocabulary, chance: Chance) -> Iterator[bytes]:
    addresses = ["/", "/deepsing", "/deepsing/param", *(p.address for p in vocabulary.parameters.values())]
    addresses += [message.address for message in vocabulary.messages.values()]
    valid = [f"GET {address} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() for address in addresses]
    valid += [
        f"GET /deepsing?{attribute} HTTP/1.1\r\n\r\n".encode() for attribute in ("VALUE", "HOST_INFO", "TYPE", "RANGE")
    ]
    upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    valid += [f"GET / HTTP/1.1\r\n{upgrade}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()]
    valid += [f'{{"COMMAND": "LISTEN", "DATA": "{address}"}}'.encode() for address in addresses]
    valid += [f"{parameter.address}".encode() + b"\0,f\0\0\0\0\0\0" for parameter in vocabulary.parameters.values()]
    while True:
        yield _mixed(chance, valid, lambda chance: _odd_request(chance, addresses))


METHODS = [b"GET", b"GET", b"GET", b"GET", b"HEAD", b"POST", b"PUT", b"OPTIONS", b"get", b"", b"GET" * 300, b"\0"]
QUERIES = [
    b"",
    b"",
    b"?VALUE",
    b"?HOST_INFO",
    b"?",
    b"?value",
    b"?VALUE=1&TYPE",
    b"?\xff",
    b"??",
    b"?HOST_INFO#",
    b"#x",
]
VERSIONS = [
    b" HTTP/1.1",
    b" HTTP/1.1",
    b" HTTP/1.0",
    b" HTTP/0.9",
    b"",
    b" HTTP/2.0",
    b" HTTP/9" * 5,
    b" HTTP/-1.1",
    b" HTTP/1.1.1",
    b" HTTP/\xb2.1",
]
HEADERS = [
    *(
        b"Host: localhost",
        b"Host: evil.example",
        b"Host: [::1",
        b"Host: 127.0.0.1:7701",
        b"Host:",
        b"Host: \xff",
        b"Host: a" + b"b" * 4000,
    ),
    *(b"Content-Length: -1", b"Content-Length: 99999999999", b"Transfer-Encoding: chunked", b"Expect: 100-continue"),
    *(
        b"Upgrade: websocket",
        b"Upgrade: \xff",
        b"Sec-WebSocket-Key: x",
        b"Origin: null",
        b"Origin: http://[",
        b"Origin: \xff",
    ),
    *(b"Connection: keep-alive", b"Connection: Upgrade", b": x", b"no colon", b" folded", b"X: " + b"y" * 300),
]
ENDS = [b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"\0"]


def _odd_request(chance: Chance, addresses: Sequence[str]) -> bytes:
    path = chance.choice(addresses).encode()
    if chance.random() < 0.4:
        path += chance.choice(
            (
                b"/",
                b"//",
                b"/..",
                b"/CONTENTS",
                b"%00",
                b"%",
                b"%zz",
                b"%ff%fe",
                b"/" * 200,
                b"/a" * 400,
                b" x",
                b"\xe2\x98\x83",
            )
        )
    end = chance.choice(ENDS)
    headers = chance.choices(HEADERS, k=chance.choice((0, 1, 1, 2, 5, 150)))
    first = chance.choice(METHODS) + b" " + path + chance.choice(QUERIES) + chance.choice(VERSIONS)
    return end.join([first, *headers, b"", b""])[:LONGEST]


# ---- MIDI

SYSEX, TIME, SONG_POSITION = 0xF0, 0xF1, 0xF2
REAL_TIME = [0xF8, 0xF8, 0xF8, 0xF9, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF]


def midi(vocabulary: Vocabulary, chance: Chance) -> Iterator[bytes]:
    """Knobs that are mapped, pads, time code in order and out of it, clocks; each may be changed."""
    quarter = 0
    while True:
        match chance.randrange(8):
            case 0 | 1:
                packet = [
                    0xB0 | chance.randrange(16),
                    chance.choice((*range(18, 32), chance.randrange(256))),
                    chance.randrange(256),
                ]
            case 2:
                packet = [chance.randrange(0x80, 0xF0), *(chance.randrange(128) for _ in range(chance.randrange(4)))]
            case 3 | 4:
                quarter += chance.choice((1, 1, 1, 1, 1, 1, -1, 1000))
                packet = [TIME, _quarter_frame(quarter % 2**20)]
            case 5:
                packet = [chance.choice(REAL_TIME)]
            case 6:
                packet = [SONG_POSITION, chance.randrange(128), chance.randrange(128)]
            case _:
                packet = [SYSEX, 0x7F, 0x7F, 1, 1, *(chance.randrange(128) for _ in range(4)), 0xF7]
        yield changed(chance, bytes(packet)) if chance.random() < 0.4 else bytes(packet)


def _quarter_frame(quarter: int) -> int:
    piece, seconds = quarter % 8, quarter // 100
    code = Timecode(seconds // 3600 % 24, seconds // 60 % 60, seconds % 60, quarter // 8 * 2 % 24)
    return piece << 4 | to_pieces(code, RATES[quarter // 5000 % 4])[piece]


PACKETS: dict[str, Callable[[Vocabulary, Chance], Iterator[Any]]] = {
    **{"osc": osc, "oscquery": oscquery, "zeromq": zeromq, "midi": midi},
}
