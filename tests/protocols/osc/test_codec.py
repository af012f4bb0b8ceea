"""The pure half of OSC: datagrams in, requests out, events in, datagrams out."""

import logging
import struct
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pythonosc import osc_bundle_builder, osc_message_builder
from pythonosc.osc_message import OscMessage

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import SentimentTrack
from deepsing_bridge.live.commands import (
    FadeParam,
    Hold,
    Load,
    Loop,
    NextScene,
    NextSong,
    Pause,
    Play,
    PreviousSong,
    RecallCue,
    SaveCue,
    Seek,
    SetParam,
    Stop,
    Tap,
    Toggle,
)
from deepsing_bridge.live.cues import Cue
from deepsing_bridge.live.events import (
    ArousalAt,
    Beat,
    CueFired,
    CuesAt,
    CueSaved,
    Echo,
    HeldAt,
    LevelsAt,
    LinkAt,
    LoopAt,
    Onset,
    PendingAt,
    Problem,
    Progressed,
    SceneStarted,
    SectionStarted,
    SongLoaded,
    Status,
    Tapped,
    TimeAt,
    TransportAt,
    ValenceAt,
    WorldAt,
    to_message,
)
from deepsing_bridge.live.hub import Snapshot
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.osc import codec
from deepsing_bridge.protocols.osc.codec import Get, GetCurve, Incoming, Subscribe, Unsubscribe

VOCABULARY = vocabulary()
CURVE = SentimentTrack(np.linspace(-2, 2, 301, dtype=np.float32), np.linspace(3, -3, 301, dtype=np.float32), 0.5)
SCENE = SceneStarted(3, 417, "balloon", 0.625, "positive", 1.25, -0.75, 12.5, 17.5)
SONG = SongLoaded("song.wav", 150.5, 30, CURVE)
STATUS = Status("song.wav", "playing", 23.5, 7, 11)
SNAPSHOT = Snapshot(VOCABULARY.defaults(), 12.25, 0.5, -0.5, STATUS, SONG, SCENE)

VALUES = {
    "noise": 0.25,
    "blend": 0.75,
    "truncation": 0.5,
    "morph": 0.125,
    "valence_offset": -1.5,
    "arousal_offset": 1.25,
    "style": "negative",
    "view": 4,
    "freeze": True,
    "react": 0.625,
    "grade": 0.375,
    "dim": 0.8125,
    "speed": 1.75,
    "quantise": "bar",
    "crossfade": 8,
    "fps": 30.0,
    "size": "512x288",
}
"""A value of its own for every parameter, all of them exact in 32 bits."""

COMMANDS = {
    "play": ((), Play()),
    "pause": ((), Pause()),
    "stop": ((), Stop()),
    "toggle": ((), Toggle()),
    "seek": ((12.5,), Seek(12.5)),
    "load": (("songs/a.wav",), Load(Path("songs/a.wav"))),
    "loop": ((True, 2.5, 7.5), Loop(True, 2.5, 7.5)),
    "fade": (("dim", 0.5, 2.5), FadeParam("dim", 0.5, 2.5)),
    "class": (("lake", 0.75, "fire", 0.25), Hold((("lake", 0.75), ("fire", 0.25)))),
    "class/release": ((), Hold()),
    "scene/next": ((), NextScene()),
    "cue": (("drop", 1.5), RecallCue("drop", 1.5)),
    "cue/save": (("drop",), SaveCue("drop")),
    "tap": ((), Tap()),
    "next": ((), NextSong()),
    "previous": ((), PreviousSong()),
    "get": (("scene",), Get("scene")),
    "curve": ((), GetCurve()),
    "subscribe": ((9001,), Subscribe(9001)),
    "unsubscribe": ((9002,), Unsubscribe(9002)),
}

