"""Another picture of a class that feels as was asked: to be shown in place of one, and to go to within a scene."""

import numpy as np
import pytest

from deepsing_bridge.core.types import Sentiment
from deepsing_bridge.translation.another import ENDS, another_latent, end_among
from deepsing_bridge.translation.attribute_view import SampleTable
from deepsing_bridge.translation.diversity import OTHERS, others
from tests.translation.toy import sampled

SAMPLES = sampled()
FELT = Sentiment(-1.5, -1.0)  # as class 0 does


def nearest_first(table: SampleTable) -> np.ndarray:
    kinds = table.of_classes([0])
    off = np.hypot(kinds.valence - FELT.valence, kinds.arousal - FELT.arousal)
    return kinds.latents[np.argsort(off, kind="stable")]


def ends_from(start: np.ndarray, table: SampleTable = SAMPLES) -> set[int]:
    """The ranks of those that a hundred scenes go to, among the pictures of the class that feel most as asked."""
    ranked, found = nearest_first(table), set()
    for seed in range(100):
        end = end_among(others(table, 0, FELT, [0, 1]), 0, start, np.random.default_rng(seed))
        assert end is not None
        found.add(int(np.flatnonzero((ranked == end).all(axis=1))[0]))
    return found


def test_takes_show_all_that_feel_most_as_asked_in_turn_but_for_the_one_that_is_seen() -> None:
    ranked = nearest_first(SAMPLES)[:OTHERS]
    takes = [another_latent(SAMPLES, 0, FELT, ranked[3] + 0.01, number) for number in range(2 * OTHERS)]
    expected = np.delete(ranked, 3, axis=0)
    assert np.array_equal(takes, np.resize(expected, (2 * OTHERS, expected.shape[1])))
    with pytest.raises(LookupError, match="no samples of class"):
        another_latent(SAMPLES, len(SAMPLES.classes), FELT, ranked[0], 0)


@pytest.mark.parametrize("own", range(ENDS))
def test_a_scene_goes_to_one_of_those_that_feel_most_as_asked_and_not_to_its_own(own: int) -> None:
    start = nearest_first(SAMPLES)[own] + 0.03 * np.random.default_rng(5).standard_normal(SAMPLES.latents.shape[1])
    assert ends_from(start) == set(range(ENDS)) - {own}


def test_a_class_of_one_picture_goes_nowhere_and_to_no_other_class() -> None:
    rows = [*range(1), *range(50, 60)]  # one of class 0, ten of class 1
    columns = (SAMPLES.class_ids, SAMPLES.latents, SAMPLES.valence, SAMPLES.arousal)
    few = SampleTable("toy", SAMPLES.classes, *(column[rows] for column in columns))  # type: ignore[arg-type]
    start = few.latents[0].astype(np.float64)
    assert end_among(others(few, 0, FELT, [0, 1]), 0, start, np.random.default_rng(0)) is None
    assert end_among(iter(()), 0, start, np.random.default_rng(0)) is None
