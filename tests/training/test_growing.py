"""A survey that is stopped by the clock and taken up again, with a generator of plain colours."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.training import translator
from deepsing_bridge.training.class_samples import COARSE, MOST, ClassSamples
from deepsing_bridge.training.growing import ENOUGH, grow
from deepsing_bridge.training.sampling import Survey
from deepsing_bridge.translation.attribute_view import load_samples
from deepsing_bridge.translation.translators import translators_for
from deepsing_bridge.weights import model_sets
from tests.cli.test_cli import bridge
from tests.colours import CLASSES, Colours, see

PICTURE_S = 1.0


class Slow(Colours):
    """A second a picture, on a clock of its own."""

    def clock(self) -> float:
        return PICTURE_S * sum(self.batches)


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Slow, ClassSamples]]:
    monkeypatch.setattr(ClassSamples, "seconds_per_picture", lambda self: PICTURE_S)
    colours = Slow()
    yield colours, ClassSamples(colours, see, tmp_path)


def counts(samples: ClassSamples) -> list[int]:
    return list(samples.counts(range(CLASSES)).values())


def test_every_class_is_known_a_little_and_those_of_views_well(slow: tuple[Slow, ClassSamples]) -> None:
    colours, samples = slow
    told: list[tuple[int, int]] = []
    grown = grow(samples, 5.0, 2, lambda done, total: told.append((done, total)), colours.clock)
    assert min(counts(samples)) == COARSE
    closely = np.bincount(grown.table.class_ids, minlength=CLASSES)
    assert closely[closely > 0].min() >= 10 and closely.max() - closely[closely > 0].min() <= 10  # evenly
    assert 5 <= (closely > 0).sum() < CLASSES
    assert 0.85 * 300 < colours.clock() < 300 + 10
    assert told == sorted(told) and told[-1][1] == 300
    felt = {number: grown.table.of_classes([number]) for number in np.flatnonzero(closely)}
    assert np.ptp([table.valence.mean() for table in felt.values()]) > 1  # from all over the space


def test_fewer_views_where_there_is_less_time(slow: tuple[Slow, ClassSamples]) -> None:
    colours, samples = slow
    assert grow(samples, 2.0, 6, clock=colours.clock).views < 6
    assert np.unique(samples.table(range(CLASSES)).class_ids).size == CLASSES


def test_the_same_command_goes_on_where_it_was(slow: tuple[Slow, ClassSamples]) -> None:
    colours, samples = slow
    first = grow(samples, 4.0, 1, clock=colours.clock)
    before = colours.clock()
    again = grow(samples, 4.0, 1, clock=lambda: colours.clock() - before)
    assert set(first.table.class_ids) == set(again.table.class_ids)  # what is known of every class decides
    assert len(again.table) > len(first.table) and np.bincount(again.table.class_ids).max() <= MOST
    one = again.table.of_classes([first.table.class_ids[0]])
    few = first.table.of_classes([first.table.class_ids[0]])
    assert np.array_equal(one.valence[: len(few)], few.valence)


def test_a_time_that_is_too_short_ends_in_time_with_what_a_view_wants_least(slow: tuple[Slow, ClassSamples]) -> None:
    colours, samples = slow
    grown = grow(samples, 0.1, 6, clock=colours.clock)
    assert grown.views == 1 and ENOUGH > np.bincount(grown.table.class_ids).max() >= 10


def test_a_generator_of_few_kinds_is_told(slow: tuple[Slow, ClassSamples], monkeypatch: pytest.MonkeyPatch) -> None:
    colours, samples = slow
    monkeypatch.setattr("deepsing_bridge.training.growing.draw_classes", lambda table, clusters, seed: {1, 2})
    with pytest.raises(BridgeError, match=r"--minutes 1: 2 classes were seen often enough, and a view wants 5"):
        grow(samples, 1.0, 1, clock=colours.clock)


def test_the_command_leaves_translators_that_a_story_can_take(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(model_sets.HOME, str(tmp_path))
    survey = Survey(Colours("mine"), see, samples_per_class=100, seed=0)
    monkeypatch.setattr(translator, "prepare", lambda *arguments: survey)
    monkeypatch.setattr(translator, "judges", lambda *arguments: {})
    done = bridge("train", "translator", "--generator", "mine", "--minutes", 0.1, "--views", 2)
    assert done.returncode == 0, done.stderr
    assert "story SONG --generator mine" in done.stdout
    found = translators_for("mine", model_sets.chosen("", "mine"))
    assert 1 <= found.count() <= 2
    samples = load_samples("mine", found.folder)
    assert all(set(view.palette) <= set(samples.class_ids.tolist()) for view in found.load_all())