EVENTS = {
    "beat": Beat(2, 17, 128.5),
    "onset": Onset(0.625),
    "levels": LevelsAt(0.125, 0.25, 0.5, 0.75, 1.0),
    "section": SectionStarted(2, 30.5, 61.25),
    "time": TimeAt(1.5),
    "valence": ValenceAt(0.25),
    "arousal": ArousalAt(-0.75),
    "scene": SCENE,
    "world": WorldAt(1, "lake", 0.25, 1.5, ()),
    "status": STATUS,
    "transport": TransportAt("paused", 2.5),
    "loop": LoopAt(True, 2.0, 3.0),
    "class/held": HeldAt("lake 0.75, fire 0.25"),
    "cues": CuesAt("intro, drop"),
    "cue/fired": CueFired("drop", 1.5),
    "cue/saved": CueSaved("drop", Cue("drop")),
    "pending": PendingAt("view", 0.5),
    "tapped": Tapped(4, 120.5),
    "link": LinkAt(2, 97.5, True),
    "song": SONG,
    "progress": Progressed("features", 0.625),
    "error": Problem("no"),
}


def packet(address: str, *values: object, tags: str | None = None) -> bytes:
    builder = osc_message_builder.OscMessageBuilder(address)
    for value, tag in zip(values, tags or [None] * len(values), strict=True):
        builder.add_arg(value, tag)
    return builder.build().dgram


def bundle(*contents: bytes, at: float = osc_bundle_builder.IMMEDIATELY) -> bytes:
    head = osc_bundle_builder.OscBundleBuilder(at).build().dgram
    return head + b"".join(struct.pack(">i", len(content)) + content for content in contents)


def request(address: str, *values: object) -> codec.Request | None:
    (message,) = codec.parse(packet(address, *values))
    return codec.to_request(VOCABULARY, message, Path)


def read(packets: Sequence[bytes]) -> list[Incoming]:
    return [message for one in packets for message in codec.parse(one)]


def encoded(*events: object) -> list[OscMessage]:
    return [codec.encode(VOCABULARY, event) for event in events]


# in


@pytest.mark.parametrize("name", VOCABULARY.parameters)
def test_every_parameter_can_be_set(name: str) -> None:
    assert request(f"/deepsing/param/{name}", VALUES[name]) == SetParam(name, VALUES[name])


def test_the_values_of_the_tests_differ() -> None:
    assert VALUES.keys() == VOCABULARY.parameters.keys()
    assert len(set(VALUES.values())) == len(VALUES)
    assert all(VALUES[name] != parameter.default for name, parameter in VOCABULARY.parameters.items())


@pytest.mark.parametrize("name", VOCABULARY.commands)
def test_every_command_is_understood(name: str) -> None:
    values, expected = COMMANDS[name]
    assert request(f"/deepsing/{name}", *values) == expected


def test_ports_may_be_left_out() -> None:
    assert request("/deepsing/subscribe") == Subscribe(None)
    assert request("/deepsing/unsubscribe") == Unsubscribe(None)


@pytest.mark.parametrize("values", [(1,), (1.0,), (True,), (None,), ()])
def test_a_button_may_send_its_state(values: tuple[object, ...]) -> None:
    assert request("/deepsing/play", *values) == Play()


@pytest.mark.parametrize("value", [0, 0.0, False])
def test_a_button_let_go_does_nothing(value: object) -> None:
    assert request("/deepsing/play", value) is None
    assert request("/deepsing/cue/drop", value) is None


@pytest.mark.parametrize("values", [(), (1,), (1.0,), (True,)])
def test_a_button_calls_a_cue(values: tuple[object, ...]) -> None:
    assert request("/deepsing/cue/drop", *values) == RecallCue("drop")


def test_a_class_without_a_name_is_let_go() -> None:
    assert request("/deepsing/class") == request("/deepsing/class", "") == Hold()


def test_impulse_is_no_value() -> None:
    """As ossia score sends it; python-osc does not know the type."""
    assert codec.parse(b"/deepsing/play\0\0,I\0\0") == [Incoming("/deepsing/play", ())]


def test_a_parameter_without_a_value_is_a_question() -> None:
    assert request("/deepsing/param/blend") == Get("blend")


def test_controllers_may_send_other_number_types() -> None:
    assert request("/deepsing/param/noise", 1) == SetParam("noise", 1.0)
    assert codec.parse(packet("/x", 3.0, 4, tags="dh")) == [Incoming("/x", (3.0, 4))]


