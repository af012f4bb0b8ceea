"""Datagrams ↔ what they mean: OSC 1.0 as the vocabulary speaks it.

Pure: knows no sockets, ports, clocks and threads. python-osc reads and builds the messages. Bundles are opened here,
since python-osc loops for ever on an element of negative size and has no limit to how deep they nest.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pythonosc import osc_bundle_builder, osc_message_builder
from pythonosc.osc_message import OscMessage, ParseError
from pythonosc.parsing import osc_types

from ...core.errors import BridgeError
from ...core.fields import Field, Kind, Value
from ...core.types import SentimentTrack
from ...live.messages import Allowed, Command, Echo, Event, Sender, WorldAt, check_values, to_command, to_message
from ...live.vocabulary import ROOT, Vocabulary

LONGEST_READ = 8192  # bytes of a datagram; python-osc's own server reads no more either
LONGEST_SENT = 1400  # every datagram sent is shorter, so that no network has to cut it up
LONGEST_TEXT = 1000  # bytes of a string that is sent, so that the longest message fits
DEEPEST = 8  # bundles within bundles
POINTS = 128  # of the curve in one chunk: a message of 1,328 bytes

TAGS: Mapping[Kind, str] = {"float": "f", "int": "i", "bool": "i", "choice": "s", "text": "s", "size": "s"}
"""Truth is sent as 0 or 1, which every receiver knows; OSC's own T and F are read, but some receivers drop them."""

TRIGGER = Field("pressed", "bool", "1 or nothing: do it; 0: a button was let go, do nothing", optional=True)
"""What a message without values may carry all the same, as the buttons of most control surfaces send one."""

_BUNDLE = b"#bundle\0"
_ELEMENTS = len(_BUNDLE) + 8  # where they begin, behind the time tag
_READ_TAGS = frozenset("ifhdsTFNI")
_BYTES = {"i": 4, "f": 4, "h": 8, "d": 8}  # of a value; what carries nothing has none
_PATTERN = frozenset("*?[]{}")


@dataclass(frozen=True)
class Subscribe:
    """`port` None: to where the message came from."""

    port: int | None = None


@dataclass(frozen=True)
class Unsubscribe:
    port: int | None = None


@dataclass(frozen=True)
class Get:
    """`name` of a parameter or an event."""

    name: str


@dataclass(frozen=True)
class GetCurve:
    pass


Request = Command | Subscribe | Unsubscribe | Get | GetCurve


@dataclass(frozen=True)
class Incoming:
    """A message as it came. Nil and impulse, which carry nothing, are no values."""

    address: str
    values: tuple[object, ...]


def parse(packet: bytes) -> list[Incoming]:
    """The messages of one datagram in order, bundles opened and time tags disregarded: nothing waits.

    Raises BridgeError for what is not OSC 1.0, too long, nested too deep, or has values of a type without use here.
    """
    if len(packet) > LONGEST_READ:
        raise BridgeError(f"a packet of {len(packet)} bytes: at most {LONGEST_READ} are read")
    try:
        return list(_opened(packet, DEEPEST))
    except (ParseError, osc_types.ParseError, UnicodeDecodeError) as error:
        raise BridgeError(f"a packet of {len(packet)} bytes that is not OSC 1.0: cut off, or no type tags") from error


def _opened(packet: bytes, depth: int) -> Iterator[Incoming]:
    if not packet.startswith(_BUNDLE):
        yield _read(packet)
        return
    if not depth:
        raise BridgeError(f"a bundle in {DEEPEST} bundles: at most {DEEPEST} deep are opened")
    if len(packet) < _ELEMENTS:
        raise osc_types.ParseError("no room for the time tag")
    at = _ELEMENTS
    while at < len(packet):
        size, at = osc_types.get_int(packet, at)
        if not 0 < size <= len(packet) - at:
            raise BridgeError(f"a bundle whose element says it has {size} bytes: {len(packet) - at} are left")
        yield from _opened(packet[at : at + size], depth - 1)
        at += size


def _read(packet: bytes) -> Incoming:
    if not OscMessage.dgram_is_message(packet):
        raise BridgeError(f"a packet that begins with {packet[:8]!r}: an OSC address begins with /")
    address, tags_at = osc_types.get_string(packet, 0)
    if tags_at == len(packet):
        return Incoming(address, ())
    tags, values_at = osc_types.get_string(packet, tags_at)
    if unknown := set(tags.removeprefix(",")) - _READ_TAGS:
        raise BridgeError(
            f"{address[:80]}: values of OSC type {min(unknown)!r} have no use here, only numbers and text"
        )
    _refuse_cut(packet, tags, values_at)
    # python-osc does not know I, impulse, and would say so on every message; N, nil, is as empty.
    tag_bytes = packet[tags_at:values_at].replace(b"I", b"N")
    values = OscMessage(packet[:tags_at] + tag_bytes + packet[values_at:]).params
    return Incoming(address, tuple(value for value in values if value is not None))


