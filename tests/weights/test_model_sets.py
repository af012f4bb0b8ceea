"""Model sets: asked in order, installed whole or not at all, checked and removed by name."""

from pathlib import Path

import pytest
import torch

from deepsing_bridge import weights
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.files import sha256
from deepsing_bridge.weights import model_sets

FILE = "some.safetensors"


def fill(folder: Path, value: float = 1.0, file: str = FILE) -> None:
    weights.save(
        file, {"a": torch.full((2,), value)}, header={}, what="", licence="", command="", metrics={}, models=folder
    )


def install(name: str, value: float = 1.0, file: str = FILE) -> Path:
    with model_sets.installing(name) as folder:
        fill(folder, value, file)
    return model_sets.folder_of(name)


def left_in(home: Path) -> list[str]:
    """All that there is, hidden or not, but the files by which processes wait for each other."""
    return sorted(path.name for path in home.iterdir() if path.suffix != ".lock")


def test_what_is_installed_is_found_by_name(home: Path) -> None:
    assert model_sets.installed() == []
    assert install("b-set") == home / "b-set" and install("a-set") == home / "a-set"
    assert model_sets.installed() == ["a-set", "b-set"]
    assert model_sets.installed_folder("a-set") == home / "a-set"


def test_without_the_variable_it_is_among_the_users_own_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("deepsing_bridge.weights.model_sets.data_folder", lambda: tmp_path / "mine")
    monkeypatch.setenv(model_sets.HOME, "")
    assert model_sets.home() == tmp_path / "mine" / "models"


def test_a_set_that_could_not_be_made_leaves_the_one_before_as_it_was(home: Path) -> None:
    folder = install("a-set", 1.0)
    with pytest.raises(RuntimeError), model_sets.installing("a-set") as being_made:
        fill(being_made, 2.0)
        raise RuntimeError
    assert weights.load(FILE, folder)["a"][0] == 1
    assert left_in(home) == ["a-set"]


def test_a_new_set_takes_the_place_of_the_one_before(home: Path) -> None:
    folder = install("a-set", 1.0, "old.safetensors")
    assert weights.load("old.safetensors", folder)["a"][0] == 1
    install("a-set", 2.0)
    assert weights.load(FILE, folder)["a"][0] == 2
    assert not (folder / "old.safetensors").exists() and left_in(home) == ["a-set"]


def test_ctrl_c_between_taking_the_old_away_and_putting_the_new_in_place(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, rename = install("a-set", 1.0), Path.rename

    def interrupted(path: Path, target: Path) -> Path:
        if path.name.endswith(".part"):
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        install("a-set", 2.0)
    assert weights.load(FILE, folder)["a"][0] == 1
    assert left_in(home) == ["a-set"]


def test_a_set_that_a_power_cut_left_aside_is_put_back(home: Path) -> None:
    folder = install("a-set", 1.0)
    folder.rename(folder.with_name(".a-set.before"))
    with pytest.raises(RuntimeError), model_sets.installing("a-set"):
        raise RuntimeError
    assert weights.load(FILE, folder)["a"][0] == 1
    assert left_in(home) == ["a-set"]


def test_a_set_that_cannot_be_replaced_stays(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, where a folder in use cannot be renamed."""
    folder, rename = install("a-set", 1.0), Path.rename

    def in_use(path: Path, target: Path) -> Path:
        if path.name.endswith(".part"):
            raise PermissionError(13, "in use")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", in_use)
    with pytest.raises(BridgeError, match=r"a-set: cannot be replaced \(in use\); end what uses it"):
        install("a-set", 2.0)
    assert weights.load(FILE, folder)["a"][0] == 1
    assert left_in(home) == ["a-set"]


def test_a_broken_manifest_is_named() -> None:
    (install("a-set") / "manifest.json").write_text('{"some')
    with pytest.raises(BridgeError, match=r"manifest\.json: broken"):
        model_sets.faults(model_sets.installed_folder("a-set"))


def test_the_first_set_that_has_a_file_gives_it() -> None:
    first, second = install("first", 1.0), install("second", 2.0)
    fill(second, 3.0, "other.safetensors")
    sets = model_sets.chosen("first, second", "embedded")
    assert sets.holding(FILE) == first and sets.holding("other.safetensors") == second
    assert sets.holding("wct.safetensors") == weights.MODELS
    assert sets.holding("none.safetensors") == weights.MODELS
    assert sets.digests([FILE, "wct.safetensors"]) == {
        f"first/{FILE}": sha256(first / FILE),
        "wct.safetensors": weights.digest("wct.safetensors"),
    }


def test_what_is_installed_for_the_generator_is_asked_by_itself() -> None:
    folder = install("biggan-deep-128", 1.0)
    assert model_sets.chosen("", "biggan-deep-128").holding(FILE) == folder
    assert model_sets.chosen("", "biggan-deep-512").holding(FILE) == weights.MODELS


def test_what_was_trained_for_a_generator_outlives_its_weights() -> None:
    install("biggan-deep-128", 1.0)
    trained = model_sets.trained_for("biggan-deep-128")
    fill(trained, 2.0)
    assert model_sets.chosen("", "biggan-deep-128").holding(FILE) == trained
    install("biggan-deep-128", 3.0)
    model_sets.remove("biggan-deep-128")
    assert weights.load(FILE, trained)["a"][0] == 2


def test_a_set_that_is_not_installed_is_named_with_those_that_are() -> None:
    install("a-set")
    with pytest.raises(BridgeError, match=r"model set authors: not installed in .*there: a-set.*models list"):
        model_sets.chosen("authors", "embedded")


@pytest.mark.parametrize("name", ["..", ".", "../x", "/etc", "a/b", "a\\b", ".hidden", "", "A", "a" * 65, "a\n", "a b"])
def test_a_name_that_could_be_a_path_is_refused(name: str) -> None:
    for use in (model_sets.folder_of, model_sets.remove, model_sets.installed_folder):
        with pytest.raises(BridgeError, match="expected a name of small letters"):
            use(name)


def test_altered_and_missing_files_are_named() -> None:
    folder = install("a-set")
    fill(folder, file="other.safetensors")
    assert model_sets.faults(folder) == []
    with (folder / FILE).open("ab") as file:
        file.write(b"x")
    (folder / "other.safetensors").unlink()
    assert model_sets.faults(folder) == [
        f"{folder / 'other.safetensors'}: missing",
        f"{folder / FILE}: altered or broken",
    ]


def test_removing_takes_the_set_and_what_has_arrived_of_it(home: Path) -> None:
    install("a-set")
    model_sets.arrivals_of("a-set").mkdir()
    model_sets.remove("a-set")
    assert left_in(home) == []
    with pytest.raises(BridgeError, match="model set a-set: not installed"):
        model_sets.remove("a-set")


def test_an_unfinished_download_can_be_removed(home: Path) -> None:
    model_sets.arrivals_of("a-set").mkdir(parents=True)
    model_sets.remove("a-set")
    assert left_in(home) == []
