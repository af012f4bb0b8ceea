"""A folder of one's own shaders becomes a generator: what is passed over, what is refused, and a story's way to it."""

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from deepsing_bridge import weights
from deepsing_bridge.attributes import image_models
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import Progress, SentimentTrack, no_progress
from deepsing_bridge.generators import trial
from deepsing_bridge.generators.load import load_generator
from deepsing_bridge.training import forgetting, translator, view_candidates, world_folder
from deepsing_bridge.training.world_folder import add
from deepsing_bridge.translation.translators import translators_for
from deepsing_bridge.weights import model_sets
from tests.cli.test_cli import bridge, refused
from tests.colours import see
from tests.opengl import opengl
from tests.shaders.sources import source

ASKED = SentimentTrack(*np.random.default_rng(0).standard_normal((2, 8)).astype(np.float32), 0)
LIGHT = {"NAME": "light", "TYPE": "float", "MIN": 0, "MAX": 1}
COLOURS = {
    "red_hall": "vec3(1.0, 0.2, 0.1)",
    "green hill": "vec3(0.2, 0.9, 0.2)",
    "Blue": "vec3(0.1, 0.2, 1.0)",
    "gold": "vec3(1.0, 0.8, 0.2)",
    "violet": "vec3(0.7, 0.2, 0.9)",
    "grey": "vec3(0.5)",
}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    opengl()
    monkeypatch.setattr(world_folder, "SAMPLES", 4)
    monkeypatch.setattr(world_folder, "CANDIDATES", 1)
    monkeypatch.setattr(view_candidates, "asked_by_a_song", lambda asked: ASKED)
    monkeypatch.setattr(image_models, "choose", lambda *_: SimpleNamespace(estimate=see))
    monkeypatch.setattr("deepsing_bridge.translation.neural.EPOCHS", 2)
    monkeypatch.setattr(trial, "faults", tried_here)


def tried_here(files: Sequence[Path], progress: Progress) -> dict[Path, str]:
    """Without another process, which takes seconds to start and has tests of its own."""
    return {file: fault for file in files if (fault := trial.fault(file))}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "Mine"
    made.mkdir()
    for name, colour in COLOURS.items():
        body = f"void main() {{ gl_FragColor = vec4({colour} * isf_FragNormCoord.x * light, 1.0); }}"
        (made / f"{name}.fs").write_text(source(body, INPUTS=[LIGHT]))
    (made / "broken.fs").write_text(source("void main() { gl_FragColor = vec4(lihgt); }", INPUTS=[LIGHT]))
    (made / "readme.txt").write_text("no shader")
    return made


