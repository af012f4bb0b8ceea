"""Where a class follows itself: other pictures that feel as was asked, and none again at once."""

from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deepsing_bridge.core.types import Sentiment, SentimentTrack
from deepsing_bridge.translation.attribute_view import SampleTable
from deepsing_bridge.translation.diversity import APART, OTHERS, RECENT, DiverseTranslator, diversify
from deepsing_bridge.translation.protocol import Translation
from deepsing_bridge.weights.model_sets import ModelSets
from tests.translation.toy import sampled

SAMPLES = sampled()


class Stuck:
    """Always the same latent, and of each sentiment the class `classes` names."""

    name = "stuck"

    def __init__(self, *classes: int, others: tuple[int, ...] = ()) -> None:
        self.class_ids = np.array(classes, np.int64)
        self.palette = sorted({*classes, *others})

    def translate(self, track: SentimentTrack) -> Translation:
        latents = np.full((len(track), SAMPLES.latents.shape[1]), 0.5, np.float32)
        return Translation(self.class_ids, np.full((len(track), 12), 1 / 12, np.float32), latents)


def asked(valence: list[float], arousal: list[float]) -> SentimentTrack:
    return SentimentTrack(np.array(valence, np.float32), np.array(arousal, np.float32), 5.0)


def rows_of(latents: NDArray[np.float32], table: SampleTable = SAMPLES) -> list[int]:
    return [int(np.flatnonzero((table.latents == latent).all(axis=1))[0]) for latent in latents]


def test_only_classes_that_come_again_soon_get_other_latents() -> None:
    track = asked([-1.5, -1.5, 0.5, -1.5, *[1.5] * 5, -1.5], [-1, -1, 0, -1, *[0.0] * 5, -1])
    answer = DiverseTranslator(Stuck(0, 0, 5, 0, 7, 6, 4, 10, 11, 0), SAMPLES).translate(track)
    kept = [bool((latent == 0.5).all()) for latent in answer.latents]
    assert kept == [True, False, True, False, True, True, True, True, True, True]  # the last 0 is RECENT no more


def test_another_class_is_seen_if_it_fits_nearly_as_well() -> None:
    between = asked([-1.0] * 6, [-1.0] * 6)  # as near to class 0 as to class 1
    ids = DiverseTranslator(Stuck(*[0] * 6, others=(1, 11)), SAMPLES).translate(between).class_ids
    assert set(ids.tolist()) == {0, 1}  # and never 11, which feels otherwise
    assert all(one != other for one, other in pairwise(ids.tolist()))


def test_a_class_stays_where_no_other_fits() -> None:
    ids = DiverseTranslator(Stuck(*[0] * 6, others=(10, 11)), SAMPLES).translate(asked([-1.5] * 6, [-1] * 6)).class_ids
    assert ids.tolist() == [0] * 6


def test_a_class_stays_however_long_where_no_other_fits() -> None:
    sad = asked([-1.5] * 40, [-1] * 40)
    assert DiverseTranslator(Stuck(*[0] * 40, others=(10, 11)), SAMPLES).translate(sad).class_ids.tolist() == [0] * 40


def test_a_class_that_is_far_off_is_worse_than_one_that_comes_again() -> None:
    """0.9 away is near enough for a change, 1.8 is not; and a scene later the first class costs little."""
    for far, seen in ((0.9, [0, 1, 0]), (1.8, [0, 0, 0])):
        felt = np.array([0.0, 0.3, 0.6, far, far + 0.3, far + 0.6], np.float32)
        apart = SampleTable("toy", SAMPLES.classes, np.repeat([0, 1], 3), SAMPLES.latents[:6], felt, 0 * felt)
        stuck = Stuck(*[0] * 3, others=(1,))
        assert DiverseTranslator(stuck, apart).translate(asked([0.0] * 3, [0.0] * 3)).class_ids.tolist() == seen


