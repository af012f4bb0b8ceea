"""Algorithm 1, the network it feeds, the dictionary and chance, on a made-up generator of twelve classes."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import SentimentTrack
from deepsing_bridge.translation import translators
from deepsing_bridge.translation.attribute_view import (
    SampleTable,
    by_likeness,
    draw_classes,
    smooth,
    stable_view,
    view_of,
)
from deepsing_bridge.translation.network import INPUT_ORDER, Translator
from deepsing_bridge.translation.translators import (
    DictionaryTranslator,
    NeuralTranslator,
    RandomTranslator,
    Translation,
    class_ids,
    view_count,
)
from deepsing_bridge.weights.class_tables import read_class_table

LABELS = ("ash", "beach", "cave", "dune", "elm", "fire", "glade", "hill", "island", "jungle", "knoll", "lake")
LATENT_DIM = 16


def felt(ids: NDArray[np.int64], latents: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What pictures feel like here: the class sets the place on a 4×3 grid, the latent shifts it a little."""
    valence = ids % 4 - 1.5 + 0.3 * latents[:, 0]
    arousal = ids // 4 - 1.0 + 0.3 * latents[:, 1]
    return valence.astype(np.float32), arousal.astype(np.float32)


def sampled(samples_per_class: int = 50) -> SampleTable:
    ids = np.repeat(np.arange(len(LABELS)), samples_per_class)
    latents = np.random.default_rng(0).standard_normal((len(ids), LATENT_DIM)).astype(np.float32)
    return SampleTable("toy", LABELS, ids, latents, *felt(ids, latents))


def asked(count: int = 200) -> SentimentTrack:
    valence, arousal = np.random.default_rng(1).standard_normal((2, count)).astype(np.float32)
    return SentimentTrack(valence, arousal, 5.0)


def correlations(track: SentimentTrack, answer: Translation) -> tuple[float, float]:
    valence, arousal = felt(answer.class_ids, answer.latents)
    return float(np.corrcoef(track.valence, valence)[0, 1]), float(np.corrcoef(track.arousal, arousal)[0, 1])


def viewed(table: SampleTable, seed: int) -> NeuralTranslator:
    return NeuralTranslator.of_view("neural:all", stable_view(table, seed=seed), seed)