class Stages:
    """Which stages there were."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, name: str) -> Callable[[int, int], None]:
        self.names.append(name)
        return no_progress


def added(folder: Path, tmp_path: Path, name: str = "mine") -> tuple[world_folder.Added, list[str]]:
    stages = Stages()
    return add(folder, name, tmp_path / "survey", stages), stages.names


def loaded(name: str) -> Mapping[str, str]:
    """The digests of what is read for the generator of this name."""
    with weights.recorded() as digests:
        load_generator(name)
    return digests


def test_a_folder_becomes_a_generator_with_translators(folder: Path, tmp_path: Path) -> None:
    made, stages = added(folder, tmp_path)
    assert made.classes == ("Blue", "gold", "green hill", "grey", "red hall", "violet")
    assert list(made.passed_over) == ["broken.fs"] and "lihgt" in made.passed_over["broken.fs"]
    assert stages == ["trying the shaders", "looking at the worlds", "fitting views"]
    generator = load_generator("mine")
    assert generator.name == "mine" and generator.classes == made.classes
    assert translators_for("mine", model_sets.chosen("", "mine")).count() == 1
    assert not model_sets.faults(model_sets.folder_of("mine"))
    assert "The world red hall" in (model_sets.folder_of("mine") / model_sets.CARD).read_text()


def test_the_command_tells_what_there_is_and_what_was_passed_over(folder: Path, tmp_path: Path) -> None:
    told = bridge("models", "add-worlds", folder, "--keep", tmp_path / "survey")
    assert told.returncode == 0, told.stderr
    assert "mine is in " in told.stdout and "6 worlds, Blue, gold, green hill" in told.stdout
    assert "passed over: " in told.stdout and "lihgt" in told.stdout
    assert "story SONG --generator mine" in told.stdout
    assert "no such folder" in refused(bridge("models", "add-worlds", tmp_path / "none"))


def test_a_story_notes_which_shaders_it_was_made_of(folder: Path, tmp_path: Path) -> None:
    added(folder, tmp_path)
    digests = loaded("mine")
    assert digests["mine/gold.fs"] == weights.manifest(model_sets.folder_of("mine"))["gold.fs"]["sha256"]
    assert len(digests) == len(COLOURS)


def test_the_second_time_it_is_there_at_once(folder: Path, tmp_path: Path) -> None:
    first, _ = added(folder, tmp_path)
    again, stages = added(folder, tmp_path)
    assert again == first and not stages
    (folder / "gold.fs").write_text((folder / "gold.fs").read_text().replace("0.8", "0.7"))
    assert added(folder, tmp_path)[1]
    assert "0.7" in (model_sets.folder_of("mine") / "gold.fs").read_text()


def test_a_run_that_was_cut_off_goes_on(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*given: object, **named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(world_folder, "train", stop)
        with pytest.raises(KeyboardInterrupt):
            added(folder, tmp_path)
    assert not model_sets.installed()
    monkeypatch.setattr("deepsing_bridge.training.sampling.estimate_samples", stop)
    added(folder, tmp_path)  # looks at no picture of the survey again
    assert len(list((tmp_path / "survey").glob("*/block-*.safetensors"))) == 1


def test_an_altered_set_is_not_shown(folder: Path, tmp_path: Path) -> None:
    added(folder, tmp_path)
    file = model_sets.folder_of("mine") / "gold.fs"
    file.write_text(file.read_text() + "\n")
    weights.forget_digests()
    with pytest.raises(BridgeError, match=r"gold\.fs: not the file that .* lists"):
        load_generator("mine")
    assert added(folder, tmp_path)[1], "it is made again"
    load_generator("mine")


def test_a_vertex_shader_belongs_to_its_file(folder: Path, tmp_path: Path) -> None:
    text = "void main() { isf_vertShaderInit(); }"
    (folder / "gold.vs").write_text(text)
    added(folder, tmp_path)
    assert (model_sets.folder_of("mine") / "gold.vs").read_text() == text
    assert "mine/gold.vs" in loaded("mine")
    (folder / "gold.vs").unlink()
    assert added(folder, tmp_path)[1], "without it, it is another world"
    assert not (model_sets.folder_of("mine") / "gold.vs").exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [("worlds", "another's name"), ("embedded", "another's name"), ("My Own", "expected a name of small letters")],
)
def test_a_name_that_is_taken_is_refused_at_once(folder: Path, tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(BridgeError, match=said):
        added(folder, tmp_path, name)


def test_a_set_of_something_else_stays(folder: Path, tmp_path: Path) -> None:
    with model_sets.installing("mine") as other:
        weights.save_table("notes.csv", "a", what="notes", licence="-", command="-", models=other)
    with pytest.raises(BridgeError, match="another's name"):
        added(folder, tmp_path)
    assert (model_sets.folder_of("mine") / "notes.csv").exists()


def test_worlds_that_translators_were_trained_for_stay(folder: Path, tmp_path: Path) -> None:
    added(folder, tmp_path)
    file = "mine-translators.safetensors"
    with model_sets.installing("mine-trained") as trained:
        weights.copy(file, model_sets.folder_of("mine"), trained)
    (folder / "gold.fs").unlink()
    with pytest.raises(BridgeError, match="models remove mine-trained"):
        added(folder, tmp_path)


def test_too_few_shaders_are_refused(folder: Path, tmp_path: Path) -> None:
    for name in ("gold", "violet"):
        (folder / f"{name}.fs").write_text("no shader")
    with pytest.raises(BridgeError, match=r"4 shaders can be shown, at least 5 are needed: .*lihgt"):
        added(folder, tmp_path)
    for name in ("gold", "violet", "grey"):
        (folder / f"{name}.fs").unlink()
    with pytest.raises(BridgeError, match="holds 4 shaders; expected 5 to"):
        added(folder, tmp_path)
    with pytest.raises(BridgeError, match="no shaders are here"):
        added(tmp_path, tmp_path)
    with pytest.raises(BridgeError, match="no such folder"):
        added(tmp_path / "none", tmp_path)


def test_names_that_could_not_be_asked_for_are_passed_over(folder: Path, tmp_path: Path) -> None:
    for name in ("a, b", "GOLD", "tail "):
        shutil.copy(folder / "grey.fs", folder / f"{name}.fs")
    made, _ = added(folder, tmp_path)
    assert sorted(made.passed_over) == ["a, b.fs", "broken.fs", "gold.fs", "tail .fs"]


def test_names_that_no_text_can_hold_are_passed_over(folder: Path, tmp_path: Path) -> None:
    odd = folder / os.fsdecode(b"lat\xe9\n.fs")
    try:
        shutil.copy(folder / "grey.fs", odd)
    except OSError:
        pytest.skip("this file system has no such names")
    made, _ = added(folder, tmp_path)
    assert sorted(made.passed_over) == ["'lat\\udce9\\n.fs'", "broken.fs"]
    assert added(folder, tmp_path) == (made, [])
    (tmp_path / os.fsdecode(b"\xe9")).symlink_to(folder)
    with pytest.raises(BridgeError, match="not in UTF-8"):
        added(tmp_path / os.fsdecode(b"\xe9"), tmp_path)


def test_it_remembers_no_pictures(folder: Path, tmp_path: Path) -> None:
    added(folder, tmp_path)
    with pytest.raises(BridgeError, match="remembers no pictures"):
        forgetting.forget("mine", ["gold/1.jpg"])


def test_translators_can_be_trained_for_it(folder: Path, tmp_path: Path) -> None:
    added(folder, tmp_path)
    survey = translator.prepare("mine", "", 2, 0)
    assert survey.generator.classes == load_generator("mine").classes
    judges = translator.judges("mine", "")
    assert "mine/gold.fs" in judges and "visual-sentiment.safetensors" in judges
    assert np.isfinite(survey.estimate_block(0).valence).all()
