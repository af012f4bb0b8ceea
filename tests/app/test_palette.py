"""Classes of one's own with a generator that was never surveyed: looked at on the spot, once, and the cost is told."""

import logging
from dataclasses import replace

import numpy as np
import pytest

from deepsing_bridge.app import palette as module
from deepsing_bridge.app.build import vocabulary_for
from deepsing_bridge.app.bundle import load
from deepsing_bridge.app.config import ModelChoice
from deepsing_bridge.app.painting import load_painting
from deepsing_bridge.core.types import Progress, SentimentTrack
from deepsing_bridge.training.class_samples import USUAL
from deepsing_bridge.translation.attribute_view import load_samples
from deepsing_bridge.translation.class_names import class_ids
from deepsing_bridge.weights.model_sets import SHIPPED

CHOICE = ModelChoice(classes="lake, fire")


@pytest.fixture
def unsurveyed(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(module, "samples_listed", lambda generator, sets: None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.mark.usefixtures("unsurveyed")
def test_classes_are_looked_at_once_and_how_long_it_takes_is_said_before(caplog: pytest.LogCaptureFixture) -> None:
    told: list[tuple[str, int, int]] = []

    def stage(name: str) -> Progress:
        told.append((name, 0, len(caplog.records)))
        return lambda done, total: told.append((name, done, total))

    caplog.set_level(logging.WARNING)
    (first,) = load(CHOICE, 3, stage).translators
    assert told[0] == ("looking at your classes", 0, 1)  # after the sentence
    assert told[-1] == ("looking at your classes", 2 * USUAL, 2 * USUAL)
    (sentence,) = (record.getMessage() for record in caplog.records)
    assert sentence.startswith("embedded: 100 pictures of 2 classes are looked at first, ")
    assert "on this machine" in sentence
    told.clear()
    (again,) = load(CHOICE, 3, stage).translators
    assert not told and len(caplog.records) == 1
    asked = SentimentTrack(*np.random.default_rng(0).standard_normal((2, 12)).astype(np.float32), 0)  # type: ignore[call-arg]
    one, other = first.translate(asked), again.translate(asked)
    assert np.array_equal(one.latents, other.latents) and np.array_equal(one.class_ids, other.class_ids)
    assert {first.samples.classes[number] for number in one.class_ids} == {"lake", "fire"}  # type: ignore[attr-defined]


@pytest.mark.usefixtures("unsurveyed")
def test_what_was_looked_at_is_there_for_other_pictures_of_a_class() -> None:
    painting = load_painting(CHOICE)
    lake, fire, dog = class_ids("lake, fire, dog", painting.generator)
    module.class_samples(CHOICE, painting, SHIPPED).fill([lake, fire], 20)
    samples = module.known_samples([lake], CHOICE, painting, SHIPPED)
    assert samples is not None and samples.class_ids.tolist() == [lake] * 20
    assert module.known_samples([lake, dog], CHOICE, painting, SHIPPED) is None


def test_a_survey_that_does_not_know_a_class_well_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    painting = load_painting(CHOICE)
    lake, fire = class_ids("lake, fire", painting.generator)
    whole = load_samples("embedded")
    assert module.known_samples([lake, fire], CHOICE, painting, SHIPPED) is not None
    without_fire = whole.of_classes(set(range(len(whole.classes))) - {fire})
    monkeypatch.setattr(module, "load_samples", lambda name, folder: without_fire)
    assert module.known_samples([lake], CHOICE, painting, SHIPPED) is without_fire
    assert module.known_samples([lake, fire], CHOICE, painting, SHIPPED) is None


def test_a_show_of_ones_own_classes_has_one_view() -> None:
    assert vocabulary_for(CHOICE).parameters["view"].field.high == 0


@pytest.mark.usefixtures("unsurveyed")
def test_another_precision_has_samples_of_its_own() -> None:
    painting = load_painting(CHOICE)
    choices = CHOICE, replace(CHOICE, precision="bfloat16"), replace(CHOICE, device="cuda:1")
    folders = {module.class_samples(choice, painting, SHIPPED).folder for choice in choices}
    assert len(folders) == 3
