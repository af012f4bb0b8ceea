"""Beats of sound as it comes: when they are heard, and none where nobody would tap."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray

from deepsing_bridge.audio.beat_model import STEP_S
from deepsing_bridge.audio.decode import SAMPLE_RATE
from deepsing_bridge.listening.beats import BeatTracker, HeardBeat
from tests.listening.blocks import BLOCK, blocks
from tests.sounds import music

Array = NDArray[np.float32]
TEXT = (
    "In the beginning the wind moved over the hills, and nobody had heard of the town. There were three houses, a well "
    "and an old dog that slept before the door. When the travellers came they asked for water, and they were given "
    "bread too. It was said that the road led on to the sea, but those who had gone there never told how far it was."
)


def told(samples: Array, tracker: BeatTracker | None = None) -> list[tuple[float, HeardBeat]]:
    """Each beat, and how many seconds were heard when it was told."""
    tracker = tracker or BeatTracker()
    return [
        ((index + 1) * BLOCK / SAMPLE_RATE, beat)
        for index, block in enumerate(blocks(samples))
        for beat in tracker.hear(block)
    ]


def drums(seconds: float, tempo: float, seed: int = 0) -> Array:
    """A kick on the first of four beats, a hat on each."""
    rng, time = np.random.default_rng(seed), np.arange(round(0.3 * SAMPLE_RATE)) / SAMPLE_RATE
    samples = 1e-3 * rng.standard_normal(round(seconds * SAMPLE_RATE))
    for beat in range(int(seconds * tempo / 60) - 1):
        start = round(beat * 60 / tempo * SAMPLE_RATE)
        hit = 0.1 * rng.standard_normal(len(time)) * np.exp(-60 * time)
        if beat % 4 == 0:
            hit = hit + 0.6 * np.sin(2 * np.pi * 60 * time) * np.exp(-15 * time)
        samples[start : start + len(hit)] += hit
    return samples.astype(np.float32)


@pytest.mark.parametrize("tempo", [84.0, 100.0, 132.0])
def test_beats_are_told_when_they_are_heard(tempo: float) -> None:
    found = [(at, beat) for at, beat in told(music(24, tempo)) if at > 9]
    assert len(found) == pytest.approx(15 * tempo / 60, abs=2)
    for at, beat in found:
        place = beat.time_s * tempo / 60
        assert abs(place - round(place)) * 60 / tempo < 0.05
        assert abs(at - beat.time_s) < 0.03
        assert beat.tempo == pytest.approx(tempo, rel=0.06)


def test_it_follows_another_tempo() -> None:
    samples = np.concatenate([music(20, 90), music(20, 126)])
    late = [beat for at, beat in told(samples) if at > 32]
    assert np.median(np.diff([beat.time_s for beat in late])) == pytest.approx(60 / 126, abs=0.02)


def test_bars_begin_where_the_kick_is() -> None:
    late = [beat for at, beat in told(drums(40, 120)) if at > 15]
    firsts = [beat for beat in late if beat.number == 1]
    assert len(firsts) == pytest.approx(len(late) / 4, abs=1)
    for beat in firsts:
        place = beat.time_s * 2 / 4
        assert abs(place - round(place)) * 2 < 0.06
    assert [beat.bar for beat in firsts] == list(range(firsts[0].bar, firsts[0].bar + len(firsts)))


def chords(seconds: float, tempo: float) -> Array:
    """The same drum on each beat, and another chord every four."""
    time, beat_s = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE, 60 / tempo
    roots = 220 * 2 ** (np.array([0, 5, 7, 3])[(time / beat_s / 4).astype(int) % 4] / 12)
    phase = 2 * np.pi * np.cumsum(roots) / SAMPLE_RATE
    hat = np.random.default_rng(0).standard_normal(len(time)) * np.exp(-60 * (time % beat_s))
    return (0.05 * sum(np.sin(ratio * phase) for ratio in (1, 1.26, 1.5)) + 0.1 * hat).astype(np.float32)


def test_bars_begin_where_the_harmony_changes() -> None:
    firsts = [beat.time_s for at, beat in told(chords(40, 120)) if at > 20 and beat.number == 1]
    assert len(firsts) == pytest.approx(10, abs=1)
    assert max(abs(time_s / 2 - round(time_s / 2)) for time_s in firsts) < 0.05


def noise(seconds: float, level: float = 0.1) -> Array:
    return (level * np.random.default_rng(0).standard_normal(round(seconds * SAMPLE_RATE))).astype(np.float32)


def drone(seconds: float) -> Array:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return sum(0.1 * np.sin(2 * np.pi * hertz * time) for hertz in (110.0, 164.7, 220.3)).astype(np.float32)  # type: ignore[union-attr]


def rain(seconds: float) -> Array:
    rng, samples = np.random.default_rng(3), noise(seconds, 0.005)
    for start in rng.integers(0, len(samples) - 300, round(50 * seconds)):
        drop = rng.exponential(0.05) * rng.standard_normal(300) * np.exp(-np.arange(300) / 50)
        samples[start : start + 300] += drop.astype(np.float32)
    return samples


@pytest.mark.parametrize("sound", [noise(30), drone(30), rain(30), np.zeros(30 * SAMPLE_RATE, np.float32)])
def test_nothing_is_told_where_nobody_would_tap(sound: Array) -> None:
    assert not told(sound)


@pytest.mark.program("espeak-ng")
@pytest.mark.parametrize("speed", [140, 160, 190])
def test_speech_has_no_beat(speed: int, tmp_path: Path) -> None:
    espeak = shutil.which("espeak-ng")
    assert espeak
    subprocess.run([espeak, "-s", str(speed), "-w", str(tmp_path / "speech.wav"), TEXT], check=True)
    samples, rate = soundfile.read(tmp_path / "speech.wav", dtype="float32")
    assert not told(soxr.resample(samples, rate, SAMPLE_RATE))


def test_beats_go_on_through_bars_without_onsets_and_not_for_ever() -> None:
    beat_s = 50 * STEP_S  # whole steps: what is not heard is counted in these
    bare = 0.3 * drone(24)
    samples = np.concatenate([music(20, 60 / beat_s), bare[: 4 * SAMPLE_RATE], music(10, 60 / beat_s), bare])
    times = np.array([beat.time_s for _, beat in told(samples)])
    through = times[(times > 20.5) & (times < 24)]
    assert len(through) == pytest.approx(3.5 / beat_s, abs=1)
    assert np.abs(through / beat_s - np.round(through / beat_s)).max() * beat_s < 0.07
    assert times.max() < 34 + 4


def test_beats_end_with_the_music() -> None:
    samples = np.concatenate([music(20), noise(20, 1e-4)])
    assert max(beat.time_s for _, beat in told(samples)) < 23
