"""Algorithm 1 on a made-up generator of twelve classes."""

import json
import re
import warnings
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans

from deepsing_bridge import weights
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.invocation import command
from deepsing_bridge.translation.attribute_view import (
    FEWEST_CLUSTERS,
    LIKENESS_SHARPNESS,
    MOST_CLUSTERS,
    SUB_CLUSTERS,
    SampleTable,
    attribute_clusters,
    by_cardinality,
    by_likeness,
    clusters_for,
    draw_classes,
    load_samples,
    perturbed,
    samples_file,
    smooth,
    stable_view,
    view_of,
)
from tests.translation.toy import LABELS, sampled


@pytest.fixture(scope="module")
def table() -> SampleTable:
    return sampled()


def test_perturbing_moves_the_attributes_by_so_much_and_nothing_else() -> None:
    table = SampleTable(
        "g",
        ("a", "b"),
        np.arange(2).repeat(5000),
        np.zeros((10_000, 4), np.float32),
        *np.zeros((2, 10_000), np.float32),
    )
    moved = perturbed(table, 0.2, seed=1)
    assert moved.valence.std() == pytest.approx(0.2, rel=0.05) and moved.arousal.std() == pytest.approx(0.2, rel=0.05)
    assert abs(np.corrcoef(moved.valence, moved.arousal)[0, 1]) < 0.05
    assert moved.class_ids is table.class_ids and moved.latents is table.latents
    assert np.array_equal(perturbed(table, 0.2, seed=1).valence, moved.valence)
    assert np.array_equal(perturbed(table, 0.0, seed=1).valence, table.valence)


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


@pytest.mark.parametrize(("classes", "clusters"), [(5, FEWEST_CLUSTERS), (30, 15), (1000, MOST_CLUSTERS)])
def test_a_view_is_drawn_of_half_of_the_classes_within_bounds(classes: int, clusters: int) -> None:
    names = tuple(f"class {number}" for number in range(classes))
    one = np.zeros(1, np.float32)
    assert clusters_for(SampleTable("toy", names, np.zeros(1, np.int64), one[:, None], one, one)) == clusters


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
    before = replace(table, latents=table.latents.copy(), valence=table.valence.copy(), arousal=table.arousal.copy())
    smooth(table)
    assert same(table, before)


def test_fewer_samples_than_sub_clusters_are_kept_one_by_one() -> None:
    few = sampled(samples_per_class=3)
    np.testing.assert_allclose(smooth(few, sub_clusters=10).latents, few.latents, atol=1e-6)


def test_ones_own_classes_are_all_kept_where_a_stable_view_would_drop_some(table: SampleTable) -> None:
    assert set(view_of(table, [0, 1, 4, 5]).class_ids) == {0, 1, 4, 5}


def test_a_view_of_ones_own_is_smoothed_as_was_asked(table: SampleTable) -> None:
    assert same(view_of(table, [3, 5], sub_clusters=4, seed=6), smooth(table.of_classes([3, 5]), 4, 6))
    assert same(view_of(table, [3, 5]), smooth(table.of_classes([3, 5]), SUB_CLUSTERS, 0))


def test_a_stable_view_is_the_algorithm_s_lines_in_turn(table: SampleTable) -> None:
    first = stable_view(table, clusters=5, sub_clusters=3, seed=2, draw=lowest)
    assert same(first, smooth(table.of_classes(draw_classes(table, 5, 2, lowest)), 3, 2))
    assert same(stable_view(table), smooth(table.of_classes(draw_classes(table, FEWEST_CLUSTERS, 0)), SUB_CLUSTERS, 0))


def lowest(samples: np.ndarray, drawn: Collection[int], chance: np.random.Generator) -> int:
    return int(samples.min())


def same(one: SampleTable, other: SampleTable) -> bool:
    columns = ("class_ids", "latents", "valence", "arousal")
    return one.classes == other.classes and all(
        np.array_equal(getattr(one, column), getattr(other, column)) for column in columns
    )


def test_one_class_is_drawn_for_each_cluster_and_told_of_those_before(table: SampleTable) -> None:
    told = []

    def draw(samples: np.ndarray, drawn: Collection[int], chance: np.random.Generator) -> int:
        told.append((len(samples), set(drawn), chance.integers(1000)))
        return len(told)

    assert draw_classes(table, 4, 9, draw) == {1, 2, 3, 4}
    sizes = np.bincount(attribute_clusters(table, 4, 9))
    chance = np.random.default_rng(9)
    assert told == [(size, set(range(1, n)), chance.integers(1000)) for n, size in enumerate(sizes, 1)]


def test_clusters_are_of_valence_and_of_arousal() -> None:
    """Four samples at the corners of a square, each a cluster; three of them where three are asked for."""
    valence, arousal = np.float32([0, 0, 9, 9]), np.float32([0, 9, 0, 9])
    table = SampleTable("toy", LABELS, np.arange(4), np.zeros((4, 1), np.float32), valence, arousal)
    assert len(set(attribute_clusters(table, 4, 0))) == len(set(attribute_clusters(table, 7, 0))) == 4
    assert len(set(attribute_clusters(table, 3, 0))) == 3


