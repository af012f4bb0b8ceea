"""A picture is made, stylized, fitted and turned to bytes on one device, and crosses once."""

import numpy as np
import pytest
import torch

from deepsing_bridge.core.device import CPU, Device
from deepsing_bridge.core.types import Sentiment
from deepsing_bridge.generators.load import load_generator
from deepsing_bridge.render import fit
from deepsing_bridge.render.film import BATCH, Film
from deepsing_bridge.render.fit import Pixels, begin_pixels, from_pixels, to_pixels
from deepsing_bridge.render.look import Look
from deepsing_bridge.render.moment import moments_of
from deepsing_bridge.render.still_painter import StillPainter
from deepsing_bridge.story.plan import plan
from deepsing_bridge.story.settings import Settings
from deepsing_bridge.story.storyboard import Storyboard
from deepsing_bridge.stylization.styles import Style, StyleBook
from deepsing_bridge.stylization.wct import Stylizer
from deepsing_bridge.translation.neural import NeuralTranslator
from tests.live.players import analysis

LOOK = Look(96, 64, "one", 0.5, grade=0.0)


def painter(device: Device) -> StillPainter:
    stylizer = Stylizer.load(device=device)
    style = Style("one", Sentiment(0.0, 0.0), stylizer.statistics(torch.rand(3, 32, 32)))
    return StillPainter(load_generator("embedded", device), stylizer, StyleBook([style]))


@pytest.fixture(scope="module")
def board() -> Storyboard:
    settings = Settings(width=96, height=64, style="one", blend=0.5, grade=0.0)
    return plan(analysis(), load_generator("embedded"), NeuralTranslator.load(0), settings, {})


def test_a_picture_crosses_once_as_bytes_of_its_finished_size(
    board: Storyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the device that computes shapes alone, which refuses to give anything to the processor before."""
    crossed: list[torch.Tensor] = []

    def arrived(tensor: torch.Tensor) -> object:
        crossed.append(tensor)
        return lambda: torch.zeros(tensor.shape, dtype=tensor.dtype)

    monkeypatch.setattr(fit, "crossing", arrived)
    on = painter(Device("meta"))
    moments = moments_of(board, 0, np.array([0.5, 1.0]))
    assert on.paint(board, moments, LOOK).shape == (2, 77, 96, 3)
    assert [(each.device.type, each.dtype, tuple(each.shape)) for each in crossed] == [
        ("meta", torch.uint8, (2, 77, 96, 3))
    ]


def test_a_scene_is_painted_in_smaller_batches_where_memory_is_short(
    board: Storyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    on, asked = painter(CPU), list[int]()
    wanted = Film(board, on).picture(0, 1.0)
    generate = on.generator.generate

    def short(vectors: torch.Tensor, latents: torch.Tensor, truncation: float | None = None) -> torch.Tensor:
        asked.append(len(vectors))
        if len(vectors) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return generate(vectors, latents, truncation)

    monkeypatch.setattr(on.generator, "generate", short)
    found = Film(board, on).picture(0, 1.0)
    assert asked[:3] == [BATCH, BATCH // 2, BATCH // 4]
    assert np.abs(found.astype(int) - wanted).max() <= 1


def test_bytes_become_the_numbers_that_they_were_made_of() -> None:
    pixels: Pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    picture = from_pixels(pixels, CPU)
    assert picture.shape == (1, 3, 5, 7)
    assert np.array_equal(to_pixels(picture)[0], pixels)
    assert np.array_equal(begin_pixels(picture)(), to_pixels(picture))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA card")
@pytest.mark.parametrize(("half", "off"), [(False, 1.0), (True, 3.0)])
def test_a_card_paints_what_the_processor_paints(half: bool, off: float, board: Storyboard) -> None:
    moments = moments_of(board, 0, np.array([0.5, 1.0]))
    torch.manual_seed(0)
    here = painter(CPU).paint(board, moments, LOOK)
    torch.manual_seed(0)
    there = painter(Device("cuda", half)).paint(board, moments, LOOK)
    assert np.abs(there.astype(int) - here).mean() < off
