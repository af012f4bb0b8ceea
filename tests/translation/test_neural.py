"""The neural translator does what it was asked for, on a made-up generator of twelve classes."""

from pathlib import Path

import numpy as np
import pytest
import torch

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import SentimentTrack
from deepsing_bridge.translation import neural
from deepsing_bridge.translation.attribute_view import SampleTable, stable_view
from deepsing_bridge.translation.baseline import RandomTranslator
from deepsing_bridge.translation.class_names import class_ids
from deepsing_bridge.translation.network import Translator
from deepsing_bridge.translation.neural import NeuralTranslator, view_count
from deepsing_bridge.translation.protocol import Translation
from tests.translation.toy import LABELS, LATENT_DIM, Toy, asked, felt, sampled


def correlations(track: SentimentTrack, answer: Translation) -> tuple[float, float]:
    valence, arousal = felt(answer.class_ids, answer.latents)
    return float(np.corrcoef(track.valence, valence)[0, 1]), float(np.corrcoef(track.arousal, arousal)[0, 1])


def viewed(table: SampleTable, seed: int) -> NeuralTranslator:
    return NeuralTranslator.of_view("neural:all", stable_view(table, seed=seed), seed)


@pytest.fixture
def few_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what does not depend on how well the network has learned."""
    monkeypatch.setattr(neural, "EPOCHS", 5)


@pytest.fixture(scope="module")
def table() -> SampleTable:
    return sampled()


@pytest.fixture(scope="module")
def fitted(table: SampleTable) -> NeuralTranslator:
    return viewed(table, seed=0)


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


def test_without_the_weight_file_the_error_names_it(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"embedded-translators\.safetensors"):
        view_count(tmp_path)
