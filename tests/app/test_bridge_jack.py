"""The JACK server dies under the real process while the song follows time code that comes through it."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import pytest
import soundfile

from tests.jack import Player, jack_name, jackd, until
from tests.process import Bridge, bridge
from tests.protocols.midi.senders import quarter_frames
from tests.sounds import music

pytest.importorskip("rtmidi", reason="python-rtmidi is not installed")
pytestmark = pytest.mark.program("jackd")
RATE = Fraction(25)
TOLD = "MIDI is off: the JACK server has ended; everything else works"


@contextmanager
def time_code(from_s: int) -> Iterator[None]:
    """Another program sends it, from `from_s` on, for half a minute."""
    sending = Player()
    try:
        sending.send(list(quarter_frames(from_s * 25, RATE, 100 * 30)))
        yield
    finally:
        sending.close()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Bridge]:
    soundfile.write(tmp_path / "song.wav", music(60), 21_504)
    words = (tmp_path / "song.wav", "--hold", "--no-announce", "--midi-port", "nanoKONTROL2")
    with jack_name(), bridge(tmp_path, *words) as made:
        made.wait_for("stopped")
        yield made


def time_s(running: Bridge) -> float:
    return float(str(running.ask(command="get", name="time")["time_s"]))


def test_the_death_of_the_jack_server_is_told_once_and_the_bridge_goes_on(running: Bridge) -> None:
    with jackd() as server, time_code(5):
        running.wait_for("playing")
        server.kill()
        running.wait_for("paused")  # as when a device is pulled
    until(lambda: TOLD in running.log)
    stood_s = time_s(running)
    assert running.ask(command="play")["ok"]
    until(lambda: time_s(running) > stood_s + 1)
    with jackd(), time_code(30):
        until(lambda: 30 < time_s(running) < 40)
        assert running.stop()[0] == 0
    assert running.log.count("MIDI is off") == running.log.count("nanoKONTROL2:Fader is gone") == 1
