"""The training of the picture estimator, on pictures whose sentiment is plain to see."""

import copy
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from deepsing_bridge import weights
from deepsing_bridge.attributes.backbones import pretrained
from deepsing_bridge.attributes.image_paper import WEIGHTS, PaperImageEstimator
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.training.rated_photos import altered, read_picture, read_ratings
from deepsing_bridge.training.visual import FITS, fine_tune, first_guess, look, train
from tests.training.oasis import picture, write_oasis

PHOTOS, COPIES, EPOCHS = 40, 1, 2


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_oasis(tmp_path_factory.mktemp("data"), PHOTOS)


@dataclass(frozen=True)
class Run:
    models: Path
    metrics: dict[str, float]
    told: list[tuple[int, int]]


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    models, told = tmp_path_factory.mktemp("models"), []
    metrics = train(data, models, progress=lambda done, total: told.append((done, total)), copies=COPIES, epochs=EPOCHS)
    return Run(models, metrics, told)


@pytest.mark.slow
def test_it_learns_what_there_is_to_learn(trained: Run) -> None:
    assert trained.metrics["valence_r"] > 0.7
    assert trained.metrics["arousal_r"] > 0.7
    assert trained.metrics["float16_difference_z"] < 0.02


@pytest.mark.slow
def test_what_it_wrote_rates_pictures_it_has_not_seen(trained: Run, tmp_path: Path) -> None:
    estimator = PaperImageEstimator.load(trained.models)
    for name, bright, grain in (("dull", 1, 0), ("lively", 6, 4)):
        picture(bright, grain, seed=99).save(tmp_path / f"{name}.png")
    dull = estimator.estimate(read_picture(tmp_path / "dull.png")).at(0)
    lively = estimator.estimate(read_picture(tmp_path / "lively.png")).at(0)
    assert lively.valence > dull.valence
    assert lively.arousal > dull.arousal


@pytest.mark.slow
def test_the_file_tells_what_the_scores_are_measured_in(trained: Run) -> None:
    header = weights.header(WEIGHTS, trained.models)
    assert header["backbone"] == "efficientnet-lite0"
    assert float(header["valence_mean"]) == pytest.approx(2 + 3.5 / 2, abs=1e-3)
    assert float(header["arousal_deviation"]) > 0


@pytest.mark.slow
def test_every_look_at_a_photo_is_counted(trained: Run) -> None:
    looks = PHOTOS * (1 + COPIES + FITS * EPOCHS)
    assert trained.told[0] == (1 + COPIES, looks) and trained.told[-1] == (looks, looks)
    assert trained.told == sorted(trained.told)


def test_the_same_seed_takes_the_same_course(data: Path) -> None:
    photos = read_ratings(data / "oasis").photos[:3]
    one, same, other = (look(photos, 1, seed, lambda photos: None) for seed in (0, 0, 1))
    assert one.equal(same)
    assert one[:, 0].equal(other[:, 0]) and not one[:, 1].equal(other[:, 1])


def test_fine_tuning_moves_every_weight_and_leaves_the_backbone_alone() -> None:
    random = torch.Generator().manual_seed(0)
    maps, labels = torch.rand(20, 2, 192, 7, 7, generator=random).half(), torch.randn(20, 2, generator=random)
    backbone = pretrained("efficientnet-lite0")
    before = copy.deepcopy(backbone.state_dict())
    tops = [fine_tune(backbone, maps, labels, seed, epochs=1) for seed in (0, 0, 1)]
    one, same, other, guess = (dict(top.named_parameters()) for top in (*tops, first_guess(backbone, maps, labels)))
    assert all(one[name].equal(same[name]) for name in one)
    assert not any(one[name].equal(guess[name]) or one[name].equal(other[name]) for name in one)
    after = backbone.state_dict()
    assert all(before[name].equal(after[name]) for name in before)


def test_an_altered_picture_is_a_part_of_it_in_slightly_other_light() -> None:
    random = torch.Generator().manual_seed(0)
    flat = torch.full((1, 3, 100, 200), 0.5)
    for _ in range(20):
        part = altered(flat, random)
        assert 75 <= part.shape[2] <= 100 and 150 <= part.shape[3] <= 200
        assert 0.44 < part.min() == part.max() < 0.56


def test_a_folder_without_ratings_is_named(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"ratings\.csv"):
        train(tmp_path, tmp_path)
