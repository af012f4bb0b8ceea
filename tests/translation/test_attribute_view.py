"""Algorithm 1 on a made-up generator of twelve classes."""

from dataclasses import replace

import numpy as np
import pytest

from deepsing_bridge.translation.attribute_view import (
    SampleTable,
    by_likeness,
    draw_classes,
    smooth,
    stable_view,
    view_of,
)
from tests.translation.toy import LABELS, sampled


@pytest.fixture(scope="module")
def table() -> SampleTable:
    return sampled()


def test_a_stable_view_has_at_most_one_class_per_cluster_and_all_samples_of_it(table: SampleTable) -> None:
    for seed in range(5):
        view = stable_view(table, clusters=5, seed=seed)
        ids, counts = np.unique(view.class_ids, return_counts=True)
        assert 2 <= len(ids) <= 5
        assert set(counts) == {50}


def test_a_class_is_drawn_as_often_as_it_occurs_in_the_cluster() -> None:
    ids = np.array([0] * 90 + [1] * 10 + [2] * 50)
    place = np.where(ids == 2, 5.0, 0.0).astype(np.float32)  # two clusters far apart, two classes in the first
    table = SampleTable("toy", LABELS, ids, np.zeros((150, 1), np.float32), place, place)
    drawn = [draw_classes(table, clusters=2, seed=seed) for seed in range(200)]
    assert all(2 in classes and len(classes) == 2 for classes in drawn)
    assert sum(0 in classes for classes in drawn) / 200 == pytest.approx(0.9, abs=0.06)


def test_classes_can_be_drawn_for_being_alike(table: SampleTable) -> None:
    odd = np.arange(len(LABELS)) % 2
    alike = np.where(odd[:, None] == odd, 1.0, -1.0).astype(np.float32)
    for seed in range(5):
        drawn = draw_classes(table, clusters=6, seed=seed, draw=by_likeness(alike, sharpness=50))
        assert len(drawn) > 1
        assert len({class_id % 2 for class_id in drawn}) == 1


def test_likeness_weighs_what_is_often_there(table: SampleTable) -> None:
    """A class that is nine times as frequent in its cluster is drawn nine times as often, if both are equally alike."""
    alike = by_likeness(np.ones((2, 2), np.float32))
    samples, chance = np.array([0] * 9 + [1]), np.random.default_rng(0)
    drawn = [alike(samples, {1}, chance) for _ in range(500)]
    assert 0.85 < drawn.count(0) / len(drawn) < 0.95


def test_other_seeds_give_other_views(table: SampleTable) -> None:
    assert len({frozenset(draw_classes(table, clusters=6, seed=seed)) for seed in range(8)}) > 4


def test_smoothing_leaves_one_mean_pair_per_sub_cluster_and_the_mean_of_each_class(
    table: SampleTable,
) -> None:
    smoothed = smooth(table, sub_clusters=7)
    for class_id in range(len(LABELS)):
        before, after = table.of_classes([class_id]), smoothed.of_classes([class_id])
        assert len(np.unique(after.latents, axis=0)) == len(np.unique(after.valence)) == 7
        np.testing.assert_allclose(after.latents.mean(axis=0), before.latents.mean(axis=0), atol=1e-5)
        assert after.latents.std() < before.latents.std()
        assert np.corrcoef(before.valence, after.valence)[0, 1] > 0.8  # near pictures were put together


def test_smoothing_leaves_the_table_alone(table: SampleTable) -> None:
    before = replace(table, latents=table.latents.copy(), valence=table.valence.copy())
    smooth(table)
    np.testing.assert_array_equal(table.latents, before.latents)
    np.testing.assert_array_equal(table.valence, before.valence)


def test_fewer_samples_than_sub_clusters_are_kept_one_by_one() -> None:
    few = sampled(samples_per_class=3)
    np.testing.assert_allclose(smooth(few, sub_clusters=10).latents, few.latents, atol=1e-6)


def test_ones_own_classes_are_all_kept_where_a_stable_view_would_drop_some(table: SampleTable) -> None:
    assert set(view_of(table, [0, 1, 4, 5]).class_ids) == {0, 1, 4, 5}
