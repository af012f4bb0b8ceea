"""The training of the two estimators of pictures, on pictures whose sentiment is plain to see."""

from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge import weights
from deepsing_bridge.attributes import image_blend, image_models
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.training import visual_blend
from deepsing_bridge.training.rated_photos import FOLDS, read_picture, read_ratings
from tests.training.oasis import picture, write_oasis

pytestmark = pytest.mark.slow
PHOTOS, COPIES, EPOCHS = 30, 0, 1
Trained = tuple[Path, dict[str, float], list[tuple[int, int]]]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_oasis(tmp_path_factory.mktemp("data"), PHOTOS, brightnesses=6)


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    models, told = tmp_path_factory.mktemp("models"), []
    metrics = visual_blend.train(
        data, models, progress=lambda done, total: told.append((done, total)), copies=COPIES, epochs=EPOCHS
    )
    return models, metrics, told


def test_it_learns_what_there_is_to_learn_and_says_how_each_did(trained: Trained) -> None:
    _, metrics, _ = trained
    assert metrics["valence_r"] > 0.7 and metrics["arousal_r"] > 0.7
    for axis in ("valence", "arousal"):
        for part in ("", "_tuned", "_kernel"):
            assert metrics[f"{axis}_r{part}"] > 0.5 and metrics[f"{axis}_r{part}_themes_apart"] > 0.5


def test_what_it_wrote_rates_pictures_it_has_not_seen(trained: Trained, tmp_path: Path) -> None:
    estimator = image_models.load("blend", trained[0])
    for name, bright, grain in (("dull", 1, 0), ("lively", 5, 4)):
        picture(bright, grain, seed=99).save(tmp_path / f"{name}.png")
    dull, lively = (estimator.estimate(read_picture(tmp_path / f"{name}.png")).at(0) for name in ("dull", "lively"))
    assert lively.valence > dull.valence
    assert lively.arousal > dull.arousal


def test_the_file_holds_both_and_what_the_scores_are_measured_in(trained: Trained) -> None:
    models, metrics, _ = trained
    entry, header = (
        weights.manifest(models)[image_blend.WEIGHTS],
        weights.header(image_blend.WEIGHTS, models),
    )
    assert entry["tensors"]["kernel.examples"] == ["float16", [PHOTOS, sum(image_blend.DESCRIBED)]]
    assert entry["tensors"]["top.head.weight"] == ["float16", [2, 1280]]
    assert entry["metrics"] == metrics
    assert float(header["valence_mean"]) == pytest.approx(2 + 2.5 / 2, abs=1e-3)


def test_every_look_at_a_photo_is_counted(trained: Trained) -> None:
    looks = PHOTOS * (2 + COPIES + (1 + 2 * (FOLDS - 1)) * EPOCHS)
    assert trained[2][-1] == (looks, looks)
    assert trained[2] == sorted(trained[2])


def test_what_ships_says_what_the_two_said(trained: Trained, data: Path) -> None:
    """The same seed fits the same two again; the file is a rounded copy of them, asked in one batch or by two."""
    ratings = read_ratings(data / "oasis")
    photos = visual_blend.look(ratings, COPIES, seed=0)
    every = np.arange(PHOTOS)
    tuned, kernel = visual_blend.estimate(visual_blend.fit(photos, every, 0, EPOCHS), photos, every)
    said = (tuned + kernel)[:3] / 2
    estimator = image_models.load("blend", trained[0])
    for index in range(3):
        seen = estimator.estimate(read_picture(ratings.photos[index])).at(0)
        assert (seen.valence, seen.arousal) == pytest.approx(said[index].tolist(), abs=0.03)


def test_a_folder_without_ratings_is_named(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"ratings\.csv"):
        visual_blend.train(tmp_path, tmp_path)
