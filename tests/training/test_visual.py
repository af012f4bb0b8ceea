"""The training of the picture estimator, on pictures whose sentiment is plain to see."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from deepsing_bridge import weights
from deepsing_bridge.errors import BridgeError
from deepsing_bridge.pipeline.visual import WEIGHTS, VisualEstimator
from deepsing_bridge.training.visual import read_picture, train

PHOTOS = 40


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An OASIS where brighter is more pleasant and finer-grained is more exciting."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "oasis" / "images").mkdir(parents=True)
    with (folder / "oasis" / "ratings.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["image", "theme", "valence_mean", "arousal_mean"])
        for i in range(PHOTOS):
            bright, grain = i % 8, i // 8
            picture(bright, grain, seed=i).save(folder / "oasis" / "images" / f"{i}.png")
            table.writerow([f"{i}.png", f"theme {i % 10}", 2 + bright / 2, 2 + grain / 2])
    return folder


def picture(bright: int, grain: int, seed: int) -> Image.Image:
    cells = 3 * 2**grain
    noise = np.random.default_rng(seed).integers(0, 60, (cells, cells, 3))
    return Image.fromarray((noise + 25 * bright).astype(np.uint8)).resize((160, 128), Image.Resampling.NEAREST)


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, float]]:
    models = tmp_path_factory.mktemp("models")
    return models, train(data, models)


def test_it_learns_what_there_is_to_learn(trained: tuple[Path, dict[str, float]]) -> None:
    _, figures = trained
    assert figures["valence_r"] > 0.7
    assert figures["arousal_r"] > 0.7
    assert figures["float16_difference_z"] < 0.02


def test_what_it_wrote_judges_pictures_it_has_not_seen(trained: tuple[Path, dict[str, float]], tmp_path: Path) -> None:
    estimator = VisualEstimator.load(trained[0])
    for name, bright, grain in (("dull", 1, 0), ("lively", 6, 4)):
        picture(bright, grain, seed=99).save(tmp_path / f"{name}.png")
    dull = estimator.estimate(read_picture(tmp_path / "dull.png")).at(0)
    lively = estimator.estimate(read_picture(tmp_path / "lively.png")).at(0)
    assert lively.valence > dull.valence
    assert lively.arousal > dull.arousal


def test_the_file_tells_what_the_scores_are_measured_in(trained: tuple[Path, dict[str, float]]) -> None:
    header = weights.header(WEIGHTS, trained[0])
    assert header["backbone"] == "efficientnet-lite0"
    assert float(header["valence_mean"]) == pytest.approx(2 + 3.5 / 2, abs=1e-3)
    assert float(header["arousal_deviation"]) > 0


def test_another_run_counts_the_same_photos_and_learns_the_same(
    data: Path, trained: tuple[Path, dict[str, float]], tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    figures = train(data, tmp_path, progress=lambda done, total: told.append((done, total)))
    assert told == [(i, PHOTOS) for i in range(1, PHOTOS + 1)]
    assert figures == trained[1]
    again = weights.load(WEIGHTS, tmp_path)
    assert all(again[name].equal(tensor) for name, tensor in weights.load(WEIGHTS, trained[0]).items())


def test_a_folder_without_ratings_is_named(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"ratings\.csv"):
        train(tmp_path, tmp_path)
