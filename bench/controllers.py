"""MIDI devices of a soak: a JACK server without sound that dies and comes back, and a controller on it."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from fractions import Fraction

from mido import Message

from tests.jack import Player, jack_name, jackd
from tests.process import ROOT, Bridge
from tests.protocols.midi.senders import quarter_frames

NAME = "nanoKONTROL2"
MORPH = 23  # its controller
RATE, CODE_S = Fraction(25), 10
PATIENCE_S = 60.0


class Controllers:
    """The server, the controller, and how often each came back and was heard."""

    def __init__(self) -> None:
        self.asked = self.heard = 0
        self._server = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None
        self._player: Player | None = None

    def start(self) -> None:
        self._process = self._server.enter_context(jackd())
        self._player = Player(NAME)

    def stop(self) -> None:
        if self._player:
            self._player.close()
            self._player = None
        self._server.close()

    def replug(self, running: Bridge) -> None:
        """The controller is pulled, and plugged in again."""
        assert self._player is not None
        self._player.close()
        time.sleep(1)
        self._player = Player(NAME)
        self.turn(running)

    def restart(self, running: Bridge, number: int = signal.SIGKILL) -> None:
        """The server dies of a signal under all its clients, and comes back."""
        assert self._process is not None
        self._process.send_signal(number)
        self._process.wait(20)
        time.sleep(1)
        self.stop()
        self.start()
        self.turn(running)

    def turn(self, running: Bridge) -> None:
        """A knob is turned until the bridge has heard it."""
        assert self._player is not None
        self.asked += 1
        sweep = [Message("control_change", control=MORPH, value=value) for value in (*range(0, 128, 8), 127)]
        until_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < until_s:
            self._player.send(sweep)
            self._player.sent()
            time.sleep(0.5)
            if float(str(running.ask(command="get", name="morph")["value"])) > 0.99:
                self.heard += 1
                break
        running.ask(command="param/morph", value=0.25)

    def time_code(self, running: Bridge) -> float:
        """The song follows time code for CODE_S; how far it was from it at most, once it followed, in s."""
        assert self._player is not None
        self._player.send(quarter_frames(20 * 25, RATE, CODE_S * 100))
        offs = []
        sent_s = time.perf_counter()
        time.sleep(3)
        while time.perf_counter() < sent_s + CODE_S - 2:
            asked_s = time.perf_counter()
            song_s = float(str(running.ask(command="get", name="time")["time_s"]))
            offs.append((asked_s, song_s))
            time.sleep(0.1)
        began_s = self._player.sent()
        time.sleep(1)
        return max(abs(song_s - 20 - (asked_s - began_s)) for asked_s, song_s in offs)

    def noise(self, count: int, seed: int) -> None:
        """From another program, on a port that the bridge listens to."""
        command = [sys.executable, "-m", "bench.midi_noise", f"{NAME} noise", str(count), str(seed)]
        subprocess.run(command, cwd=ROOT, check=True, timeout=PATIENCE_S)


@contextmanager
def controllers() -> Iterator[Controllers | None]:
    """None where JACK is not installed. A server of its own, for this process and its children."""
    if shutil.which("jackd") is None:
        yield None
        return
    with jack_name():
        made = Controllers()
        made.start()
        try:
            yield made
        finally:
            with suppress(OSError):
                made.stop()
