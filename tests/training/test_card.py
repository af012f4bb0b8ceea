"""A set and its model card: what is trained joins what was there, and the card tells of all of it."""

import json
from pathlib import Path

import pytest
import torch

from deepsing_bridge import weights
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.files import draft
from deepsing_bridge.training.card import card, joining, joining_or_shipped, training_facts
from deepsing_bridge.weights import model_sets
from tests.core.test_files import needs_dev_full


def save(folder: Path, file: str) -> None:
    weights.save(
        file,
        {"a": torch.zeros(500_000)},
        header=training_facts({"seed": 7}),
        what="a net",
        licence="CC0",
        command="train it",
        metrics={"r": 0.123456, "words": ["a"]},
        models=folder,
    )


def test_the_card_tells_what_the_manifest_and_the_header_say() -> None:
    with joining("mine") as folder:
        save(folder, "one.safetensors")
    text = (model_sets.folder_of("mine") / model_sets.CARD).read_text()
    for part in (
        "# Model card of mine\n",
        "## one.safetensors\n",
        "A net. 2.0 MB.",
        "- Licence: CC0",
        "- `train it`",
        "- seed: 7",
        "| r | 0.1235 |",
        '| words | ["a"] |',
    ):
        assert part in text


def test_what_was_there_stays_beside_what_joins() -> None:
    for file in ("one.safetensors", "two.safetensors"):
        with joining("mine") as folder:
            save(folder, file)
    text = (model_sets.folder_of("mine") / model_sets.CARD).read_text()
    assert "## one.safetensors" in text and "## two.safetensors" in text
    assert model_sets.faults(model_sets.folder_of("mine")) == []


def test_a_set_of_an_earlier_version_has_its_metrics_on_the_card(tmp_path: Path) -> None:
    entry = {
        "what": "a table",
        "licence": "CC0",
        "command": "by hand",
        "bytes": 1,
        "sha256": 64 * "0",
        "figures": {"r": 0.5},
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"some.csv": entry}))
    assert "| r | 0.5 |" in card("old", tmp_path)


@needs_dev_full
def test_a_disk_too_full_for_the_card_leaves_the_set_as_it_was() -> None:
    with joining("mine") as folder:
        save(folder, "one.safetensors")
    with pytest.raises(BridgeError, match=r"README\.md: no space left on the disk"), joining("mine") as folder:
        save(folder, "two.safetensors")
        draft(folder / model_sets.CARD).symlink_to("/dev/full")
    assert set(weights.manifest(model_sets.folder_of("mine"))) == {"one.safetensors"}
    assert model_sets.faults(model_sets.folder_of("mine")) == []


def test_without_a_name_it_is_the_shipped_folder() -> None:
    with joining_or_shipped("") as folder:
        assert folder == weights.MODELS
