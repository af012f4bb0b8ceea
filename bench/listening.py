"""What is heard of songs as they are played, against what is said of the whole song.

    python -m bench.listening SONG…            block by block, as fast as it goes
    python -m bench.listening --jack SONG…     played by another process through `jackd -d dummy`, in real time

A line for each song. Onsets: how many of the whole song's clear ones were heard (50 ms), and how long after their sound they
were told, by the median and by what 95 % are below; by JACK, of those that this counted on the player's own clock. Beats:
the share of the whole song's after 8 s that had one within 70 ms, and the share of those told that were such. Sentiment:
the correlation of valence and of arousal after 30 s with the whole song's, at the best lag of up to 5 s, and that lag.
CPU: seconds of a core for each second of sound, for levels, beats and sentiment.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray

from deepsing_bridge.attributes import audio_models
from deepsing_bridge.audio.decode import SAMPLE_RATE, file_to_song
from deepsing_bridge.audio.features import WINDOW
from deepsing_bridge.core.types import Sentiment, Song
from deepsing_bridge.listening.alignment import RunningAlignment
from deepsing_bridge.listening.beats import BeatTracker, HeardBeat
from deepsing_bridge.listening.input_process import InputProcess
from deepsing_bridge.listening.inputs import devices, find
from deepsing_bridge.listening.levels import HeardOnset, LevelMeter
from deepsing_bridge.listening.listener import Listener
from deepsing_bridge.listening.sentiment import following
from deepsing_bridge.story.analysis import SongAnalysis, analyze
from tests.jack import jack_name, jackd, until
from tests.listening.playing import playing

BLOCK = 230  # samples: 512 at 48 kHz
NEAR_ONSET_S, NEAR_BEAT_S = 0.05, 0.07
FIRST_BEAT_S, FIRST_FELT_S, LATEST_S = 8.0, 30.0, 5.0
CLEAR = 0.3  # of onsets
NAME = "player"

Times = NDArray[np.float64]


@dataclass
class Told:
    """`onsets` and `beats` are the seconds of the song; `onsets_at`, when each of them was told, in the song's time."""

    onsets: list[float] = field(default_factory=list)
    onsets_at: list[float] = field(default_factory=list)
    beats: list[float] = field(default_factory=list)
    felt: list[Sentiment] = field(default_factory=list)
    costs: dict[str, float] = field(default_factory=dict)

    def onset(self, onset: HeardOnset, at_s: float, began_s: float = 0.0) -> None:
        self.onsets.append(onset.time_s - began_s)
        self.onsets_at.append(at_s)


def block_by_block(song: Song, model: audio_models.AudioEstimator) -> Told:
    told = Told()
    meter, tracker, follower = LevelMeter(), BeatTracker(), following(model)
    alignment = RunningAlignment(model.outputs, "song")

    def timed(what: str, size: int, hear: Callable[[NDArray[np.float32], float], None]) -> None:
        began_s = time.process_time()
        for start in range(0, len(song.samples) - size + 1, size):
            hear(song.samples[start : start + size], (start + size) / SAMPLE_RATE)
        told.costs[what] = (time.process_time() - began_s) / song.duration_s

    def levels(block: NDArray[np.float32], at_s: float) -> None:
        for onset in meter.hear(block).onsets:
            told.onset(onset, at_s)

    def feel(window: NDArray[np.float32], at_s: float) -> None:
        raw = follower.hear(window, sounding=True)
        told.felt.append(alignment.align(raw) if raw else Sentiment(0.0, 0.0))

    timed("levels", BLOCK, levels)
    timed("beats", BLOCK, lambda block, at_s: told.beats.extend(beat.time_s for beat in tracker.hear(block)))
    timed("sentiment", WINDOW, feel)
    return told