@pytest.mark.parametrize("name", ["transport", "loop", "scene"])
def test_the_address_of_what_is_told_without_a_value_is_a_question(name: str) -> None:
    assert request(f"/deepsing/{name}") == Get(name)


@pytest.mark.parametrize("name", sorted(VOCABULARY.events.keys() - VOCABULARY.commands.keys()))
def test_what_is_told_and_comes_back_is_not_answered(name: str) -> None:
    """Least of all an error."""
    assert request(f"/deepsing/{name}", *to_message(EVENTS.get(name, SCENE))[1].values()) is None


@pytest.mark.parametrize(
    ("address", "values", "complaint"),
    [
        ("/deepsing/param/blend", (3.0,), "/deepsing/param/blend: expected 0..1, got 3"),
        ("/deepsing/param/blend", ("x",), "expected 0..1, got 'x'"),
        ("/deepsing/param/blend", (float("nan"),), "expected 0..1, got nan"),
        ("/deepsing/param/glow", (0.5,), "no such parameter"),
        ("/deepsing/param/glow", (), "no such parameter"),
        ("/deepsing/param/*", (0.5,), "patterns are not matched"),
        ("/deepsing/{play,stop}", (), "patterns are not matched"),
        ("/deepsing/dance", (), "not known"),
        ("/deepsing/play", (7,), "expected 0 or 1, got 7"),
        ("/deepsing/subscribe", (70000,), "1..65535"),
        ("/deepsing/seek", (-1.0,), "a number from 0"),
        ("/deepsing", (), "begin with /deepsing"),
        ("/dance", (), "begin with /deepsing"),
    ],
)
def test_what_is_wrong_is_said(address: str, values: tuple[object, ...], complaint: str) -> None:
    with pytest.raises(BridgeError) as caught:
        request(address, *values)
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("address", "values", "expected"),
    [
        ("/deepsing/param/blend", (0.25, 0.5), SetParam("blend", 0.25)),  # an xy pad
        ("/deepsing/play", (1.0, 0.5, 0.5), Play()),
        ("/deepsing/seek", (2.5, 1), Seek(2.5)),
        ("/deepsing/param/size", (512.0,), SetParam("size", "512x512")),
        ("/deepsing/param/size", (512,), SetParam("size", "512x512")),
        ("/deepsing/param/style", (2.0,), SetParam("style", VOCABULARY.parameters["style"].field.choices[2])),
        ("/deepsing/param/style", (0,), SetParam("style", "auto")),
        ("/deepsing/param/view", (3.0,), SetParam("view", 3)),
        ("/deepsing/param/freeze", (1.0,), SetParam("freeze", True)),
    ],
)
def test_controllers_that_send_only_numbers_or_too_many_are_understood(
    address: str, values: tuple[object, ...], expected: object
) -> None:
    assert request(address, *values) == expected


@pytest.mark.parametrize(
    ("address", "value"),
    [("size", 512.5), ("size", 63.0), ("size", 1e30), ("size", True), ("style", 2.5), ("style", 99)],
)
def test_numbers_that_stand_for_nothing_are_refused(address: str, value: object) -> None:
    with pytest.raises(BridgeError, match=f"/deepsing/param/{address}: expected"):
        request(f"/deepsing/param/{address}", value)


def test_symbols_and_arrays_are_what_is_in_them() -> None:
    assert codec.parse(b"/a\0\0,[iS]i\0\0\0\0\0\1auto\0\0\0\0\0\0\0\2") == [Incoming("/a", (1, "auto", 2))]


NOW_S = 1_700_000_000.25


@pytest.mark.parametrize(
    ("at_s", "waits_s"),
    [(NOW_S + 0.4, 0.4), (NOW_S + codec.LONGEST_WAIT_S, 1.0), (NOW_S + 1.01, 0), (NOW_S + 86400, 0), (NOW_S - 0.1, 0)],
)
def test_a_time_tag_is_kept_up_to_a_second_ahead(at_s: float, waits_s: float) -> None:
    (element,) = codec.opened(bundle(packet("/a", 1), at=at_s))
    assert codec.wait_s(element.time_tag, NOW_S) == pytest.approx(waits_s, abs=1e-4)
    assert codec.wait_s(0, NOW_S) == codec.wait_s(1, NOW_S) == 0


