"""Classes that are held: no others are seen, each as often as it weighs, and as the feeling asks for."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from deepsing_bridge.core.types import Sentiment
from deepsing_bridge.translation.diversity import DiverseTranslator
from deepsing_bridge.translation.held import HeldTranslator
from tests.translation.test_diversity import SAMPLES, Stuck, asked, rows_of

SONG = asked([-1.5, -1.0, 0.0, 1.0, 1.5] * 4, [1.0, -1.0] * 10)


def translator(*held: tuple[int, float]) -> HeldTranslator:
    return HeldTranslator(DiverseTranslator(Stuck(*[5] * 20, others=(1,)), SAMPLES), dict(held))


def test_one_class_is_all_there_is_and_certain() -> None:
    answer = translator((3, 1.0)).translate(SONG)
    assert set(answer.class_ids.tolist()) == {3}
    assert (answer.probabilities[:, 3] == 1).all() and answer.probabilities.sum() == len(SONG)


def test_several_come_as_often_as_they_weigh_and_evenly() -> None:
    ids = translator((3, 0.7), (8, 0.3)).translate(SONG).class_ids.tolist()
    assert Counter(ids) == {3: 14, 8: 6}
    assert Counter(ids[:10]) == {3: 7, 8: 3}
    assert "8, 8" not in str(ids)


def test_pictures_are_the_ones_of_the_class_that_feel_as_is_asked_and_none_again_at_once() -> None:
    answer = translator((3, 1.0)).translate(SONG)
    rows = rows_of(answer.latents)
    assert (SAMPLES.class_ids[rows] == 3).all()
    assert all(one != other for one, other in pairwise(rows))
    first = SAMPLES.of_classes([3])
    off = np.hypot(first.valence - SONG.valence[0], first.arousal - SONG.arousal[0])
    assert (answer.latents[0] == first.latents[off.argmin()]).all()


def test_a_translator_without_samples_keeps_its_latents() -> None:
    answer = HeldTranslator(Stuck(*[5] * 20), {3: 1.0}).translate(SONG)
    assert set(answer.class_ids.tolist()) == {3} and (answer.latents == 0.5).all()


@pytest.mark.parametrize("held", [((3, 1.0),), ((3, 0.5), (8, 0.5))])
def test_it_has_the_name_of_the_translator(held: tuple[tuple[int, float], ...]) -> None:
    assert translator(*held).name == "stuck"


def test_in_place_of_a_picture_come_only_held_classes() -> None:
    held = translator((3, 0.5), (8, 0.5))
    assert {class_id for class_id, _ in held.others(3, Sentiment(0.0, 0.0))} == {3, 8}
    assert not list(HeldTranslator(Stuck(5), {3: 1.0}).others(3, Sentiment(0.0, 0.0)))
