import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from deepsing_bridge import weights
from deepsing_bridge.attributes.audio_paper import WEIGHTS, PaperAudioEstimator
from deepsing_bridge.audio.decode import SAMPLE_RATE, file_to_song
from deepsing_bridge.audio.features import song_to_features
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.training import audio, rated_music
from deepsing_bridge.training.counting import Count
from tests.sounds import music

CLIPS = 10  # of each set


def row_of(name: str, index: int) -> dict[str, object]:
    """Loud and fast clips are rated arousing; the sets rate on scales of their own."""
    arousal = index / CLIPS
    if name == rated_music.FOUR_QUADRANTS:
        ratings = {"quadrant": f"Q{1 + index % 4}", "valence": 1 + index % 3, "arousal": 1 + 8 * arousal}
    else:
        ratings = dict.fromkeys(rated_music.FEELINGS, index * 7 % 5 / 5)
        ratings |= {"power": arousal, "calmness": 1 - arousal}
    return {"clip": f"{name}_{index}.wav", "set": name, "group": f"artist {index}", **ratings}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("music")
    (folder / "clips").mkdir()
    rows = [row_of(name, index) for name in (rated_music.FOUR_QUADRANTS, "emotify") for index in range(CLIPS)]
    for seed, row in enumerate(rows):
        index = seed % CLIPS
        samples = music(2, 60 + 12 * index, level=0.04 + 0.09 * index, seed=seed)
        soundfile.write(folder / "clips" / str(row["clip"]), samples, SAMPLE_RATE)
    columns = ["clip", "set", "group", "quadrant", "valence", "arousal", *rated_music.FEELINGS]
    with (folder / "labels.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def trained(data: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, float]]:
    models = tmp_path_factory.mktemp("models")
    return models, audio.train(data, models, seed=3, cache=cache)


def test_training_learns_what_it_is_shown(trained: tuple[Path, dict[str, float]], data: Path) -> None:
    models, metrics = trained
    assert metrics["4q arousal r"] > 0.5
    calm, wild = (song_to_features(file_to_song(data / "clips" / f"4q_{index}.wav")) for index in (0, 9))
    estimator = PaperAudioEstimator.load(models)
    assert estimator.raw_sentiment(wild).arousal.mean() > estimator.raw_sentiment(calm).arousal.mean()


def test_the_weights_are_the_papers_net_with_its_metrics(trained: tuple[Path, dict[str, float]]) -> None:
    models, metrics = trained
    entry = weights.manifest(models)[WEIGHTS]
    assert entry["tensors"]["fc1.weight"] == ["float16", [256, 9_156]]
    assert entry["tensors"]["fc2.weight"] == ["float16", [2, 256]]
    assert entry["metrics"] == metrics
    assert weights.header(WEIGHTS, models) == {"outputs": "arousal valence"}


def test_the_stored_statistics_centre_the_training_set(trained: tuple[Path, dict[str, float]], data: Path) -> None:
    tracks = [song_to_features(file_to_song(path)) for path in sorted((data / "clips").iterdir())]
    estimator = PaperAudioEstimator.load(trained[0])
    arousals = [estimator.features_to_sentiment(track, "dataset").arousal.mean() for track in tracks]
    assert np.mean(arousals) == pytest.approx(0, abs=0.1)
    assert np.std(arousals) == pytest.approx(1, abs=0.1)


def test_a_seed_gives_the_same_bytes_and_another_seed_others(data: Path, cache: Path, tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        audio.train(data, tmp_path / name, seed=seed, cache=cache)
    a, b, c = ((tmp_path / name / WEIGHTS).read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_cached_features_are_the_features(data: Path, cache: Path) -> None:
    clip = data / "clips" / "4q_4.wav"
    audio._features(clip, cache)
    assert np.array_equal(audio._features(clip, cache), song_to_features(file_to_song(clip)).values)


def clips_of(windows: np.ndarray) -> audio.Clips:
    """Two sets of clips, told apart by nothing but their index."""
    inputs = windows @ audio._projection().T
    targets = np.random.default_rng(0).normal(size=(len(windows), 2))
    index = np.arange(len(windows))
    return audio.Clips(inputs, targets, index % 2, index.astype(str))


def test_the_network_says_of_the_features_what_was_fitted() -> None:
    rng = np.random.default_rng(0)
    scales = np.tile(10 ** np.linspace(-2, 2, 436), 21)
    windows = (rng.normal(size=(12, 60, 9_156)) * scales).astype(np.float32)
    clips = clips_of(windows)
    regressor = audio.fit(clips, seed=0)
    with torch.inference_mode():
        outputs = audio.to_network(regressor)(torch.from_numpy(windows)).numpy()
    assert np.allclose(outputs, regressor(clips.inputs), atol=1e-3)


def test_an_artist_is_never_on_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    clips = clips_of(np.random.default_rng(0).normal(size=(20, 60, 9_156)).astype(np.float32))
    clips = replace(clips, groups=np.array([f"artist {index // 3}" for index in range(20)]))
    heard: list[set[str]] = []

    def fit(seen: audio.Clips, seed: int) -> Callable[[np.ndarray], np.ndarray]:
        heard.append(set(seen.groups))
        return lambda inputs: np.zeros((len(inputs), 60, 2))

    monkeypatch.setattr(audio, "fit", fit)
    audio._unheard_predictions(clips, 0, Count(rated_music.FOLDS, lambda done, total: None))
    left_out = [set(clips.groups) - groups for groups in heard]
    assert set.union(*left_out) == set(clips.groups)
    assert sum(len(groups) for groups in left_out) == len(set(clips.groups))


def test_a_folder_without_labels_is_named(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"labels\.csv"):
        audio.train(tmp_path, tmp_path)