def through_jack(song: Song, model: audio_models.AudioEstimator) -> Told:
    """Times of the song are counted from the player's first sample, by one clock; sound before it was silence."""
    told = Told()
    with jack_name(), jackd("--realtime"), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "song.wav"
        soundfile.write(path, song.samples, SAMPLE_RATE, subtype="FLOAT")
        with playing(path, NAME) as play:
            listener = Listener(lambda: InputProcess(find(NAME, devices())), model)
            listener.start()
            try:
                until(listener.connected.is_set)
                _listen(listener, play(), song.duration_s, told)
            finally:
                listener.stop()
    return told


def _listen(listener: Listener, began: float, duration_s: float, told: Told) -> None:
    heard = listener.heard()
    heard_s = heard.heard_s - (heard.clock_s - began)  # of the set, when the song began
    missed = listener.counts().missed_windows
    while (at_s := time.perf_counter() - began) < duration_s:
        for event in listener.heard().events:
            match event:
                case HeardOnset():
                    told.onset(event, at_s, heard_s)
                case HeardBeat():
                    told.beats.append(event.time_s - heard_s)
                case Sentiment():
                    told.felt.append(event)
        time.sleep(0.002)
    counts = listener.counts()
    told.costs = {"lost samples": counts.lost_samples, "missed windows": counts.missed_windows - missed}


def report(name: str, whole: SongAnalysis, told: Told) -> str:
    times, strengths = whole.levels.onsets
    clear = times[(strengths > CLEAR) & (times > 2)]
    onsets = np.array(told.onsets)
    nearest = np.array([np.abs(times - time_s).argmin() for time_s in onsets])
    same = np.abs(times[nearest] - onsets) < NEAR_ONSET_S
    late = 1000 * (np.array(told.onsets_at)[same] - times[nearest][same])
    beats, wanted = np.array(told.beats), whole.structure.beats
    found = _share(wanted[wanted > FIRST_BEAT_S], beats, NEAR_BEAT_S)
    right = _share(beats[beats > FIRST_BEAT_S], wanted, NEAR_BEAT_S)
    felt = [
        _felt(getattr(whole.sentiment, axis), [getattr(one, axis) for one in told.felt])
        for axis in ("valence", "arousal")
    ]
    costs = ", ".join(f"{what} {cost:.3g}" for what, cost in told.costs.items())
    return (
        f"{name:<12} onsets {_share(clear, onsets, NEAR_ONSET_S):.2f} heard, {np.median(late):.0f} ms late, "
        f"95 % below {np.quantile(late, 0.95):.0f} | beats {found:.2f} of them, {right:.2f} right | "
        + ", ".join(
            f"{axis} r {r:.2f} at {lag_s:g} s" for axis, (r, lag_s) in zip(("valence", "arousal"), felt, strict=True)
        )
        + f" | {costs}"
    )


def _share(wanted: Times, given: Times, near_s: float) -> float:
    """Of `wanted`, that have one of `given` so near."""
    if not len(wanted) or not len(given):
        return 0.0
    return float(np.mean([np.abs(given - time_s).min() < near_s for time_s in wanted]))


def _felt(whole: NDArray[np.float32], told: list[float]) -> tuple[float, float]:
    first, count = round(FIRST_FELT_S / 0.5), min(len(whole), len(told))
    now = np.array(told)[first:count]
    lags = range(round(LATEST_S / 0.5) + 1)
    alike = [float(np.corrcoef(now, whole[first - lag : count - lag])[0, 1]) for lag in lags]
    return max(alike), 0.5 * int(np.argmax(alike))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("songs", nargs="+", type=Path)
    parser.add_argument("--jack", action="store_true")
    parser.add_argument("--audio-model", default=audio_models.CONTEXT)
    given = parser.parse_args()
    torch.set_num_threads(1)
    model = audio_models.load(given.audio_model)
    for path in given.songs:
        song = file_to_song(path)
        whole = analyze(song, model)
        print(report(path.stem, whole, (through_jack if given.jack else block_by_block)(song, model)), flush=True)


if __name__ == "__main__":
    main()
