"""Generators are found by name, and it is told what is not there."""

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.generators.biggan import BIGGAN_TRUNCATION
from deepsing_bridge.generators.load import GENERATORS, load_generator, own_truncation


def test_an_unknown_generator_is_named_with_the_known_ones() -> None:
    with pytest.raises(BridgeError, match="'stylegan': expected one of embedded, worlds, biggan-deep-128"):
        load_generator("stylegan")


def test_missing_weights_are_told_in_a_sentence() -> None:
    with pytest.raises(BridgeError, match="biggan-deep-512: its weights are not installed"):
        load_generator("biggan-deep-512")


def test_every_generator_has_the_truncation_it_was_made_for() -> None:
    assert [own_truncation(name) for name in GENERATORS] == 2 * [1.0] + 3 * [BIGGAN_TRUNCATION]
    assert load_generator("embedded").truncation == own_truncation("embedded") == own_truncation("mine")