@pytest.fixture
def few_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what does not depend on how well the network has learned."""
    monkeypatch.setattr(translators, "EPOCHS", 5)


@pytest.fixture(scope="module")
def table() -> SampleTable:
    return sampled()


@pytest.fixture(scope="module")
def fitted(table: SampleTable) -> NeuralTranslator:
    return viewed(table, seed=0)


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


def test_the_neural_translator_gives_back_the_sentiment_it_was_asked_for(fitted: NeuralTranslator) -> None:
    valence, arousal = correlations(asked(), fitted.translate(asked()))
    assert valence > 0.9
    assert arousal > 0.9


def test_the_neural_translator_is_far_better_than_chance(fitted: NeuralTranslator) -> None:
    chance = RandomTranslator(LABELS, lambda n, seed: torch.zeros(n, LATENT_DIM), seed=0).translate(asked())
    assert max(abs(r) for r in correlations(asked(), chance)) < 0.3


def test_the_latent_too_follows_the_sentiment_within_one_class(table: SampleTable) -> None:
    one_class = NeuralTranslator.fit(table, [5], seed=0)
    ramp = np.linspace(-1, 0, 20).astype(np.float32)  # class 5 lies around valence −0.5, arousal 0
    answer = one_class.translate(SentimentTrack(ramp, np.zeros(20, np.float32), 5.0))
    assert set(answer.class_ids) == {5}
    assert correlations(SentimentTrack(ramp, ramp, 5.0), answer)[0] > 0.9


def test_ones_own_classes_are_the_only_ones_even_for_extreme_sentiments(table: SampleTable) -> None:
    own = NeuralTranslator.fit(table, class_ids("lake, ash, fire", Toy()), seed=0)
    far = SentimentTrack(*(20 * np.random.default_rng(2).standard_normal((2, 300))).astype(np.float32), 5.0)
    answer = own.translate(far)
    assert own.name == "neural:lake,ash,fire"
    assert set(answer.class_ids) == {0, 5, 11}
    np.testing.assert_array_equal(answer.probabilities[:, [1, 2, 3]], 0)
    assert answer.class_ids[np.argmax(far.valence + far.arousal)] == 11  # lake is the bright, loud corner here


def test_ones_own_classes_are_all_kept_where_a_stable_view_would_drop_some(table: SampleTable) -> None:
    assert set(view_of(table, [0, 1, 4, 5]).class_ids) == {0, 1, 4, 5}


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(table: SampleTable, few_epochs: None) -> None:
    first = viewed(table, seed=0).network.state_dict()
    torch.manual_seed(99)  # whatever else is drawn in between
    again = viewed(table, seed=0).network.state_dict()
    other = viewed(table, seed=1).network.state_dict()
    assert all(torch.equal(again[key], value) for key, value in first.items())
    assert not torch.equal(again["fc1.weight"], other["fc1.weight"])


def test_fitting_leaves_the_global_random_state_alone(few_epochs: None) -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    NeuralTranslator.fit(sampled(4), [0, 1], seed=3)
    assert torch.equal(torch.rand(3), expected)


def test_progress_is_told_of_every_epoch(few_epochs: None) -> None:
    told: list[tuple[int, int]] = []
    NeuralTranslator.fit(sampled(3), [0, 1], seed=0, progress=lambda done, total: told.append((done, total)))
    assert told == [(epoch, 5) for epoch in range(1, 6)]


def test_the_network_is_the_authors_in_names_shapes_and_order_of_inputs() -> None:
    shapes = {key: tuple(tensor.shape) for key, tensor in Translator(1000, 128).state_dict().items()}
    assert shapes == {
        "fc1.weight": (64, 2),
        "fc1.bias": (64,),
        "fc2.weight": (256, 64),
        "fc2.bias": (256,),
        "fc3_class.weight": (1000, 256),
        "fc3_class.bias": (1000,),
        "fc3_noise.weight": (128, 256),
        "fc3_noise.bias": (128,),
    }
    assert INPUT_ORDER == ("arousal", "valence")


def test_arousal_enters_by_the_first_input() -> None:
    network = Translator(2, 1)
    for parameter in network.parameters():
        parameter.data.zero_()
    network.fc1.weight.data[0] = torch.tensor([1.0, 0.0])
    network.fc2.weight.data[0, 0] = network.fc3_noise.weight.data[0, 0] = 1.0
    network.requires_grad_(False)
    track = SentimentTrack(np.array([7, 0], np.float32), np.array([0, 3], np.float32), 5.0)
    latents = NeuralTranslator("neural:test", network, (0, 1)).translate(track).latents
    np.testing.assert_allclose(latents[:, 0], [0, 3])


@pytest.mark.parametrize("kind", ["neural", "dictionary", "random"])
def test_every_translator_answers_alike(kind: str, fitted: NeuralTranslator) -> None:
    translator = {
        "neural": fitted,
        "dictionary": DictionaryTranslator("dictionary", *_grid_of_labels(), latent_dim=LATENT_DIM, seed=0),
        "random": RandomTranslator(LABELS, lambda n, seed: torch.ones(n, LATENT_DIM), seed=0),
    }[kind]
    answer = translator.translate(asked(30))
    assert answer.class_ids.dtype == np.int64
    assert answer.probabilities.shape == (30, len(LABELS))
    assert answer.latents.shape == (30, LATENT_DIM)
    assert answer.probabilities.dtype == answer.latents.dtype == np.float32
    np.testing.assert_allclose(answer.probabilities.sum(axis=1), 1, atol=1e-5)
    best = answer.probabilities[np.arange(30), answer.class_ids]
    np.testing.assert_array_equal(best, answer.probabilities.max(axis=1))


def test_chance_is_the_same_for_the_same_seed_and_uses_every_class() -> None:
    first, again, other = (
        RandomTranslator(LABELS, lambda n, seed: torch.zeros(n, 1), seed).translate(asked()) for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first.class_ids, again.class_ids)
    assert set(first.class_ids) == set(range(len(LABELS)))
    assert not np.array_equal(first.class_ids, other.class_ids)


def _grid_of_labels() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    ids = np.arange(len(LABELS))
    return ids % 4 - 1.5, ids // 4 - 1.0


def test_the_dictionary_never_chooses_a_class_without_a_known_word() -> None:
    valence, arousal = _grid_of_labels()
    valence[[0, 5]] = arousal[[0, 5]] = np.nan
    answer = DictionaryTranslator("dictionary", valence, arousal, LATENT_DIM, seed=0).translate(asked())
    assert not set(answer.class_ids) & {0, 5}
    np.testing.assert_array_equal(answer.probabilities[:, [0, 5]], 0)


def test_the_dictionarys_latents_are_small_and_do_not_depend_on_how_many_follow() -> None:
    translator = DictionaryTranslator("dictionary", *_grid_of_labels(), latent_dim=128, seed=4)
    long, short = translator.translate(asked(50)).latents, translator.translate(asked(7)).latents
    np.testing.assert_array_equal(long[:7], short)
    assert np.abs(long).max() <= 0.2
    assert long.std() == pytest.approx(0.088, abs=0.005)  # a normal cut off at ±2, times 0.1


@pytest.mark.parametrize(
    ("valence", "arousal", "expected"),
    [
        (-1.5, 1.3, {"explosion", "fire", "thunderstorm"}),
        (1.2, 1.6, {"fireworks", "shine"}),
        (-1.4, -1.3, {"cemetery", "garbage"}),
        (0.5, -1.0, {"daisy", "tulips", "grass", "lake"}),
    ],
)
def test_the_shipped_dictionary_knows_what_its_words_feel_like(
    valence: float, arousal: float, expected: set[str]
) -> None:
    point = SentimentTrack(np.array([valence], np.float32), np.array([arousal], np.float32), 5.0)
    rows = read_class_table("embedded")
    chosen = DictionaryTranslator.load("embedded").translate(point).class_ids[0]
    assert rows[chosen]["label"] in expected


@pytest.mark.parametrize(
    ("generator", "classes"), [("embedded", 31), ("biggan-deep-128", 1000), ("biggan-deep-512", 1000)]
)
def test_both_generators_have_a_dictionary(generator: str, classes: int) -> None:
    translator = DictionaryTranslator.load(generator)
    assert len(translator.valence) == classes
    known = translator.valence[np.isfinite(translator.valence)]
    assert len(known) > 0.7 * classes
    assert known.mean() == pytest.approx(0, abs=1e-3)
    assert known.std() == pytest.approx(1, abs=1e-3)


def test_a_generator_without_a_dictionary_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"class-sentiment-toy\.csv"):
        DictionaryTranslator.load("toy", models=tmp_path)


@dataclass(frozen=True)
class Toy:
    """As much of a generator as looking classes up takes."""

    name: str = "toy"
    classes: tuple[str, ...] = LABELS


def test_classes_are_found_by_name_in_the_order_given() -> None:
    assert class_ids("lake, Fire,ash,lake", Toy()) == [11, 5, 0]
    assert class_ids(["island"], Toy()) == [8]


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ("laek", "nearest are lake"),
        ("lake,beech", "nearest are beach"),
        ("xyzzy", "ash, beach, cave"),
        (" , ", "no classes given"),
    ],
)
def test_an_unknown_class_is_answered_with_what_there_is(names: str, sentence: str) -> None:
    with pytest.raises(BridgeError, match=sentence):
        class_ids(names, Toy())


def test_without_the_weight_file_the_error_names_it(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"embedded-translators\.safetensors"):
        view_count(tmp_path)
