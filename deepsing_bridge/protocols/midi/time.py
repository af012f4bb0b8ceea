"""Somebody else's time: MIDI time code and MIDI clock become `Chase` commands. Pure.

Every device has a reader of each kind, and one of them is followed at a time: who moves before who stands, time code
before clock, who began to move last before who has moved for longer. Time code that is silent is forgotten. Knows
nothing of threads and ports; times of arrival are given.
"""

import math
from collections.abc import Collection
from typing import Any, Literal, get_args

from ...core.errors import BridgeError
from ...live.commands import Chase
from .mtc import Timecode, at_or_after, frames_a_day, parse_timecode
from .readers import ClockReader, MtcReader, Reading
from .surface import Device

Source = Literal["mtc", "clock"]
SOURCES: tuple[Source, ...] = get_args(Source)

FORGOTTEN_S = 1.0  # of silence: until then a clock waits for the time code that most send beside it
KIND: dict[str, Source] = {
    "quarter_frame": "mtc",
    "sysex": "mtc",
    "clock": "clock",
    "start": "clock",
    "continue": "clock",
    "stop": "clock",
    "songpos": "clock",
}
"""Whose a mido message is, by its type."""

Reader = MtcReader | ClockReader


class Timekeeper:
    """`sources` are heard, all others not; at `start` of the time code the song is at 0. Raises BridgeError."""

    def __init__(self, sources: Collection[str], start: str) -> None:
        if unknown := set(sources) - set(SOURCES):
            raise BridgeError(f"time source: expected mtc or clock, got {min(unknown)!r}")
        self._sources = set(sources)
        self._start = parse_timecode(start)
        self._readers: dict[tuple[str, Source], Reader] = {}
        self._leader: Reader | None = None
        self._began_s: dict[Reader, float] = {}  # those that move, since when

    @property
    def bad(self) -> int:
        """How many messages meant no timecode, of the devices that are there."""
        return sum(reader.bad for reader in self._readers.values() if isinstance(reader, MtcReader))

    def hear(self, port: str, message: Any, at_s: float) -> Chase | None:
        """What a mido message that came from `port` at `at_s` says of the song's time, if anything."""
        kind = KIND.get(message.type)
        if kind is None or kind not in self._sources:
            return None
        if (port, kind) not in self._readers:
            self._readers[port, kind] = MtcReader() if kind == "mtc" else ClockReader()
        reader = self._readers[port, kind]
        return self._told((port, kind), reader.hear(message, at_s))

    def still(self, now_s: float) -> Chase | None:
        """That the song stands, if what it follows has stayed away."""
        found = [self._told(key, reader.still(now_s)) for key, reader in self._readers.items()]
        return next((chase for chase in found if chase), None)

    def remove(self, port: str) -> Chase | None:
        """The device is gone: the song stands, if it followed it."""
        gone = {key: reader for key, reader in self._readers.items() if key[0] == port}
        found = [self._told(key, reader.still(math.inf)) for key, reader in gone.items()]
        for key, reader in gone.items():
            del self._readers[key]
            self._began_s.pop(reader, None)
            self._leader = None if reader is self._leader else self._leader
        return next((chase for chase in found if chase), None)

    def _told(self, key: tuple[str, Source], reading: Reading | None) -> Chase | None:
        """What is made of a reading: nothing, if it is not followed."""
        reader = self._readers[key]
        if reading is None:
            return None
        if reading.moving:
            self._began_s.setdefault(reader, reading.at_s)
        else:
            self._began_s.pop(reader, None)
        if not self._follows(reader, reading.at_s):
            return None
        self._leader = reader
        time_s = _since(self._start, reading)
        return Chase(max(time_s, 0.0), reading.at_s, reading.moving and time_s >= 0, Device(key[0]))

    def _follows(self, reader: Reader, at_s: float) -> bool:
        leader = self._leader
        if reader is leader:
            return True
        if isinstance(reader, ClockReader) and self._has_timecode(at_s):
            return False
        if leader is None or leader not in self._began_s:
            return True
        if isinstance(reader, MtcReader) and isinstance(leader, ClockReader):
            return True
        return self._began_s.get(reader, -math.inf) > self._began_s[leader]

    def _has_timecode(self, at_s: float) -> bool:
        heard_s = [reader.heard_s for reader in self._readers.values() if isinstance(reader, MtcReader)]
        return at_s - max(heard_s, default=-math.inf) <= FORGOTTEN_S


def _since(start: Timecode, reading: Reading) -> float:
    """Seconds since `start`, negative before it: whichever is nearer, as time code begins anew at midnight.

    A clock tells seconds of the song as it is.
    """
    rate = reading.rate
    if rate is None:
        return reading.time_s
    behind_s = reading.time_s - float(at_or_after(start, rate) / rate.fps)
    return math.remainder(behind_s, float(frames_a_day(rate) / rate.fps))
