"""Pictures are taken out of a generator's memory: what goes, what stays, and what is refused."""

import json
from pathlib import Path

import pytest
import torch

from deepsing_bridge import weights
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.generators.protocol import generator_file
from deepsing_bridge.training.example_photos import unwanted
from deepsing_bridge.training.forgetting import forget
from deepsing_bridge.weights import model_sets
from tests.cli.test_cli import bridge

FILE = generator_file("mine")
PHOTOS = ["lake/1.jpg", "lake/2.jpg", "fire/1.jpg", "fire/2.jpg"]


@pytest.fixture
def mine(home: Path) -> Path:
    """A generator of two classes with two pictures each, as far as its memory goes."""
    keys = torch.nn.functional.normalize(torch.randn(4, 122, generator=torch.Generator().manual_seed(0)), dim=1)
    tensors = {"codes": torch.arange(8.0).reshape(4, 2), "keys": keys, "class_ids": torch.tensor([1, 1, 0, 0]).short()}
    with model_sets.installing("mine") as folder:
        weights.save(
            FILE,
            tensors | {"decoder.bias": torch.ones(3)},
            header={"classes": '["fire", "lake"]', "photos": json.dumps(PHOTOS), "sharpness": "2.0"},
            what="two classes",
            licence="-",
            command="python bridge.py train generator FOLDER --name mine",
            metrics={"probe_generated": 1.0},
            models=folder,
        )
    return model_sets.folder_of("mine")


def test_what_is_forgotten_goes_and_the_rest_stays(mine: Path) -> None:
    before = weights.load(FILE, mine)
    assert forget("mine", ["lake/2.jpg"]) == 3
    after, header = weights.load(FILE, mine), weights.header(FILE, mine)
    assert json.loads(header["photos"]) == ["lake/1.jpg", "fire/1.jpg", "fire/2.jpg"]
    for name in ("codes", "keys", "class_ids"):
        assert after[name].equal(before[name][[0, 2, 3]])
    assert after["decoder.bias"].equal(before["decoder.bias"])
    assert float(header["sharpness"]) > 2


def test_the_card_tells_it_and_old_figures_are_gone(mine: Path) -> None:
    forget("mine", ["lake/2.jpg"])
    card = (mine / "README.md").read_text()
    assert "--name mine; python bridge.py train forget PHOTOS (1 of them)" in card
    assert "| photos | 3 |" in card and "probe" not in card


def test_an_unknown_picture_is_named_and_nothing_changes(mine: Path) -> None:
    before = (mine / FILE).read_bytes()
    with pytest.raises(BridgeError, match=r"sea/9\.jpg: the mine generator does not remember it; it remembers 4"):
        forget("mine", ["lake/1.jpg", "sea/9.jpg"])
    assert (mine / FILE).read_bytes() == before


def test_a_class_keeps_a_picture(mine: Path) -> None:
    with pytest.raises(BridgeError, match="class fire: no picture of it would be left"):
        forget("mine", ["fire/1.jpg", "fire/2.jpg"])


def test_the_command_says_what_to_do_next(mine: Path) -> None:
    told = bridge("train", "forget", "fire/2.jpg", "--generator", "mine").stdout
    assert "mine remembers 3 pictures now" in told and "train translator --generator mine" in told


def test_what_nobody_wants_is_not_in_the_shipped_memory() -> None:
    remembered = json.loads(weights.header(generator_file("embedded"))["photos"])
    assert unwanted() and not set(unwanted()) & set(remembered)
