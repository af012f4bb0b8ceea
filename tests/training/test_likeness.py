import numpy as np
import pytest

from deepsing_bridge.generators.load import load_generator
from deepsing_bridge.generators.photos import EMBEDDED
from deepsing_bridge.training.likeness import class_likeness
from tests.colours import CLASSES, Colours


def test_every_class_is_most_like_itself() -> None:
    likeness = class_likeness(Colours(native_size=32), pictures=2)
    assert likeness.shape == (CLASSES, CLASSES)
    assert np.allclose(np.diag(likeness), 1, atol=1e-5)
    assert np.allclose(likeness, likeness.T, atol=1e-5)
    assert likeness.min() < 0 and (likeness.argmax(axis=1) == np.arange(CLASSES)).all()


@pytest.mark.slow
def test_flowers_are_more_like_flowers_than_like_prisons() -> None:
    generator = load_generator(EMBEDDED)
    likeness = class_likeness(generator, pictures=4)
    rose, tulip, prison = (generator.classes.index(name) for name in ("roses", "tulips", "prison"))
    assert likeness[rose, tulip] > likeness[rose, prison] + 0.2


@pytest.mark.slow
def test_the_same_seed_looks_at_the_same_pictures() -> None:
    colours = Colours(native_size=32)
    assert np.array_equal(class_likeness(colours, 2, seed=1), class_likeness(colours, 2, seed=1))
    assert class_likeness(colours, 2, seed=1) != pytest.approx(class_likeness(colours, 2, seed=2))