def test_each_message_has_the_time_tag_of_the_bundle_that_it_is_in() -> None:
    later = bundle(packet("/b", 2), at=NOW_S)
    tags = [element.time_tag for element in codec.opened(bundle(later, packet("/a", 1)))]
    assert tags[0] > tags[1] == 1


def test_bundles_are_opened_in_order() -> None:
    inner = bundle(packet("/b", 2), packet("/c", 3))
    assert codec.parse(bundle(packet("/a", 1), inner, packet("/d", 4))) == [
        Incoming(f"/{name}", (value,)) for value, name in enumerate("abcd", 1)
    ]


def test_a_time_tag_changes_nothing() -> None:
    later = bundle(packet("/b", 2), at=time.time() + 3600)
    assert [m.address for m in codec.parse(bundle(later, packet("/a", 1)))] == ["/b", "/a"]


def test_an_empty_bundle_is_nothing() -> None:
    assert codec.parse(bundle()) == []


def test_bundles_nest_to_a_limit() -> None:
    nested = packet("/a", 1)
    for _ in range(codec.DEEPEST):
        nested = bundle(nested)
    assert codec.parse(nested) == [Incoming("/a", (1,))]
    with pytest.raises(BridgeError, match="a bundle in 8 bundles"):
        codec.parse(bundle(nested))


HEAD = bundle()


@pytest.mark.parametrize(
    "rubbish",
    [
        b"",
        b"\0",
        b"hello",
        b"/a",
        b"/a\0\0,i\0\0",
        b"/a\0\0i\0\0\0\0\0\0\1",
        b"/a\0\0,s\0\0abc",
        b"/a\0\0,b\0\0\0\0\0\1x\0\0\0",
        b"/a\0\0,\xff\0\0",
        b"/\xff\0\0,i\0\0\0\0\0\1",
        b"#bundle\0",
        HEAD[:12],
        HEAD + b"\0\0",
        HEAD + struct.pack(">i", 400),
        HEAD + struct.pack(">i", 0),
        HEAD + struct.pack(">i", -4),  # python-osc's own bundles never come back from this one
        HEAD + struct.pack(">i", 4) + b"abcd",
        bytes(codec.LONGEST_READ + 1),
    ],
)
def test_rubbish_is_refused_in_one_sentence(rubbish: bytes) -> None:
    with pytest.raises(BridgeError) as caught:
        codec.parse(rubbish)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("rubbish", "sentence"),
    [
        (bytes(codec.LONGEST_READ + 1), "a packet of 8193 bytes: at most 8192 are read"),
        (b"hello, you all", "a packet that begins with b'hello, y': an OSC address begins with /"),
        (b"/a\0\0i\0\0\0\0\0\0\1", "a packet of 12 bytes that is not OSC 1.0: cut off, or no type tags"),
        (HEAD[:12], "a packet of 12 bytes that is not OSC 1.0: cut off, or no type tags"),
        (b"/a\0\0,f\0\0", "a packet of 8 bytes that is not OSC 1.0: cut off, or no type tags"),
        (b"/a\0\0,f\0\0\1\2\3", "a packet of 11 bytes that is not OSC 1.0: cut off, or no type tags"),
        (b"/a\0\0,sf\0abcdefg\0", "a packet of 16 bytes that is not OSC 1.0: cut off, or no type tags"),
        (HEAD + struct.pack(">i", 0), "a bundle whose element says it has 0 bytes: 0 are left"),
        (HEAD + struct.pack(">i", 9) + bytes(8), "a bundle whose element says it has 9 bytes: 8 are left"),
        (HEAD + struct.pack(">i", 1) + b"x", "a packet that begins with b'x': an OSC address begins with /"),
        (b"/a\0\0,cb\0", "/a: values of OSC type 'b' have no use here, only numbers and text"),
        (
            b"/" + b"a" * 98 + b"\0" + b",c\0\0",
            f"/{'a' * 79}: values of OSC type 'c' have no use here, only numbers and text",
        ),
    ],
)
def test_rubbish_is_told_with_what_is_wrong(rubbish: bytes, sentence: str) -> None:
    with pytest.raises(BridgeError) as caught:
        codec.parse(rubbish)
    assert str(caught.value) == sentence


