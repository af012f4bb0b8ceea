"""Sound cards by PortAudio (sounddevice): Core Audio, WASAPI, ALSA and what else a platform has.

JACK has a module of its own, and this is asked only while no JACK server runs: a PortAudio that was connected to one
ends the whole process (`Terminate: Assertion err == 0`, pa_jack.c) when it is closed after that server has died.
"""

import logging
from importlib.util import find_spec
from time import monotonic
from typing import Any

from .device import RING_S, Device, Input
from .ring import CHANNELS, SampleRing

log = logging.getLogger(__name__)
JACK = "JACK Audio Connection Kit"  # PortAudio's name for that system
SILENT_S = 2.0  # a card that brings nothing for so long is gone


def installed() -> bool:
    return find_spec("sounddevice") is not None


def devices() -> list[Device]:
    """Looked for anew, as PortAudio knows only what was there at its start. None while one is open."""
    if Stream.opened:
        return []
    try:
        import sounddevice  # starts PortAudio
    except OSError as error:  # the wheel for Linux has no PortAudio in it
        log.info("PortAudio: %s", error)
        return []
    if all(system["name"] != JACK for system in sounddevice.query_hostapis()):
        sounddevice._terminate()
        sounddevice._initialize()
    systems = sounddevice.query_hostapis()
    chosen = sounddevice.default.device[0]
    return [
        _device(found, systems[found["hostapi"]]["name"], found["index"] == chosen)
        for found in sounddevice.query_devices()
        if found["max_input_channels"] and systems[found["hostapi"]]["name"] != JACK
    ]


def _device(found: dict[str, Any], system: str, default: bool) -> Device:
    channels, rate = found["max_input_channels"], round(found["default_samplerate"])

    def opened() -> Input:
        return Stream(found["index"], min(channels, CHANNELS), rate)

    return Device(found["name"], system, channels, rate, default, opened)


class Stream:
    """An open sound card. Raises sounddevice.PortAudioError, an Exception, where it cannot be had."""

    opened = 0  # how many are

    def __init__(self, device: int, channels: int, rate: int) -> None:
        import sounddevice

        self.rate, self.ring = rate, SampleRing(round(RING_S * rate))
        self._seen, self._seen_s = 0, monotonic()
        self._stream = sounddevice.InputStream(
            device=device, channels=channels, samplerate=rate, latency="low", callback=self._heard
        )
        try:
            self._stream.start()
        except Exception:
            self._stream.close()
            raise
        Stream.opened += 1

    def _heard(self, block: Any, frames: int, time: object, status: object) -> None:
        """On PortAudio's thread."""
        self.ring.write(block)

    @property
    def alive(self) -> bool:
        now_s = monotonic()
        if self.ring.written != self._seen:
            self._seen, self._seen_s = self.ring.written, now_s
        return bool(self._stream.active) and now_s - self._seen_s < SILENT_S

    def close(self) -> None:
        Stream.opened -= 1
        self._stream.close(ignore_errors=True)
