"""Sampling, fitting, choosing and saving views, with a generator of plain colours and an eye for them."""

import math
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import SentimentTrack
from deepsing_bridge.training import translator as training
from deepsing_bridge.training import view_candidates
from deepsing_bridge.training.sampling import Survey, sample_space
from deepsing_bridge.training.translator_files import COMMAND
from deepsing_bridge.translation.attribute_view import load_samples
from deepsing_bridge.translation.baseline import RandomTranslator
from deepsing_bridge.translation.class_names import class_ids
from deepsing_bridge.translation.neural import NeuralTranslator, translators_file, view_count
from deepsing_bridge.weights import model_sets
from deepsing_bridge.weights.files import header, manifest, save_table
from deepsing_bridge.weights.model_sets import CARD
from tests.colours import Colours, see


@dataclass
class Trained:
    models: Path
    metrics: dict[str, Any]
    progress: list[tuple[int, int]]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    models, told = tmp_path_factory.mktemp("models"), []
    survey = Survey(Colours(), see, samples_per_class=20, seed=0)
    metrics = training.train(
        survey,
        sample_space(Colours(), see, 20, seed=0),
        nullcontext(models),
        views=2,
        candidates=3,
        progress=lambda done, total: told.append((done, total)),
    )
    return Trained(models, metrics, told)


@pytest.mark.slow
def test_every_shipped_view_gives_back_what_it_was_asked_for(trained: Trained) -> None:
    asked = view_candidates.asked_by_a_song(100)
    for view in range(view_count(trained.models)):
        translator = NeuralTranslator.load(view, trained.models)
        loop = view_candidates.closed_loop(translator, Colours(), see, asked)
        assert loop.valence > 0.85
        assert loop.arousal > 0.85
        assert translator.name == f"neural:view{view}"


def test_ones_own_classes_close_the_loop_from_the_shipped_table(trained: Trained) -> None:
    colours = Colours()
    corners = class_ids("colour 0, colour 3, colour 5, colour 6, colour 9, colour 10, colour 12, colour 15", colours)
    translator = NeuralTranslator.fit(load_samples("embedded", trained.models), corners, seed=0)
    loop = view_candidates.closed_loop(translator, colours, see, view_candidates.asked_by_a_song(100))
    assert loop.valence > 0.9
    assert loop.arousal > 0.9
    assert set(translator.palette) == set(corners)


def test_chance_does_not_close_the_loop() -> None:
    colours = Colours()
    chance = RandomTranslator(colours.classes, colours.sample_latents, seed=0)
    loop = view_candidates.closed_loop(chance, colours, see, view_candidates.asked_by_a_song(200))
    assert abs(loop.valence) < 0.25
    assert abs(loop.arousal) < 0.25


def test_the_shipped_views_are_told_apart_by_number(trained: Trained) -> None:
    assert view_count(trained.models) == 2
    assert NeuralTranslator.load(0, trained.models).palette != NeuralTranslator.load(1, trained.models).palette
    with pytest.raises(BridgeError, match="views 0 to 1"):
        NeuralTranslator.load(2, trained.models)
    with pytest.raises(BridgeError, match="view -1"):
        NeuralTranslator.load(-1, trained.models)


def test_a_loaded_view_answers_as_it_did_when_its_metrics_were_measured(trained: Trained) -> None:
    loaded = NeuralTranslator.load(0, trained.models)
    measured = view_candidates.closed_loop(loaded, Colours(), see, view_candidates.asked_by_a_song())
    told = trained.metrics["view0"]["closed_loop"]
    assert measured.valence == pytest.approx(told["valence"], abs=1e-3)
    assert measured.arousal == pytest.approx(told["arousal"], abs=1e-3)


def test_the_metrics_say_what_a_view_is_worth(trained: Trained) -> None:
    for view, metrics in enumerate(trained.metrics.values()):
        palette = NeuralTranslator.load(view, trained.models).palette
        assert metrics["classes"] == [f"colour {class_id}" for class_id in palette]
        assert 0.6 < metrics["class_accuracy"] <= 1
        assert 0 < metrics["loss"] < 2
        assert metrics["table_fidelity"]["valence"] > 0.8
        assert metrics["table_fidelity"]["arousal"] > 0.8