def test_too_many_bundles_are_told_with_how_many() -> None:
    nested = packet("/a", 1)
    for _ in range(codec.DEEPEST + 1):
        nested = bundle(nested)
    with pytest.raises(BridgeError) as caught:
        codec.parse(nested)
    assert str(caught.value) == "a bundle in 8 bundles: at most 8 deep are opened"


@pytest.mark.parametrize(
    ("address", "values", "sentence"),
    [
        ("/dance", (), "/dance: not known; all addresses here begin with /deepsing/"),
        ("/" + "d" * 99, (), f"/{'d' * 79}: not known; all addresses here begin with /deepsing/"),
        ("/deepsing/*", (), "/deepsing/*: patterns are not matched, expected one address"),
        ("/deepsing/" + "*" * 99, (), f"/deepsing/{'*' * 70}: patterns are not matched, expected one address"),
        ("/deepsing/play", (7,), "/deepsing/play: expected 0 or 1, got 7"),
    ],
)
def test_what_cannot_be_asked_is_told_in_full(address: str, values: tuple[object, ...], sentence: str) -> None:
    with pytest.raises(BridgeError) as caught:
        request(address, *values)
    assert str(caught.value) == sentence


def test_the_longest_packet_and_the_smallest_element_are_read() -> None:
    text = "x" * (codec.LONGEST_READ - 12)
    longest = packet("/a", text)
    assert len(longest) == codec.LONGEST_READ
    assert codec.parse(longest) == [Incoming("/a", (text,))]
    assert codec.parse(bundle(b"/a\0\0", packet("/b", 1))) == [Incoming("/a", ()), Incoming("/b", (1,))]


def test_nil_and_impulse_among_values_are_none_of_them() -> None:
    assert codec.parse(b"/a\0\0,iNIi\0\0\0\0\0\0\1\0\0\0\2") == [Incoming("/a", (1, 2))]
    assert codec.parse(b"/I\0\0,s\0\0I\0\0\0") == [Incoming("/I", ("I",))]  # only a type is meant


def test_a_command_knows_who_sent_it() -> None:
    (message,) = codec.parse(packet("/deepsing/play", 1))
    asked = codec.to_request(VOCABULARY, message, Path, sender=("127.0.0.1", 9000))  # type: ignore[arg-type]
    assert asked == Play(("127.0.0.1", 9000))  # type: ignore[arg-type]
    (load,) = codec.parse(packet("/deepsing/load", "a.wav"))
    assert codec.to_request(VOCABULARY, load, lambda text: Path("songs") / text) == Load(Path("songs/a.wav"))


def test_rubbish_is_not_logged_by_the_library(caplog: pytest.LogCaptureFixture) -> None:
    """A flood of it would fill the log."""
    with caplog.at_level(logging.DEBUG):
        for tag in b"Qcm[]rtbSI*":
            _refused_or_read(b"/a\0\0,%c\0\0\0\0\0\1" % tag)
        _refused_or_read(bundle(b"abcd"))
    assert not caplog.records


def _refused_or_read(rubbish: bytes) -> None:
    try:
        messages = codec.parse(rubbish)
    except BridgeError:
        return
    for message in messages:
        try:
            codec.to_request(VOCABULARY, message, Path)
        except BridgeError:
            continue


ELEMENT = st.binary(max_size=64).map(lambda body: struct.pack(">i", len(body)) + body)
MESSAGE = st.tuples(
    st.sampled_from(
        [*(p.address for p in VOCABULARY.parameters.values()), *(m.address for m in VOCABULARY.messages.values())]
    ),
    st.text("ifhdsTFNIbrmtc[],Q", max_size=6),
    st.binary(max_size=32),
).map(lambda parts: _padded(parts[0]) + _padded("," + parts[1]) + parts[2])


