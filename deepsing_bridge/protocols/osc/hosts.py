"""The transport and faders of audio hosts, understood as they come: Reaper's default OSC pattern and AbletonOSC.

Pure: what the host last told goes in and out as a value. Knows no sockets and no engine.

What they send was read in their sources (reaper-sdk csurf_osc.cpp `SetPlayState`, `Run` and `UpdateSurfaceTrack`;
AbletonOSC song.py): Reaper tells changes only, as the states of its buttons: on play `/stop 0 /play 1`, on stop
`/stop 1 /play 0`, on pause `/stop 1 /pause 1 /play 0`, then its cursor's place with `/time`. So a 0 says nothing new,
and Reaper's stop does not mean the start of the song. A track's name and fader come apart and in either order, and a
fader that stands where another track's of the same number stood is not told again. AbletonOSC answers with the address
it was asked at.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from ...core.errors import BridgeError
from ...core.fields import Field, Value
from ...live.commands import Chase, Command, Pause, Play, Sender, SetParam, Stop
from ...live.vocabulary import Vocabulary
from .codec import TRIGGER, Incoming, pressed

REAPER, LIVE = "Reaper", "AbletonOSC"
TRACKS = 64  # of the host are followed; plugins/reaper asks for as many
OWN = "deepsing"  # how the name of a track begins whose fader is meant for the bridge

_TRACK = re.compile(r"/track/([1-9][0-9]?)(/name|/volume)")

_QUIET = re.compile(
    "/(action|anysolo|autorecarm|beat|bymarker|click|device|editloop|forward|frames|fx|fxeq|fxinst|fxinstparam|fxparam"
    "|lastmarker|lastregion|live|loop|marker|master|midiaction|midilistaction|playrate|reaper|record|region|repeat"
    "|replace|rewind|samples|scroll|scrub|soloreset|tempo|time|track|vkb_midi|zoom)(/|$)"
)
"""How the rest of what both send begins: dozens of messages a second, of no use here, and no mistake either."""

_CHATTER = re.compile("/ping|/[0-9]+|/accxyz|/.*/z")
"""What TouchOSC sends beside values: that it is there, the page that is open, how it is held, what is touched."""


@dataclass(frozen=True)
class Track:
    """Its name says which `parameter` it turns, None if none; its fader stands at `share` 0..1, None till told."""

    parameter: str | None = None
    share: float | None = None


@dataclass(frozen=True)
class Host:
    """What was last told: `tempo` in beats a minute, None before that; whether it plays; `tracks` by number, from 1."""

    tempo: float | None = None
    playing: bool = False
    tracks: Mapping[int, Track] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """One message: its `value`; the number of its `track`, 0 for none; when it came, on the engine's clock."""

    value: Value
    track: int
    now_s: float
    vocabulary: Vocabulary
    sender: Sender


Outcome = tuple[Host, Command | None]


@dataclass(frozen=True)
class HostMessage:
    """`field` is the one value; a `TRIGGER` acts on 1 or no value. An `@` in `address` is the number of a track."""

    address: str
    host: str
    meaning: str
    field: Field
    act: Callable[[Host, Told], Outcome]


def understand(
    host: Host, message: Incoming, now_s: float, vocabulary: Vocabulary, sender: Sender = None
) -> Outcome | None:
    """The host as it is now and what the engine is to do, if anything; None for an address not in the table.

    `now_s` on the engine's clock is when the message came. Raises BridgeError for wrong values.
    """
    address, track = _numbered(message.address)
    entry = _BY_ADDRESS.get(address)
    if entry is None:
        return None
    if entry.field is TRIGGER:
        return entry.act(host, Told(True, track, now_s, vocabulary, sender)) if pressed(message) else (host, None)
    if not message.values:
        raise BridgeError(f"{message.address}: expected {entry.field.name}, got 0 values")
    value = entry.field.check(message.values[0], message.address)
    return entry.act(host, Told(value, track, now_s, vocabulary, sender))


def is_quiet(address: str) -> bool:
    """Whether a host or a control surface sends this beside what it has to say: it is passed over without an answer."""
    return _QUIET.match(address) is not None or _CHATTER.fullmatch(address) is not None


def _numbered(address: str) -> tuple[str, int]:
    """`/track/7/name` as the table has it, and the 7; other addresses as they are, and 0."""
    match = _TRACK.fullmatch(address)
    if match is None or int(match[1]) > TRACKS:
        return address, 0
    return f"/track/@{match[2]}", int(match[1])


