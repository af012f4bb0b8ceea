"""Weight files: what the manifest says is what is there, and anything else is refused by name."""

import json
from pathlib import Path

import pytest
import torch

from deepsing_bridge import weights
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.files import draft
from tests.core.test_files import needs_dev_full


def save(folder: Path, value: float = 1.0) -> None:
    weights.save(
        "some.safetensors",
        {"a": torch.full((2, 3), value)},
        header={"order": "arousal valence", "classes": "[]"},
        what="a test",
        licence="CC0",
        command="none",
        metrics={"r": 0.5},
        models=folder,
    )


def test_what_was_saved_is_read_back(tmp_path: Path) -> None:
    save(tmp_path)
    assert torch.equal(weights.load("some.safetensors", tmp_path)["a"], torch.ones(2, 3))
    assert weights.header("some.safetensors", tmp_path) == {"order": "arousal valence", "classes": "[]"}
    entry = weights.manifest(tmp_path)["some.safetensors"]
    assert entry["tensors"] == {"a": ["float32", [2, 3]]} and entry["metrics"] == {"r": 0.5}


def test_the_same_tensors_give_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    save(tmp_path)
    save(tmp_path / "other")
    assert (tmp_path / "some.safetensors").read_bytes() == (tmp_path / "other" / "some.safetensors").read_bytes()


def test_an_altered_file_is_refused(tmp_path: Path) -> None:
    save(tmp_path)
    with (tmp_path / "some.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x7f")
    with pytest.raises(BridgeError, match="not the file that"):
        weights.load("some.safetensors", tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"none\.safetensors: weight file missing"):
        weights.load("none.safetensors", tmp_path)


def test_saving_again_is_seen_at_once(tmp_path: Path) -> None:
    save(tmp_path)
    weights.load("some.safetensors", tmp_path)
    save(tmp_path, 2.0)
    assert weights.load("some.safetensors", tmp_path)["a"][0, 0] == 2


@needs_dev_full
@pytest.mark.parametrize("full", ["some.safetensors", "manifest.json"])
def test_on_a_full_disk_the_file_and_its_entry_both_stay_as_they_were(full: str, tmp_path: Path) -> None:
    save(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    draft(tmp_path / full).symlink_to("/dev/full")
    with pytest.raises(BridgeError, match="no space left on the disk"):
        save(tmp_path, 2.0)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert weights.load("some.safetensors", tmp_path)["a"][0, 0] == 1


@needs_dev_full
def test_a_table_too_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    draft(tmp_path / "some.csv").symlink_to("/dev/full")
    with pytest.raises(BridgeError, match=r"some\.csv: no space left"):
        weights.save_table("some.csv", "a,b\n", what="", licence="", command="", models=tmp_path)
    assert not list(tmp_path.iterdir())


def test_every_shipped_file_is_the_one_listed_and_within_its_budget() -> None:
    budgets = {"embedded-generator.safetensors": 24e6, "wct.safetensors": 4e6}
    listed = json.loads((weights.MODELS / "manifest.json").read_text())
    found = [path.name for path in weights.MODELS.iterdir() if path.match("*.safetensors") or path.match("class-*.csv")]
    assert set(found) == set(listed)
    for name, entry in listed.items():
        assert weights.digest(name) == entry["sha256"]
        assert entry["bytes"] <= budgets.get(name, 10e6)
        assert entry["licence"] and entry["command"]
        assert name.endswith(".csv") or entry["metrics"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "[" * 100_000,
        '{"../a.safetensors": {"sha256": ""}}',
        '{"..": {"sha256": ""}}',
        '{"a": {}}',
        '{"a": []}',
        '{"a": {"sha256": 1}}',
        '{"a": {"sha256": ""}, "a": {"sha256": ""}}',
        '{"a\\u0000": {"sha256": ""}}',
    ],
    ids=lambda text: text[:20],
)
def test_a_damaged_or_hostile_manifest_is_refused(text: str, tmp_path: Path) -> None:
    """Its names are what is copied, and deleted."""
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(BridgeError, match=r"manifest\.json: broken"):
        weights.manifest(tmp_path)


def test_what_is_listed_but_holds_no_tensors_is_told(tmp_path: Path) -> None:
    weights.save_table("some.safetensors", "no tensors", what="", licence="", command="", models=tmp_path)
    for read in (weights.load, weights.header):
        with pytest.raises(BridgeError, match=r"some\.safetensors: (no tensors|says nothing)"):
            read("some.safetensors", tmp_path)
