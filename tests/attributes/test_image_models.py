"""The registry of image emotion models."""

import json
from pathlib import Path

import pytest
import torch

from deepsing_bridge import weights
from deepsing_bridge.attributes import image_models
from deepsing_bridge.attributes.image_blend import WEIGHTS
from deepsing_bridge.attributes.image_paper import PaperImageEstimator
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.weights.model_sets import ModelSets


def test_the_papers_is_what_it_was() -> None:
    pictures = torch.rand(2, 3, 60, 80, generator=torch.Generator().manual_seed(0))
    track, expected = image_models.load("paper").estimate(pictures), PaperImageEstimator.load().estimate(pictures)
    assert track.valence.tolist() == expected.valence.tolist()


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(BridgeError, match=r"'best'.*paper or blend"):
        image_models.load("best")


def test_a_set_that_holds_an_estimator_gives_it(tmp_path: Path) -> None:
    sets = ModelSets((tmp_path, weights.MODELS))
    (tmp_path / "manifest.json").write_text(json.dumps({image_models.file_of("paper"): {"sha256": 64 * "0"}}))
    with pytest.raises(BridgeError, match=f"{tmp_path}.*missing"):
        image_models.choose("paper", sets)
    assert image_models.choose("blend", sets).file == WEIGHTS


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=WEIGHTS):
        image_models.load("blend", tmp_path)
