"""BigGAN-deep in OpenMMLab's naming becomes the package's, and paints the same."""

from pathlib import Path

import pytest
import torch
from torch import nn

from deepsing_bridge.checkpoints import openmmlab
from deepsing_bridge.checkpoints.pull import pull
from deepsing_bridge.checkpoints.state_dict import shapes_of
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import no_progress
from deepsing_bridge.generators.biggan import BigGANGenerator, biggan_architecture, biggan_classes
from deepsing_bridge.generators.load import load_generator
from tests.checkpoints.biggan import FILE, NAME, random_biggan
from tests.checkpoints.openmmlabbiggan import TRUNCATION, OpenMMLabBigGAN
from tests.generators.test_biggan import settled

SIZE = 128


def painted(model: nn.Module) -> torch.Tensor:
    """What the package's architecture paints of two classes with the weights of `model`."""
    generator = BigGANGenerator(NAME, model, biggan_classes(), TRUNCATION)
    vectors = nn.functional.one_hot(torch.tensor([207, 980]), 1000).float()
    return generator.generate(vectors, generator.sample_latents(2, 0))


def painted_by_theirs(theirs: OpenMMLabBigGAN) -> torch.Tensor:
    latents = BigGANGenerator(NAME, settled(SIZE), biggan_classes(), TRUNCATION).sample_latents(2, 0)
    return (theirs(latents, torch.tensor([207, 980])) + 1) / 2


def with_attention(model: nn.Module) -> nn.Module:
    with torch.no_grad():
        model.generator.layers[8].gamma.fill_(0.7)
    return model


def test_what_was_converted_paints_what_theirs_paints() -> None:
    theirs = OpenMMLabBigGAN(with_attention(settled(SIZE)))
    package = biggan_architecture(SIZE, 8)
    package.load_state_dict(openmmlab.to_package(theirs.state_dict(), shapes_of(package)))
    expected = painted_by_theirs(theirs)
    assert expected.std() > 0.01
    assert torch.allclose(painted(package), expected, atol=1e-4)


def test_theirs_has_the_names_and_shapes_that_are_expected() -> None:
    theirs = shapes_of(OpenMMLabBigGAN(settled(SIZE)))
    there = {name: shape for name, shape in theirs.items() if not name.endswith("num_batches_tracked")}
    assert openmmlab.openmmlab_shapes(shapes_of(biggan_architecture(SIZE, 8))) == there


@pytest.mark.parametrize("prefix", ["", "generator.", "generator_ema."])
def test_a_mirror_s_file_is_known_by_what_is_in_it(prefix: str, tmp_path: Path, home: Path) -> None:
    """As it is published, of one model or a whole one with a discriminator, whatever it is called."""
    model = random_biggan()
    theirs = OpenMMLabBigGAN(model)
    state = {prefix + name: tensor for name, tensor in theirs.state_dict().items()}
    whole = {"meta": {}, "state_dict": state | ({"discriminator.x": torch.zeros(1)} if prefix else {})}
    torch.save(whole, tmp_path / FILE)
    pull(NAME, lambda stage: no_progress, str(tmp_path))
    latents = torch.randn(1, 128, generator=torch.Generator().manual_seed(0)).clamp(-0.8, 0.8)
    vector = nn.functional.one_hot(torch.tensor([980]), 1000).float()
    expected = (theirs(latents, torch.tensor([980])) + 1) / 2
    assert torch.allclose(load_generator(NAME).generate(vector, latents), expected, atol=1e-3)


def test_of_another_size_it_is_refused(tmp_path: Path, home: Path) -> None:
    torch.save(OpenMMLabBigGAN(settled(SIZE)).state_dict(), tmp_path / FILE)
    with pytest.raises(BridgeError, match=r"expected \d+.*another size"):
        pull(NAME, lambda stage: no_progress, str(tmp_path))