def _padded(text: str) -> bytes:
    return text.encode() + bytes(4 - len(text) % 4)


@settings(derandomize=True, max_examples=400, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=256),
        st.lists(ELEMENT, max_size=4).map(lambda elements: HEAD + b"".join(elements)),
        MESSAGE,
        MESSAGE.map(bundle),
    )
)
def test_any_bytes_are_read_or_refused(rubbish: bytes) -> None:
    _refused_or_read(rubbish)


# out


@pytest.mark.parametrize("name", [name for name in VOCABULARY.events if name != "curve/chunk"])
def test_every_event_comes_out_as_the_table_says(name: str) -> None:
    (message,) = read([encoded(EVENTS[name])[0].dgram])
    assert message.address == f"/deepsing/{name}"
    assert message.values == tuple(to_message(EVENTS[name])[1].values())
    assert len(message.values) == len(VOCABULARY.events[name].fields)


def test_what_a_world_is_drawn_with_follows_as_floats() -> None:
    (message,) = read([encoded(WorldAt(0, "lake", 1, 1.5, (12.5, 1, True)))[0].dgram])
    assert message.values == (0, "lake", 1.0, 1.5, 12.5, 1.0, 1.0)
    assert b",isfffff\0" in encoded(WorldAt(0, "lake", 1, 1.5, (12.5, 1, True)))[0].dgram


@pytest.mark.parametrize("name", VOCABULARY.parameters)
def test_an_echo_sets_the_parameter_to_the_same(name: str) -> None:
    (message,) = read([encoded(Echo(name, VALUES[name]))[0].dgram])
    assert codec.to_request(VOCABULARY, message, Path) == SetParam(name, VALUES[name])


def test_numbers_keep_their_type_whatever_they_are_given_as() -> None:
    """A receiver that saw a float once counts on floats."""
    whole, small = encoded(TimeAt(2), ValenceAt(np.float32(0.5)))
    assert b",f\0\0" in whole.dgram
    assert b",f\0\0" in small.dgram
    assert b",i\0\0" in encoded(Echo("freeze", True))[0].dgram


def test_no_value_is_too_large_for_its_type() -> None:
    huge, many = read([m.dgram for m in encoded(TimeAt(1e300), Status("", "idle", 0, 2**40, 0))])
    assert huge.values[0] == pytest.approx(3.4e38, rel=0.01)
    assert many.values[3] == 2**31 - 1


@pytest.mark.parametrize(("value", "sent"), [(2**31, 2**31 - 1), (-(2**40), -(2**31)), (2**31 - 1, 2**31 - 1), (5, 5)])
def test_whole_numbers_are_sent_within_thirty_two_bits(value: int, sent: int) -> None:
    (message,) = read([encoded(Status("", "idle", 0, value, 0))[0].dgram])
    assert message.values[3] == sent


@pytest.mark.parametrize(("value", "sent"), [(1e300, 3.4028234e38), (-1e300, -3.4028234e38), (-2.5, -2.5)])
def test_numbers_are_sent_within_thirty_two_bits(value: float, sent: float) -> None:
    (message,) = read([encoded(TimeAt(value))[0].dgram])
    assert message.values == (pytest.approx(sent, rel=1e-6),)


def test_text_is_cut_at_its_longest() -> None:
    for length in (999, 1000, 1001):
        (message,) = read([encoded(Problem("x" * length))[0].dgram])
        assert message.values == ("x" * min(length, codec.LONGEST_TEXT),)


def test_datagrams_are_as_full_as_they_may_be() -> None:
    """Ten messages that are four bytes shorter than the limit together, and ten that reach it."""
    nine = encoded(*(Problem("x" * 100),) * 9)
    room = codec.LONGEST_SENT - 4 - 16 - sum(4 + message.size for message in nine) - 4
    least = encoded(Problem(""))[0].size
    fitting, too_long = (encoded(Problem("x" * length))[0] for length in (room - least, room - least + 4))
    assert [len(one) for one in codec.packed([*nine, fitting])] == [codec.LONGEST_SENT - 4]
    assert len(codec.packed([*nine, too_long])) == 2


