"""Chance is repeatable, fair, and deaf."""

import numpy as np
import torch

from deepsing_bridge.translation.baseline import RandomTranslator
from tests.translation.toy import LABELS, asked


def test_chance_is_the_same_for_the_same_seed_and_uses_every_class() -> None:
    first, again, other = (
        RandomTranslator(LABELS, lambda n, seed: torch.zeros(n, 1), seed).translate(asked()) for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first.class_ids, again.class_ids)
    assert set(first.class_ids) == set(range(len(LABELS)))
    assert not np.array_equal(first.class_ids, other.class_ids)
