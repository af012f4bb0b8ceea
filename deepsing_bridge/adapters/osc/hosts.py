"""The transport addresses of audio hosts, understood as they come: Reaper's default OSC pattern and AbletonOSC.

Pure: what the host last told goes in and out as a value. Knows no sockets and no engine.

What they send was read in their sources (reaper-sdk csurf_osc.cpp `SetPlayState` and `Run`; AbletonOSC song.py):
Reaper tells changes only, as the states of its buttons: on play `/stop 0 /play 1`, on stop `/stop 1 /play 0`, on
pause `/stop 1 /pause 1 /play 0`, then its cursor's place with `/time`. So a 0 says nothing new, and Reaper's stop
does not mean the start of the song. AbletonOSC answers with the address it was asked at.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import MappingProxyType

from ...errors import BridgeError
from ...live.messages import Chase, Command, Pause, Play, Sender, Stop
from ...vocabulary import Field, Value
from .codec import TRIGGER, Incoming, pressed

REAPER, LIVE = "Reaper", "AbletonOSC"

_QUIET = re.compile(
    "/(action|anysolo|autorecarm|beat|bymarker|click|device|editloop|forward|frames|fx|fxeq|fxinst|fxinstparam|fxparam"
    "|lastmarker|lastregion|live|loop|marker|master|midiaction|midilistaction|playrate|reaper|record|region|repeat"
    "|replace|rewind|samples|scroll|scrub|soloreset|tempo|time|track|vkb_midi|zoom)(/|$)"
)
"""How the rest of what both send begins: dozens of messages a second, of no use here, and no mistake either."""


@dataclass(frozen=True)
class Host:
    """What was last told: `tempo` in beats a minute, None before that; whether it plays."""

    tempo: float | None = None
    playing: bool = False


Outcome = tuple[Host, Command | None]


@dataclass(frozen=True)
class HostMessage:
    """`field` is the one value; a `TRIGGER` acts on 1 or no value. `act` is told the host, value, clock and sender."""

    address: str
    host: str
    meaning: str
    field: Field
    act: Callable[[Host, Value, float, Sender], Outcome]


def understand(host: Host, message: Incoming, now_s: float, sender: Sender = None) -> Outcome | None:
    """The host as it is now and what the engine is to do, if anything; None for an address not in the table.

    `now_s` on the engine's clock is when the message came. Raises BridgeError for wrong values.
    """
    entry = _BY_ADDRESS.get(message.address)
    if entry is None:
        return None
    if entry.field is TRIGGER:
        return entry.act(host, True, now_s, sender) if pressed(message) else (host, None)
    if len(message.values) != 1:
        raise BridgeError(f"{entry.address}: expected {entry.field.name}, got {len(message.values)} values")
    return entry.act(host, entry.field.check(message.values[0], entry.address), now_s, sender)


def is_quiet(address: str) -> bool:
    """Whether a host sends this beside its transport, so that it is passed over without an answer."""
    return _QUIET.match(address) is not None


def _play(host: Host, value: Value, now_s: float, sender: Sender) -> Outcome:
    return replace(host, playing=True), Play(sender)


def _hold(host: Host, value: Value, now_s: float, sender: Sender) -> Outcome:
    return replace(host, playing=False), Pause(sender)


def _stop(host: Host, value: Value, now_s: float, sender: Sender) -> Outcome:
    return replace(host, playing=False), Stop(sender)


def _playing(host: Host, value: Value, now_s: float, sender: Sender) -> Outcome:
    return (_play if value else _hold)(host, value, now_s, sender)


def _tempo(host: Host, value: Value, now_s: float, sender: Sender) -> Outcome:
    return replace(host, tempo=float(value)), None


def _seconds(host: Host, value: Value, now_s: float, sender: Sender) -> Outcome:
    """Counting in, hosts are before the start: at the start, for a song."""
    return host, Chase(max(float(value), 0.0), now_s, host.playing, sender)


def _beats(host: Host, value: Value, now_s: float, sender: Sender) -> Outcome:
    if host.tempo is None:
        raise BridgeError("/live/song/get/current_song_time: beats without a tempo; ask for /live/song/get/tempo too")
    return _seconds(host, float(value) * 60 / host.tempo, now_s, sender)


_TIME = Field("time_s", "float", "where it is", "s")
_BEATS = Field("beats", "float", "where it is", "beats")
_TEMPO = Field("tempo", "float", "", "beats a minute", 1, 1000)
_IS_PLAYING = Field("is_playing", "bool", "")

HOST_MESSAGES = (
    HostMessage("/play", REAPER, "play", TRIGGER, _play),
    HostMessage("/stop", REAPER, "stand still; `/time` says where", TRIGGER, _hold),
    HostMessage("/pause", REAPER, "stand still", TRIGGER, _hold),
    HostMessage("/time", REAPER, "follow: seconds", _TIME, _seconds),
    HostMessage("/tempo/raw", REAPER, "tempo, beats a minute", _TEMPO, _tempo),
    HostMessage("/live/song/start_playing", LIVE, "play", TRIGGER, _play),
    HostMessage("/live/song/continue_playing", LIVE, "play", TRIGGER, _play),
    HostMessage("/live/song/stop_playing", LIVE, "stop and go back to the start", TRIGGER, _stop),
    HostMessage("/live/song/get/is_playing", LIVE, "1: play, 0: stand still", _IS_PLAYING, _playing),
    HostMessage("/live/song/get/tempo", LIVE, "tempo, beats a minute", _TEMPO, _tempo),
    HostMessage("/live/song/get/current_song_time", LIVE, "follow: beats at that tempo", _BEATS, _beats),
)
"""What is understood, and the README's table. A trigger acts on 1 or no value; 0 is a button let go."""

_BY_ADDRESS = MappingProxyType({entry.address: entry for entry in HOST_MESSAGES})