def test_bundles_are_for_now() -> None:
    (packed,) = codec.packed(encoded(TimeAt(1.0), ValenceAt(0.5)))
    assert packed[:16] == b"#bundle\0" + struct.pack(">Q", 1)


def test_a_curve_of_one_chunk_and_of_none() -> None:
    short = SentimentTrack(CURVE.valence[: codec.POINTS], CURVE.arousal[: codec.POINTS], 0.25)
    (chunk,) = read([message.dgram for message in codec.curve_messages(short)])
    assert chunk.address == "/deepsing/curve/chunk"
    assert chunk.values[:4] == (0, 1, 0, 0.25)
    assert len(chunk.values) == 4 + 2 * codec.POINTS
    assert codec.curve_messages(SentimentTrack(CURVE.valence[:0], CURVE.arousal[:0], 0.5)) == []
    with pytest.raises(ValueError, match="zip"):
        codec.curve_messages(SentimentTrack(CURVE.valence[:3], CURVE.arousal[:2], 0.5))


def test_text_is_cut_and_made_unicode() -> None:
    (message,) = read([encoded(Problem("\udcff" + "ü" * 5000))[0].dgram])
    assert str(message.values[0]).startswith("?ü")
    assert len(str(message.values[0]).encode()) <= codec.LONGEST_TEXT


def test_one_message_travels_alone_and_several_together() -> None:
    at = encoded(TimeAt(1.0), ValenceAt(0.5), ArousalAt(-0.5))
    assert codec.packed(at[:1]) == [at[0].dgram]
    assert len(codec.packed(at)) == 1
    assert [m.address for m in read(codec.packed(at))] == ["/deepsing/time", "/deepsing/valence", "/deepsing/arousal"]
    assert codec.packed([]) == []


def test_no_datagram_is_long() -> None:
    many = encoded(*(Problem("x" * length) for length in range(0, 1200, 7)))
    packets = codec.packed(many)
    assert max(map(len, packets)) < codec.LONGEST_SENT
    assert [m.values for m in read(packets)] == [tuple(m.params) for m in many]


def test_the_curve_can_be_put_together_again() -> None:
    packets = codec.packed(codec.curve_messages(CURVE))
    chunks = read(packets)
    assert max(map(len, packets)) < codec.LONGEST_SENT
    assert [chunk.values[:4] for chunk in chunks] == [(n, 3, n * codec.POINTS, 0.5) for n in range(3)]
    values = np.array([value for chunk in chunks for value in chunk.values[4:]], np.float32)
    np.testing.assert_array_equal(values[0::2], CURVE.valence)
    np.testing.assert_array_equal(values[1::2], CURVE.arousal)


def test_questions_are_answered_from_the_snapshot() -> None:
    things = {"status": STATUS, "song": SONG, "scene": SCENE, "time": TimeAt(12.25), "valence": ValenceAt(0.5)}
    assert {name: SNAPSHOT.answer(name) for name in things} == things
    assert SNAPSHOT.answer("blend") == Echo("blend", 0.1)


def test_questions_without_an_answer_say_so() -> None:
    with pytest.raises(BridgeError, match="there is no song yet"):
        Snapshot().answer("song")
    known = "status, transport, loop, song, scene, cues, class/held, section, time, valence, arousal, levels"
    with pytest.raises(BridgeError, match=f"{known}, got 'weather'"):
        SNAPSHOT.answer("weather")


def test_the_state_is_all_there_is() -> None:
    names = [to_message(event)[0] for event in SNAPSHOT.everything()]
    assert names == [
        *(f"param/{name}" for name in VOCABULARY.parameters),
        *("status", "transport", "loop", "song", "scene", "cues", "class/held", "time", "valence", "arousal"),
    ]
    assert len(Snapshot(VOCABULARY.defaults()).everything()) == len(names) - 2