def test_the_file_says_in_which_order_its_inputs_are(trained: Trained) -> None:
    assert header(translators_file("embedded"), trained.models)["input"] == "arousal,valence"


def test_the_manifest_says_by_which_command_the_views_come_again(trained: Trained) -> None:
    assert manifest(trained.models)[translators_file("embedded")]["command"] == f"{COMMAND} --candidates 3"


def test_progress_reaches_the_whole(trained: Trained) -> None:
    done = [done for done, _ in trained.progress]
    assert done == sorted(done)
    assert trained.progress[-1][0] == trained.progress[-1][1] == 3


def test_the_saved_table_is_what_was_sampled(trained: Trained) -> None:
    again = sample_space(Colours(), see, samples_per_class=20, seed=0)
    stored = load_samples("embedded", trained.models)
    assert stored.classes == again.classes
    np.testing.assert_array_equal(stored.class_ids, again.class_ids)
    np.testing.assert_array_equal(stored.latents, again.latents)
    np.testing.assert_array_equal(stored.valence, again.valence)
    np.testing.assert_array_equal(stored.arousal, again.arousal)


def trained_for_ones_own(name: str, seed: int = 0) -> dict[str, Any]:
    survey = Survey(Colours(name), see, samples_per_class=20, seed=seed)
    table = sample_space(Colours(name), see, 20, seed)
    return training.train(survey, table, training.home(name), views=1, candidates=1)


def test_the_set_that_translators_join_has_a_card_that_tells_of_them_and_of_what_was_there() -> None:
    folder = model_sets.trained_for("mine")
    save_table("words.csv", "a,b", what="words", licence="-", command="-", models=folder)
    for seed in (0, 7):
        (view,) = trained_for_ones_own("mine", seed).values()
        card = (folder / CARD).read_text()
        assert card.startswith("# Model card of mine-trained\n") and "## words.csv" in card
        assert card.count("## mine-translators.safetensors") == card.count("## mine-samples.safetensors") == 1
        assert f'"seed": {view["seed"]}' in card and f'"loss": {view["loss"]}' in card
        assert "`python bridge.py train translator --generator mine`" in card
    assert view_count(folder, "mine") == 1 and model_sets.faults(folder) == []


def test_translators_that_could_not_be_made_leave_set_and_card_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    trained_for_ones_own("mine")
    before = {path.name: path.read_bytes() for path in model_sets.trained_for("mine").iterdir()}
    for module in (training, view_candidates):
        monkeypatch.setattr(module, "FEWEST_CLASSES", 100)
    with pytest.raises(BridgeError, match="no view of it has 100 classes"):
        trained_for_ones_own("mine", seed=7)
    assert {path.name: path.read_bytes() for path in model_sets.trained_for("mine").iterdir()} == before


def _candidate(palette: tuple[int, ...], correlation: float, table: Any = None) -> view_candidates.Candidate:
    translator = NeuralTranslator("neural:test", network=None, palette=palette)  # type: ignore[arg-type]
    return view_candidates.Candidate(0, table, translator, view_candidates.Agreement(correlation, correlation))


def test_the_choice_wants_faithful_and_different_views_of_enough_classes() -> None:
    too_few = _candidate((0, 1, 2, 3), 0.99)
    best = _candidate((0, 1, 2, 3, 4, 5, 6), 0.85)
    nearly_the_same = _candidate((0, 1, 2, 3, 4, 5, 6, 7), 0.8)
    another = _candidate((8, 9, 10, 11, 12, 13), 0.7)
    poor = _candidate((8, 1, 14, 15, 2), 0.2)
    everything = [too_few, nearly_the_same, poor, another, best]
    assert view_candidates.choose(everything, 6) == [best, another, poor]
    assert view_candidates.choose(everything, 2) == [best, another]


def test_what_never_changes_agrees_with_nothing() -> None:
    asked = view_candidates.asked_by_a_song(10)
    still = SentimentTrack(np.zeros(10, np.float32), asked.arousal, 0)
    assert view_candidates.agreement(asked, still).valence == 0
    assert math.isclose(view_candidates.agreement(asked, still).arousal, 1, abs_tol=1e-6)