def test_a_class_that_was_seen_more_than_its_share_gives_way_to_one_a_little_farther_off() -> None:
    felt = np.concatenate([place + 0.12 * np.arange(4) for place in (0.0, 0.1, 0.6)]).astype(np.float32)
    table = SampleTable("toy", SAMPLES.classes, np.repeat([0, 1, 2], 4), SAMPLES.latents[:12], felt, 0 * felt)
    stuck = Stuck(*[0] * 9, others=(1, 2))
    assert 2 in DiverseTranslator(stuck, table).translate(asked([0.0] * 9, [0.0] * 9)).class_ids


def test_they_are_samples_of_the_class_whose_sentiment_is_near() -> None:
    track = asked([-1.5, -1.2, -1.8], [-1, -1, -0.8])
    rows = rows_of(DiverseTranslator(Stuck(0, 0, 0), SAMPLES).translate(track).latents[1:])
    assert SAMPLES.class_ids[rows].tolist() == [0, 0]
    away = np.hypot(SAMPLES.valence[rows] - track.valence[1:], SAMPLES.arousal[rows] - track.arousal[1:])
    every = np.hypot(SAMPLES.valence[:50, None] - track.valence[1:], SAMPLES.arousal[:50, None] - track.arousal[1:])
    assert (away < np.median(every, axis=0)).all()


def test_nothing_that_feels_the_same_comes_again_soon() -> None:
    rows = rows_of(DiverseTranslator(Stuck(*[0] * 12), SAMPLES).translate(asked([-1.5] * 12, [-1] * 12)).latents[1:])
    felt = np.stack([SAMPLES.valence[rows], SAMPLES.arousal[rows]], axis=1)
    for first in range(len(felt)):
        for second in range(first + 1, min(first + 1 + RECENT, len(felt))):
            assert np.linalg.norm(felt[first] - felt[second]) >= APART


def test_a_long_run_stays_near_what_was_asked() -> None:
    rows = rows_of(DiverseTranslator(Stuck(*[0] * 50), SAMPLES).translate(asked([-1.5] * 50, [-1] * 50)).latents[1:])
    away = np.hypot(SAMPLES.valence[:50] + 1.5, SAMPLES.arousal[:50] + 1)
    assert max(away[rows]) < np.median(away)


def test_a_class_of_one_picture_shows_that() -> None:
    only = SampleTable("toy", SAMPLES.classes, *(column[:1] for column in columns(SAMPLES)))
    translated = DiverseTranslator(Stuck(0, 0, 0), only).translate(asked([0] * 3, [0] * 3))
    assert rows_of(translated.latents[1:], only) == [0, 0]


def columns(table: SampleTable) -> tuple[NDArray[np.int64], ...]:
    return table.class_ids, table.latents, table.valence, table.arousal  # type: ignore[return-value]


def test_in_place_of_a_picture_come_those_of_its_class_that_feel_most_as_asked_and_then_other_classes() -> None:
    found = list(DiverseTranslator(Stuck(0, others=(1, 11)), SAMPLES).others(0, Sentiment(-1.5, -1.0)))
    assert [class_id for class_id, _ in found] == [0] * OTHERS + [1] * OTHERS  # and none of 11, which feels otherwise
    for first in (0, OTHERS):
        rows = rows_of(np.stack([latent for _, latent in found[first : first + OTHERS]]))
        off = np.hypot(SAMPLES.valence + 1.5, SAMPLES.arousal + 1)
        assert rows == sorted(np.flatnonzero(SAMPLES.class_ids == found[first][0]), key=lambda row: off[row])[:OTHERS]


def test_a_generator_without_samples_is_answered_as_before(tmp_path: Path) -> None:
    translator = Stuck(0)
    assert diversify([translator], "toy", ModelSets((tmp_path,)))[0] is translator


def test_with_samples_the_name_stays() -> None:
    assert diversify([Stuck(0)], "embedded", ModelSets((Path(__file__).parents[2] / "models",)))[0].name == "stuck"