def _refuse_cut(packet: bytes, tags: str, at: int) -> None:
    """Raises ParseError where values are missing: python-osc makes a float out of what is not there, 0."""
    for tag in tags:
        at = osc_types.get_string(packet, at)[1] if tag == "s" else at + _BYTES.get(tag, 0)
    if at > len(packet):
        raise osc_types.ParseError("no room for the values")


def to_request(vocabulary: Vocabulary, message: Incoming, allowed: Allowed, sender: Sender = None) -> Request | None:
    """What `message` asks for; None if for nothing: a button let go, or what the bridge tells and somebody sends back.

    An address without a value asks for what is told there. Raises BridgeError as `to_command` does, and for
    patterns instead of addresses.
    """
    name = message.address.removeprefix(f"{ROOT}/")
    if name in vocabulary.events and name not in vocabulary.commands and message.values:
        return None  # answered with an error, two bridges would never stop
    if name == message.address:
        raise BridgeError(f"{message.address[:80]}: not known; all addresses here begin with {ROOT}/")
    if _PATTERN & set(name):
        raise BridgeError(f"{message.address[:80]}: patterns are not matched, expected one address")
    if not message.values and (name in vocabulary.events or name.removeprefix("param/") in vocabulary.parameters):
        return Get(name.removeprefix("param/"))
    values = message.values
    if name in vocabulary.commands and not vocabulary.commands[name].fields:
        if not pressed(message):
            return None
        values = ()
    if name in ("subscribe", "unsubscribe", "get", "curve"):
        return _question(name, check_values(vocabulary, name, values))
    return to_command(vocabulary, name, values, allowed, sender)


def pressed(message: Incoming) -> bool:
    """Whether a message that needs no values is meant. Raises BridgeError for more than one value, or not 0 or 1."""
    if len(message.values) > 1:
        raise BridgeError(f"{message.address}: expected no values or {TRIGGER.allowed}, got {len(message.values)}")
    return all(TRIGGER.check(value, message.address) for value in message.values)


def _question(name: str, values: Sequence[Value]) -> Request:
    match name:
        case "subscribe":
            return Subscribe(*map(int, values))
        case "unsubscribe":
            return Unsubscribe(*map(int, values))
        case "get":
            return Get(*map(str, values))
    return GetCurve()


def encode(vocabulary: Vocabulary, event: Event) -> OscMessage:
    """`event` at its own address, each value with the type tag of its kind."""
    name, values = to_message(event)
    fields = (vocabulary.parameters[event.name].field,) if isinstance(event, Echo) else vocabulary.events[name].fields
    tagged = [(TAGS[f.kind], value) for f, value in zip(fields, values.values(), strict=True)]
    following = event.values if isinstance(event, WorldAt) else ()
    return _built(f"{ROOT}/{name}", [*tagged, *(("f", value) for value in following)])


def curve_messages(curve: SentimentTrack) -> list[OscMessage]:
    """`curve` as `/deepsing/curve/chunk` messages: chunk, chunks, first, hop_s, then valence and arousal in turn."""
    starts = range(0, len(curve), POINTS)
    return [_chunk(curve, number, len(starts), first) for number, first in enumerate(starts)]


def _chunk(curve: SentimentTrack, number: int, chunks: int, first: int) -> OscMessage:
    part = slice(first, first + POINTS)
    points = zip(curve.valence[part], curve.arousal[part], strict=True)
    head = [("i", number), ("i", chunks), ("i", first), ("f", curve.hop_s)]
    return _built(f"{ROOT}/curve/chunk", [*head, *(("f", value) for point in points for value in point)])


def packed(messages: Iterable[OscMessage]) -> list[bytes]:
    """As few datagrams as hold `messages` in order, each below LONGEST_SENT bytes; one alone is not bundled."""
    groups: list[list[OscMessage]] = []
    size = LONGEST_SENT
    for message in messages:
        size += 4 + message.size
        if size >= LONGEST_SENT:
            groups.append([])
            size = _ELEMENTS + 4 + message.size
        groups[-1].append(message)
    return [_bundled(group) if group[1:] else group[0].dgram for group in groups]


def _bundled(messages: Iterable[OscMessage]) -> bytes:
    builder = osc_bundle_builder.OscBundleBuilder(osc_bundle_builder.IMMEDIATELY)
    for message in messages:
        builder.add_content(message)
    return builder.build().dgram


def _built(address: str, tagged: Iterable[tuple[str, Value]]) -> OscMessage:
    builder = osc_message_builder.OscMessageBuilder(address)
    for tag, value in tagged:
        builder.add_arg(_CAST[tag](value), tag)
    return builder.build()


def _float32(value: Value) -> float:
    most = 3.4028234e38
    return min(max(float(value), -most), most)


def _int32(value: Value) -> int:
    return min(max(int(value), -(2**31)), 2**31 - 1)


def _text(value: Value) -> str:
    """Cut where it is too long; what a file's name has that is not Unicode becomes `?`."""
    return str(value).encode("utf-8", "replace")[:LONGEST_TEXT].decode("utf-8", "ignore")


_CAST: Mapping[str, Callable[[Value], Value]] = {"f": _float32, "i": _int32, "s": _text}
