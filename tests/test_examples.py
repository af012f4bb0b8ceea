"""The demo song: what is shipped is what the script composes, and its four parts differ as they should."""

import importlib.util
import io
import sys
from pathlib import Path
from types import ModuleType

import librosa
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

EXAMPLES = Path(__file__).parent.parent / "examples"
RATE = 22_050  # what librosa listens at
Samples = NDArray[np.float32]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_demo_song", EXAMPLES / "make_demo_song.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sound() -> tuple[Samples, int]:
    return soundfile.read(EXAMPLES / "demo.ogg", dtype="float32", always_2d=True)


@pytest.fixture(scope="module")
def mono(sound: tuple[Samples, int]) -> Samples:
    samples, rate = sound
    return librosa.resample(samples.mean(axis=1), orig_sr=rate, target_sr=RATE)


@pytest.fixture(scope="module")
def parts(script: ModuleType, mono: Samples) -> dict[str, Samples]:
    ends = np.cumsum([part.duration_s for part in script.parts()])
    pieces = np.split(mono, np.round(ends * RATE).astype(int))
    return {part.name: piece for part, piece in zip(script.parts(), pieces, strict=False)}


def decibels(samples: Samples) -> float:
    return float(10 * np.log10(np.mean(samples**2)))


def midi_bytes(script: ModuleType) -> bytes:
    buffer = io.BytesIO()
    script.compose().save(file=buffer)
    return buffer.getvalue()


def test_it_is_a_stereo_song_of_more_than_a_minute(sound: tuple[Samples, int]) -> None:
    samples, rate = sound
    assert samples.shape[1] == 2 and rate == 44_100
    assert 64 <= len(samples) / rate <= 80
    assert (EXAMPLES / "demo.ogg").stat().st_size < 1_500_000


def test_it_is_not_clipped_and_starts_at_once(sound: tuple[Samples, int]) -> None:
    samples, rate = sound
    loudness = np.abs(samples).max(axis=1)
    assert 0.5 < loudness.max() < 0.98
    assert np.argmax(loudness > 0.003) < 0.3 * rate
    assert np.argmax(loudness[::-1] > 0.003) < 1.0 * rate


def test_it_has_four_parts(script: ModuleType) -> None:
    assert [part.name for part in script.parts()] == ["calm", "sad", "tense", "bright"]
    assert all(15 < part.duration_s < 22 for part in script.parts())


def test_tense_and_bright_are_much_louder_than_calm_and_sad(parts: dict[str, Samples]) -> None:
    loud = min(decibels(parts["tense"]), decibels(parts["bright"]))
    soft = max(decibels(parts["calm"]), decibels(parts["sad"]))
    assert loud > soft + 6


def test_onsets_are_sparsest_in_sad_then_calm(script: ModuleType, mono: Samples) -> None:
    onsets = librosa.onset.onset_detect(y=mono, sr=RATE, units="time")
    edges = np.cumsum([0.0, *(part.duration_s for part in script.parts())])
    calm, sad, tense, bright = np.histogram(onsets, edges)[0] / np.diff(edges)
    assert sad < calm < min(tense, bright)


def test_the_bright_part_has_the_brightest_sound(parts: dict[str, Samples]) -> None:
    centroids = {name: librosa.feature.spectral_centroid(y=part, sr=RATE).mean() for name, part in parts.items()}
    assert max(centroids, key=centroids.__getitem__) == "bright"


@pytest.mark.parametrize("name", ["tense", "bright"])
def test_a_beat_tracker_hears_the_tempo(name: str, script: ModuleType, parts: dict[str, Samples]) -> None:
    written = next(part.tempo for part in script.parts() if part.name == name)
    heard = librosa.beat.beat_track(y=parts[name], sr=RATE)[0].item()
    assert heard == pytest.approx(written, rel=0.05)


def test_composing_twice_gives_the_shipped_midi(script: ModuleType) -> None:
    shipped = (EXAMPLES / "demo.mid").read_bytes()
    assert midi_bytes(script) == midi_bytes(script) == shipped


def test_without_a_synthesizer_one_sentence_says_what_is_needed(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "SOUNDFONTS", ())
    with pytest.raises(SystemExit, match="needs FluidSynth"):
        script.find_soundfont()
