"""What every translator does alike."""

import numpy as np
import pytest
import torch

from deepsing_bridge.translation.baseline import RandomTranslator
from deepsing_bridge.translation.dictionary import DictionaryTranslator
from deepsing_bridge.translation.network import Translator
from deepsing_bridge.translation.neural import NeuralTranslator
from tests.translation.toy import LABELS, LATENT_DIM, asked, grid_of_labels


@pytest.mark.parametrize("kind", ["neural", "dictionary", "random"])
def test_every_translator_answers_alike(kind: str) -> None:
    translator = {
        "neural": NeuralTranslator("neural:test", Translator(len(LABELS), LATENT_DIM).requires_grad_(False), (0, 5)),
        "dictionary": DictionaryTranslator("dictionary", *grid_of_labels(), latent_dim=LATENT_DIM, seed=0),
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
