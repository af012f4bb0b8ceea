"""The dictionary chooses the class whose name feels as was asked."""

from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import SentimentTrack
from deepsing_bridge.translation.dictionary import DictionaryTranslator
from deepsing_bridge.weights.class_tables import read_class_table
from tests.translation.toy import LATENT_DIM, asked, grid_of_labels


def test_the_dictionary_never_chooses_a_class_without_a_known_word() -> None:
    valence, arousal = grid_of_labels()
    valence[[0, 5]] = arousal[[0, 5]] = np.nan
    answer = DictionaryTranslator("dictionary", valence, arousal, LATENT_DIM, seed=0).translate(asked())
    assert not set(answer.class_ids) & {0, 5}
    np.testing.assert_array_equal(answer.probabilities[:, [0, 5]], 0)


def test_the_dictionarys_latents_are_small_and_do_not_depend_on_how_many_follow() -> None:
    translator = DictionaryTranslator("dictionary", *grid_of_labels(), latent_dim=128, seed=4)
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
    with pytest.raises(BridgeError, match=r"generator toy: no table .* train dictionary --generator toy"):
        DictionaryTranslator.load("toy", models=tmp_path)
