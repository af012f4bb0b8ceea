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
from ...live.commands import Command, Sender
from ...live.cues import called_cue
from ...live.events import Echo, Event, WorldAt, to_message
from ...live.messages import ROOT
from ...live.parsing import Allowed, NotKnown, check_values, to_command
from ...live.vocabulary import Vocabulary

LONGEST_READ = 8192  # bytes of a datagram; python-osc's own server reads no more either
LONGEST_SENT = 1400  # every datagram sent is shorter, so that no network has to cut it up
LONGEST_TEXT = 1000  # bytes of a string that is sent, so that the longest message fits
DEEPEST = 8  # bundles within bundles
LONGEST_WAIT_S = 1.0  # for the moment of a time tag; SuperCollider's are 0.2 s ahead by default
UNIX_SINCE_NTP_S = 2_208_988_800  # from 1900, when time tags begin, to 1970
POINTS = 128  # of the curve in one chunk: a message of 1,328 bytes

TAGS: Mapping[Kind, str] = {"float": "f", "int": "i", "bool": "i", "choice": "s", "text": "s", "size": "s"}
"""Truth is sent as 0 or 1, which every receiver knows; OSC's own T and F are read, but some receivers drop them."""

TRIGGER = Field("pressed", "bool", "1 or nothing: do it; 0: a button was let go, do nothing", optional=True)
"""What a message without values may carry all the same, as the buttons of most control surfaces send one."""

_BUNDLE = b"#bundle\0"
_ELEMENTS = len(_BUNDLE) + 8  # where they begin, behind the time tag
_READ_TAGS = frozenset("ifhdsSTFNI[]")
_AS_READ = str.maketrans({"S": "s", "I": "N", "[": None, "]": None})
"""Symbols are text and arrays their values. Impulse, which python-osc does not know, is as empty as nil."""
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
class Element:
    """The bytes of a message, and the time tag of the bundle that it came in: NTP's, 0 or 1 for at once."""

    content: bytes
    time_tag: int = 0


@dataclass(frozen=True)
class Incoming:
    """A message as it came. Nil and impulse, which carry nothing, are no values."""

    address: str
    values: tuple[object, ...]


def parse(packet: bytes) -> list[Incoming]:
    """All messages of one datagram that is good, whenever they are to be heard. Raises as `opened` and `read` do."""
    return [read(element.content) for element in opened(packet)]


def opened(packet: bytes) -> Iterator[Element]:
    """What is to be read of one datagram, in order, bundles opened.

    Raises BridgeError for what is too long or nested too deep, and, after what is good in it, for a broken bundle.
    """
    if len(packet) > LONGEST_READ:
        raise BridgeError(f"a packet of {len(packet)} bytes: at most {LONGEST_READ} are read")
    yield from _opened(Element(packet), DEEPEST)


def _opened(element: Element, depth: int) -> Iterator[Element]:
    packet = element.content
    if not packet.startswith(_BUNDLE):
        yield element
        return
    if not depth:
        raise BridgeError(f"a bundle in {DEEPEST} bundles: at most {DEEPEST} deep are opened")
    if len(packet) < _ELEMENTS:
        raise BridgeError(f"a packet of {len(packet)} bytes that is not OSC 1.0: cut off, or no type tags")
    time_tag, at = int.from_bytes(packet[len(_BUNDLE) : _ELEMENTS]), _ELEMENTS
    while at < len(packet):
        size, at = int.from_bytes(packet[at : at + 4], signed=True), at + 4
        if not 0 < size <= len(packet) - at:
            raise BridgeError(f"a bundle whose element says it has {size} bytes: {max(len(packet) - at, 0)} are left")
        yield from _opened(Element(packet[at : at + size], time_tag), depth - 1)
        at += size


def wait_s(time_tag: int, unix_s: float) -> float:
    """How long what has this time tag is to wait at `unix_s` by the system's clock, at most LONGEST_WAIT_S.

    What is further ahead came by another machine's wrong clock, or by mistake: like what is past, it does not wait.
    """
    ahead_s = time_tag / 2**32 - UNIX_SINCE_NTP_S - unix_s
    return ahead_s if 0 < ahead_s <= LONGEST_WAIT_S else 0.0


def read(packet: bytes) -> Incoming:
    """One message. Raises BridgeError for what is not OSC 1.0, or has values of a type without use here."""
    try:
        return _read(packet)
    except (ParseError, osc_types.ParseError, UnicodeDecodeError) as error:
        raise BridgeError(f"a packet of {len(packet)} bytes that is not OSC 1.0: cut off, or no type tags") from error


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
    tags = tags.translate(_AS_READ)
    _refuse_cut(packet, tags, values_at)
    values = OscMessage(packet[:tags_at] + osc_types.write_string(tags) + packet[values_at:]).params
    return Incoming(address, tuple(value for value in values if value is not None))


def _refuse_cut(packet: bytes, tags: str, at: int) -> None:
    """Raises ParseError where values are missing: python-osc makes a float out of what is not there, 0."""
    for tag in tags:
        at = osc_types.get_string(packet, at)[1] if tag == "s" else at + _BYTES.get(tag, 0)
    if at > len(packet):
        raise osc_types.ParseError("no room for the values")


def to_request(vocabulary: Vocabulary, message: Incoming, allowed: Allowed, sender: Sender = None) -> Request | None:
    """What `message` asks for; None if for nothing: a button let go, or what the bridge tells and somebody sends back.

    An address without a value asks for what is told there; of more values than are wanted, as xy pads send, the first
    count. Raises BridgeError as `to_command` does, and for patterns instead of addresses; NotKnown where there is none.
    """
    name = message.address.removeprefix(f"{ROOT}/")
    if name in vocabulary.events and name not in vocabulary.commands and message.values:
        return None  # answered with an error, two bridges would never stop
    if name == message.address:
        raise NotKnown(f"{message.address[:80]}: not known; all addresses here begin with {ROOT}/")
    if _PATTERN & set(name):
        raise BridgeError(f"{message.address[:80]}: patterns are not matched, expected one address")
    if not message.values and (name in vocabulary.events or name.removeprefix("param/") in vocabulary.parameters):
        return Get(name.removeprefix("param/"))
    command = vocabulary.commands.get(name)
    if command and not command.fields and not pressed(message):
        return None
    if called_cue(name) and not pressed(message):
        return None
    values = message.values[: len(command.fields) if command else 1]
    if name in ("subscribe", "unsubscribe", "get", "curve"):
        return _question(name, check_values(vocabulary, name, values))
    return to_command(vocabulary, name, values, allowed, sender)


def pressed(message: Incoming) -> bool:
    """Whether a message that needs no values is meant, by the first one. Raises BridgeError if that is not 0 or 1."""
    return all(TRIGGER.check(value, message.address) for value in message.values[:1])


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


def plain(messages: Iterable[OscMessage]) -> list[bytes]:
    """A datagram each: some receivers, as node-osc's, have bundles told elsewhere, where nobody listens."""
    return [message.dgram for message in messages]


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
