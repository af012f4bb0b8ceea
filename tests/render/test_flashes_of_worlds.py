"""The shipped worlds at the worst that music and knobs can do to them: none flashes dangerously."""

import numpy as np
import pytest

from deepsing_bridge.core.types import Levels
from deepsing_bridge.generators.load import load_generator
from deepsing_bridge.generators.protocol import Instant, MovingGenerator, truncated_normal
from deepsing_bridge.generators.worlds import WORLDS, class_name, shader_files
from deepsing_bridge.render.flashes import FlashLimiter
from deepsing_bridge.weights.files import MODELS
from tests.flashes import RATE, most_flashes
from tests.opengl import opengl

SECONDS = 3
FASTEST = 3.0  # of a world's clock, in seconds a second: energy and onsets at their highest, react at 1
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def worlds() -> MovingGenerator:
    opengl()
    generator = load_generator(WORLDS)
    assert isinstance(generator, MovingGenerator)
    return generator


def music(frame: int) -> Levels:
    """Everything at once, on and off, six times a second."""
    on = float(frame // 2 % 2)
    return Levels(on, on, on, on, 1.0)


@pytest.mark.parametrize("name", [class_name(file.stem) for file in shader_files(MODELS / WORLDS)])
def test_a_world_does_not_flash_whatever_sounds(worlds: MovingGenerator, name: str) -> None:
    latent = truncated_normal(1, worlds.latent_dim, seed=len(name)).numpy()[0].astype(np.float32)
    limiter = FlashLimiter(RATE)
    shown = []
    for frame in range(round(SECONDS * RATE)):
        instant = Instant(FASTEST * frame / float(RATE), music(frame))
        shown.append(limiter.limit(worlds.draw(worlds.classes.index(name), latent, instant, 96, 54)))
    assert most_flashes(shown) <= 3
