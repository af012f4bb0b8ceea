"""Which trained translators a generator takes."""

from pathlib import Path

import pytest
import torch

from deepsing_bridge import weights
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.translation.translators import Translators, Truncations, translators_for, truncations_for
from deepsing_bridge.weights import model_sets


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty one for installed models."""
    monkeypatch.setenv(model_sets.HOME, str(tmp_path / "home"))
    return tmp_path / "home"


def put(folder: Path, file: str, header: dict[str, str] | None = None) -> Path:
    about = {"what": "", "licence": "", "command": "", "metrics": {}, "header": header or {}}
    weights.save(file, {"a": torch.zeros(1)}, models=folder, **about)
    return folder


def test_translators_come_from_the_first_set_that_has_any() -> None:
    """Those that were asked for by name, though there are others that were made for this very generator."""
    theirs = put(model_sets.folder_of("authors"), "biggan-deep-translators.safetensors")
    own = put(model_sets.trained_for("biggan-deep-512"), "biggan-deep-512-translators.safetensors")
    for names, answer in (("authors", Translators("biggan-deep", theirs)), ("", Translators("biggan-deep-512", own))):
        assert translators_for("biggan-deep-512", model_sets.chosen(names, "biggan-deep-512")) == answer
    ours = Translators("embedded", weights.MODELS)
    assert translators_for("embedded", model_sets.chosen("authors", "embedded")) == ours


def test_translators_say_at_which_truncations_they_want_their_generator() -> None:
    wanted = {"sampled_at": "0.3", "rendered_at": "0.1"}
    put(model_sets.folder_of("authors"), "biggan-deep-translators.safetensors", wanted)
    told = {
        names: truncations_for("biggan-deep-512", model_sets.chosen(names, "biggan-deep-512"))
        for names in ("authors", "")
    }
    assert told == {"authors": Truncations(0.3, 0.1), "": Truncations()}
    assert truncations_for("embedded", model_sets.chosen("", "embedded")) == Truncations()


def test_a_generator_without_translators_is_told_what_can_be_done() -> None:
    with pytest.raises(BridgeError, match=r"biggan-deep-128: no translators for it are here.*--translator dictionary"):
        translators_for("biggan-deep-128", model_sets.chosen("", "biggan-deep-128"))