def test_each_pair_becomes_the_mean_of_those_near_it_in_its_class() -> None:
    valence, arousal = np.float32([0, 1, 0, 1, 0, 1]), np.float32([0, 0, 9, 9, 0, 0])
    latents = np.float32([[0, 1], [2, 3], [4, 5], [6, 7], [8, 9], [10, 11]])
    table = SampleTable("toy", LABELS, np.array([0, 0, 0, 0, 1, 1]), latents, valence, arousal)
    smoothed = smooth(table, sub_clusters=2)
    assert smoothed.valence.tolist() == [0.5, 0.5, 0.5, 0.5, 0, 1]
    assert smoothed.arousal.tolist() == [0, 0, 9, 9, 0, 0]
    assert smoothed.latents.tolist() == [[1, 2], [1, 2], [5, 6], [5, 6], [8, 9], [10, 11]]
    assert table.arousal.tolist() == arousal.tolist() and table.latents[0].tolist() == [0, 1]


class Chance(np.random.Generator):
    """Notes what it is asked, and gives the first."""

    def __init__(self) -> None:
        super().__init__(np.random.PCG64(0))
        self.asked: list[tuple[list[int], list[float] | None]] = []

    def choice(self, a: np.ndarray, p: np.ndarray | None = None) -> int:  # type: ignore[override]
        self.asked.append((a.tolist(), None if p is None else p.tolist()))
        return a[0]


def test_the_first_class_is_drawn_by_how_often_it_is_there_and_others_by_likeness_too() -> None:
    likeness = np.float32([[1, 0.5, 0, 0], [0.5, 1, 0.25, 0], [0, 0.25, 1, 0], [0, 0, 0, 1]])
    samples, chance = np.array([1, 0, 0, 0]), Chance()
    assert by_likeness(likeness)(samples, set(), chance) == by_cardinality(samples, {2}, chance) == 1
    assert chance.asked == [([1, 0, 0, 0], None)] * 2
    for sharpness, draw in ((2.0, by_likeness(likeness, 2.0)), (LIKENESS_SHARPNESS, by_likeness(likeness))):
        assert draw(samples, {3, 2}, chance) == 0
        classes, odds = chance.asked[-1]
        weight = np.array([3 * np.exp(sharpness * 0.0), 1 * np.exp(sharpness * 0.125)])
        assert classes == [0, 1]
        assert odds == pytest.approx(weight / weight.sum(), abs=1e-6)


def test_the_shipped_samples_are_those_that_the_manifest_tells_of() -> None:
    table = load_samples("embedded")
    told = weights.manifest()[samples_file("embedded")]["metrics"]
    assert (table.generator, len(table), table.latents.shape, len(table.classes)) == ("embedded", 3100, (3100, 128), 31)
    assert (table.class_ids.dtype, table.latents.dtype) == (np.int64, np.float32)
    assert set(np.bincount(table.class_ids)) == {100}
    for axis in ("valence", "arousal"):
        curve = getattr(table, axis)
        assert (curve.mean(), curve.std()) == pytest.approx((told[axis]["mean"], told[axis]["sd"]), abs=1e-3)


def test_samples_are_read_from_the_folder_that_is_asked_for(tmp_path: Path) -> None:
    rows = {
        "class_ids": torch.tensor([1, 0], dtype=torch.int16),
        "latents": torch.tensor([[0.5, 1], [2, 3]], dtype=torch.float16),
        "valence": torch.tensor([0.25, -0.5]),
        "arousal": torch.tensor([1.5, 2.0]),
    }
    told = {"what": "toy", "licence": "CC0", "command": "none"}
    header = {"classes": json.dumps(["ash", "beach"])}
    weights.save(samples_file("toy"), rows, header=header, metrics={}, models=tmp_path, **told)
    table = load_samples("toy", tmp_path)
    assert (table.generator, table.classes) == ("toy", ("ash", "beach"))
    assert (table.class_ids.dtype, table.latents.dtype) == (np.int64, np.float32)
    assert table.class_ids.tolist() == [1, 0] and table.latents.tolist() == [[0.5, 1], [2, 3]]
    assert table.valence.tolist() == [0.25, -0.5] and table.arousal.tolist() == [1.5, 2.0]


def test_where_there_are_no_samples_it_is_told_what_makes_them(tmp_path: Path) -> None:
    made = command("train translator --generator toy")
    sentence = f"generator toy: no samples of it are here to fit a palette to; {made} makes them"
    with pytest.raises(BridgeError, match=f"^{re.escape(sentence)}$"):
        load_samples("toy", tmp_path)


def test_samples_that_are_all_alike_are_one_cluster() -> None:
    same_place = np.zeros(6, np.float32)
    six = SampleTable("toy", LABELS, np.arange(6), np.zeros((6, 1), np.float32), same_place, same_place)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # scikit-learn warns of clusters that it does not find
        assert attribute_clusters(six, 4, 0).tolist() == [0] * 6


def test_who_names_no_seed_gets_that_of_0(table: SampleTable) -> None:
    assert draw_classes(table, 10) == draw_classes(table, 10, 0) != draw_classes(table, 10, 1)
    assert same(smooth(table), smooth(table, SUB_CLUSTERS, 0))


def test_of_several_clusterings_the_tightest_is_taken(table: SampleTable) -> None:
    points = np.stack([table.valence, table.arousal], axis=1)

    def looseness(places: np.ndarray) -> float:
        clusters = [points[places == place] for place in np.unique(places)]
        return float(sum(np.square(cluster - cluster.mean(axis=0)).sum() for cluster in clusters))

    for seed in range(4):
        once = KMeans(10, n_init=1, random_state=seed).fit_predict(points)
        assert looseness(attribute_clusters(table, 10, seed)) < looseness(once) - 0.01


def test_one_seed_numbers_the_clusters_in_one_way(table: SampleTable) -> None:
    first = attribute_clusters(table, 6, 3)
    assert first.dtype == np.int64
    assert all(np.array_equal(attribute_clusters(table, 6, 3), first) for _ in range(3))