def _play(host: Host, told: Told) -> Outcome:
    return replace(host, playing=True), Play(told.sender)


def _hold(host: Host, told: Told) -> Outcome:
    return replace(host, playing=False), Pause(told.sender)


def _stop(host: Host, told: Told) -> Outcome:
    return replace(host, playing=False), Stop(told.sender)


def _playing(host: Host, told: Told) -> Outcome:
    return (_play if told.value else _hold)(host, told)


def _tempo(host: Host, told: Told) -> Outcome:
    return replace(host, tempo=float(told.value)), None


def _seconds(host: Host, told: Told) -> Outcome:
    return host, _chase(host, float(told.value), told)


def _beats(host: Host, told: Told) -> Outcome:
    if host.tempo is None:
        raise BridgeError("/live/song/get/current_song_time: beats without a tempo; ask for /live/song/get/tempo too")
    return host, _chase(host, float(told.value) * 60 / host.tempo, told)


def _chase(host: Host, time_s: float, told: Told) -> Chase:
    """Counting in, hosts are before the start: at the start, for a song."""
    return Chase(max(time_s, 0.0), told.now_s, host.playing, told.sender)


def _named(host: Host, told: Told) -> Outcome:
    track = host.tracks.get(told.track, Track())
    return _turned(host, told, replace(track, parameter=_parameter_in(str(told.value), told.vocabulary)))


def _faded(host: Host, told: Told) -> Outcome:
    track = host.tracks.get(told.track, Track())
    return _turned(host, told, replace(track, share=float(told.value)))


def _turned(host: Host, told: Told, track: Track) -> Outcome:
    host = replace(host, tracks={**host.tracks, told.track: track})
    if track.parameter is None or track.share is None:
        return host, None
    value = told.vocabulary.parameters[track.parameter].from_share(track.share)
    return host, SetParam(track.parameter, value, told.sender)


def _parameter_in(name: str, vocabulary: Vocabulary) -> str | None:
    """`noise` in "deepsing noise" or "Deepsing Noise"; None in a name that is about something else."""
    first, *rest = name.casefold().split() or [""]
    parameter = vocabulary.parameters.get("_".join(rest))
    return parameter.name if first == OWN and parameter and parameter.turnable else None


_TIME = Field("time_s", "float", "where it is", "s")
_BEATS = Field("beats", "float", "where it is", "beats")
_TEMPO = Field("tempo", "float", "", "beats a minute", 1, 1000)
_IS_PLAYING = Field("is_playing", "bool", "")
_NAME = Field("name", "text", "of the track")
_FADER = Field("volume", "float", "where the track's fader stands, 0..1; hosts go a little beyond")

HOST_MESSAGES = (
    HostMessage("/play", REAPER, "play", TRIGGER, _play),
    HostMessage("/stop", REAPER, "stand still; `/time` says where", TRIGGER, _hold),
    HostMessage("/pause", REAPER, "stand still", TRIGGER, _hold),
    HostMessage("/time", REAPER, "follow: seconds", _TIME, _seconds),
    HostMessage("/tempo/raw", REAPER, "tempo, beats a minute", _TEMPO, _tempo),
    HostMessage("/track/@/name", REAPER, "a track called `deepsing noise` turns noise, and so on", _NAME, _named),
    HostMessage("/track/@/volume", REAPER, "that track's fader: 0..1 of the parameter's range", _FADER, _faded),
    HostMessage("/live/song/start_playing", LIVE, "play", TRIGGER, _play),
    HostMessage("/live/song/continue_playing", LIVE, "play", TRIGGER, _play),
    HostMessage("/live/song/stop_playing", LIVE, "stop and go back to the start", TRIGGER, _stop),
    HostMessage("/live/song/get/is_playing", LIVE, "1: play, 0: stand still", _IS_PLAYING, _playing),
    HostMessage("/live/song/get/tempo", LIVE, "tempo, beats a minute", _TEMPO, _tempo),
    HostMessage("/live/song/get/current_song_time", LIVE, "follow: beats at that tempo", _BEATS, _beats),
)
"""What is understood, and the table in docs/protocol.md. A trigger acts on 1 or no value; 0 is a button let go."""

_BY_ADDRESS = MappingProxyType({entry.address: entry for entry in HOST_MESSAGES})
