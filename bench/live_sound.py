"""A show with live sound, through `jackd -d dummy` from another process: how soon it is told, and what hours of it cost.

    python -m bench.live_sound --minutes 60 SONG…

First a minute of clicks: how long after JACK was given each of them an OSC client has its `onset`. Then the songs, again
and again. A line for each minute: memory (MB), frames that a ZeroMQ subscriber got, those that it missed, frames that
the bridge could not make in time, beats, scenes, the machine's load; at the end, by how much memory grew in an hour,
from the fifth minute on.
"""

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import AF_INET, SOCK_DGRAM, socket
from threading import Event, Thread

import numpy as np
import soundfile
from numpy.typing import NDArray
from pythonosc.osc_message import OscMessage

from bench.watch import Frames, row
from deepsing_bridge.audio.decode import SAMPLE_RATE, file_to_song
from tests.jack import jack_name, jackd
from tests.listening.playing import playing
from tests.process import Bridge, bridge

NAME = "player"
CLICKS_S, CLICK_EVERY_S, FIRST_CLICK_S = 60.0, 0.47, 3.0
SILENT_S = 20.0
LATEST_S = 0.4  # a click that nothing came of by then was not told
SETTLED_MINUTES = 5


def clicks() -> NDArray[np.float32]:
    rng = np.random.default_rng(0)
    samples = 1e-4 * rng.standard_normal(round(CLICKS_S * SAMPLE_RATE))
    for time_s in click_times():
        start = round(time_s * SAMPLE_RATE)
        samples[start : start + 2000] += 0.3 * rng.standard_normal(2000) * np.exp(-np.arange(2000) / 400)
    return samples.astype(np.float32)


def click_times() -> NDArray[np.float64]:
    return np.arange(FIRST_CLICK_S, CLICKS_S - 1, CLICK_EVERY_S)


@dataclass
class Heard:
    """What an OSC client heard: how many messages of each kind, and when onsets came, on this machine's clock."""

    counts: Counter[str] = field(default_factory=Counter)
    onsets_s: list[float] = field(default_factory=list)


@contextmanager
def osc_client(running: Bridge) -> Iterator[Heard]:
    heard, over = Heard(), Event()
    with closing(socket(AF_INET, SOCK_DGRAM)) as port:
        port.bind(("127.0.0.1", 0))
        port.settimeout(0.2)
        running.send("/deepsing/subscribe", port.getsockname()[1])

        def listen() -> None:
            while not over.is_set():
                try:
                    packet, at_s = port.recv(65536), time.perf_counter()
                except TimeoutError:
                    continue
                kind = OscMessage(packet).address.removeprefix("/deepsing/")
                heard.counts[kind] += 1
                if kind == "onset" and len(heard.onsets_s) < 10_000:
                    heard.onsets_s.append(at_s)

        thread = Thread(target=listen)
        thread.start()
        try:
            yield heard
        finally:
            over.set()
            thread.join()


def lateness_ms(came_s: NDArray[np.float64], began_s: float) -> NDArray[np.float64]:
    """Of the first message after each click that something came of."""
    first = np.searchsorted(came_s, began_s + click_times())
    late = np.array(
        [came_s[i] - began_s - click for i, click in zip(first, click_times(), strict=True) if i < len(came_s)]
    )
    return 1000 * late[late < LATEST_S]


@dataclass
class Player:
    """Another program, which plays again and again what lasts `length_s`, once it was told to."""

    begin: Callable[[], float]
    length_s: float
    played_s: float = 0.0

    def play(self) -> float:
        """When it began, on this machine's clock."""
        self.played_s = time.monotonic()
        return self.begin()

    def play_on(self) -> None:
        if time.monotonic() - self.played_s > self.length_s:
            self.play()


def show(songs: list[Path], minutes: int, folder: Path) -> None:
    sound = np.concatenate([clicks(), *(file_to_song(path).samples for path in songs)])
    soundfile.write(folder / "show.wav", sound, SAMPLE_RATE, subtype="FLOAT")
    words = ("--input", NAME, "--no-midi", "--no-announce", "--log-json")
    with playing(folder / "show.wav", NAME) as begin, bridge(folder, *words) as running:
        player = Player(begin, len(sound) / SAMPLE_RATE)
        running.wait_for("playing")
        with osc_client(running) as heard, Frames(running.frames) as frames:
            time.sleep(SILENT_S)
            print(f"{SILENT_S:g} s without sound: {heard.counts['beat']} beats", flush=True)
            began_s = player.play()
            time.sleep(CLICKS_S)
            late = lateness_ms(np.array(heard.onsets_s), began_s)
            shares = ", ".join(f"{share:.0%} within {np.quantile(late, share):.0f} ms" for share in (0.5, 0.95, 1.0))
            print(f"{len(late)} of {len(click_times())} clicks told: {shares}", flush=True)
            sizes = [minute(number, running, heard, frames, player) for number in range(1, minutes + 1)]
            if len(settled := sizes[SETTLED_MINUTES:]) > 1:
                print(f"grows by {60 * np.polyfit(np.arange(len(settled)), settled, 1)[0]:.1f} MB an hour")
            print(f"{len(frames.gaps)} gaps in frames{', the first ' + frames.gaps[0] if frames.gaps else ''}")


def minute(number: int, running: Bridge, heard: Heard, frames: Frames, player: Player) -> float:
    """Its line is printed. How large the process is then, MB."""
    before, got, lost = Counter(heard.counts), frames.frames, frames.lost
    dropped = row(running, 0.0).dropped_frames
    until_s = time.monotonic() + 60
    while time.monotonic() < until_s:
        time.sleep(0.5)
        player.play_on()
    now, counts = row(running, 0.0), heard.counts - before
    size = now.resident / 2**20
    print(
        f"{number:>3} min  {size:6.1f} MB  {frames.frames - got} frames, {frames.lost - lost} missed, "
        f"{now.dropped_frames - dropped} not made  {counts['beat']} beats  {counts['scene']} scenes  load {now.load:.1f}",
        flush=True,
    )
    return size


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("songs", nargs="+", type=Path)
    parser.add_argument("--minutes", type=int, default=60)
    given = parser.parse_args()
    with jack_name(), jackd("--realtime"), tempfile.TemporaryDirectory() as folder:
        show(given.songs, given.minutes, Path(folder))


if __name__ == "__main__":
    main()
