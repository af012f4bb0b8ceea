import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from numpy.typing import NDArray

from deepsing_bridge import weights
from deepsing_bridge.attributes.audio_context import ContextAudioEstimator
from deepsing_bridge.attributes.context_features import ROW, song_to_context
from deepsing_bridge.audio.decode import SAMPLE_RATE, file_to_song
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.training import audio, audio_context, rated_music
from deepsing_bridge.training.audio_context import Clips
from deepsing_bridge.training.counting import Count
from tests.sounds import music

CLIPS = 12  # of each set


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Loud and fast clips are rated arousing; the sets rate on scales of their own."""
    folder = tmp_path_factory.mktemp("music")
    (folder / "clips").mkdir()
    with (folder / "labels.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["clip", "set", "group", "valence", "arousal", *rated_music.FEELINGS])
        writer.writeheader()
        for name in (rated_music.FOUR_QUADRANTS, "emotify"):
            for index in range(CLIPS):
                writer.writerow(row_of(name, index))
                samples = music(3, 60 + 10 * index, level=0.04 + 0.08 * index, seed=index)
                soundfile.write(folder / "clips" / f"{name}_{index}.wav", samples, SAMPLE_RATE)
    return folder


def row_of(name: str, index: int) -> dict[str, object]:
    arousal = index / CLIPS
    row: dict[str, object] = {"clip": f"{name}_{index}.wav", "set": name, "group": f"artist {index}"}
    if name == rated_music.FOUR_QUADRANTS:
        return row | {"valence": 1 + index % 3, "arousal": 1 + 8 * arousal}
    return row | dict.fromkeys(rated_music.FEELINGS, index * 7 % 5 / 5) | {"power": arousal, "calmness": 1 - arousal}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def trained(data: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, float]]:
    models = tmp_path_factory.mktemp("models")
    return models, audio_context.train(data, models, foldings=2, cache=cache)


def test_training_learns_what_it_is_shown(trained: tuple[Path, dict[str, float]], data: Path) -> None:
    models, metrics = trained
    assert metrics["4q arousal r"] > 0.7
    estimator = ContextAudioEstimator.load(models)
    calm, wild = (
        estimator.raw_sentiment(song_to_context(file_to_song(data / "clips" / f"4q_{index}.wav")))
        for index in (0, CLIPS - 1)
    )
    assert wild.arousal.mean() > calm.arousal.mean() + 1


def test_the_file_holds_the_examples_and_the_metrics(trained: tuple[Path, dict[str, float]]) -> None:
    models, metrics = trained
    entry = weights.manifest(models)[ContextAudioEstimator.file]
    assert entry["tensors"]["kernel.examples"] == ["float16", [2 * CLIPS * audio_context.MOMENTS, ROW]]
    assert entry["metrics"] == metrics
    assert metrics["4q arousal r, mean of 2 foldings"] > 0.7
    assert metrics["4q arousal r, sd of 2 foldings"] < 0.3


def test_the_stored_statistics_centre_the_training_set(trained: tuple[Path, dict[str, float]], data: Path) -> None:
    estimator = ContextAudioEstimator.load(trained[0])
    songs = [file_to_song(path) for path in sorted((data / "clips").iterdir())]
    arousals = [estimator.estimate(song, "dataset").arousal.mean() for song in songs]
    assert np.mean(arousals) == pytest.approx(0, abs=0.1)
    assert np.std(arousals) == pytest.approx(1, abs=0.1)


def test_the_same_clips_give_the_same_bytes(
    trained: tuple[Path, dict[str, float]], data: Path, cache: Path, tmp_path: Path
) -> None:
    audio_context.train(data, tmp_path, foldings=2, cache=cache)
    name = ContextAudioEstimator.file
    assert (tmp_path / name).read_bytes() == (trained[0] / name).read_bytes()


def test_it_is_dealt_the_folds_of_the_paper_s_estimator(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else their metrics could not be compared; and no artist is on both sides."""
    groups = np.array([f"artist {index // 3}" for index in range(30)])
    targets, sets = np.random.default_rng(0).normal(size=(30, 2)), np.arange(30) % 2
    heard: dict[str, list[list[str]]] = {"paper": [], "context": []}

    def paper(clips: audio.Clips, seed: int) -> Callable[[NDArray[np.float32]], NDArray[np.float64]]:
        heard["paper"].append(sorted(set(clips.groups)))
        return lambda inputs: np.zeros((len(inputs), 60, 2))

    def context(clips: Clips, index: NDArray[np.intp]) -> Callable[[torch.Tensor], torch.Tensor]:
        heard["context"].append(sorted(set(clips.groups[index])))
        return lambda rows: torch.zeros(len(rows), 2)

    count = Count(0, lambda done, total: None)
    monkeypatch.setattr(audio, "fit", paper)
    audio._unheard_predictions(audio.Clips(np.zeros((30, 60, 1), np.float32), targets, sets, groups), 0, count)
    monkeypatch.setattr(audio_context, "fit", context)
    contexts = [np.zeros((4, ROW), np.float32)] * 30
    audio_context._unheard_predictions(Clips(contexts, targets, sets, groups), 0, count)
    assert heard["paper"] == heard["context"]
    assert all(len(artists) == 8 for artists in heard["context"])


def test_a_folder_without_labels_is_named(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"labels\.csv"):
        audio_context.train(tmp_path, tmp_path)
