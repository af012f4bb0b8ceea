"""BigGAN-deep paints what the package that it is built with paints, on whatever device."""

import math

import pytest
import torch
from pytorch_pretrained_biggan.model import BigGANBatchNorm
from torch.nn import functional as F

from deepsing_bridge.core.device import CPU, Device
from deepsing_bridge.generators.biggan import BIGGAN_SIZES, BigGANGenerator, biggan_architecture, biggan_classes

HALF_MEAN, HALF_MOST = 0.01, 0.1  # how far bfloat16 may be off, of pictures in 0..1


def settled(size: int, channel_width: int = 8) -> torch.nn.Module:
    """A BigGAN with random weights, narrow unless said, whose statistics are those of what passes through it.

    As in a trained one, so that nothing in it explodes; and every truncation has statistics of its own.
    """
    torch.manual_seed(0)
    model = biggan_architecture(size, channel_width).train()
    with torch.no_grad():
        model.generator.bn.weight.fill_(1)  # the package leaves them as the memory was
        model.generator.bn.bias.zero_()
        for _ in range(5):  # spectral norms settle
            model(torch.randn(1, 128), F.one_hot(torch.tensor([1]), 1000).float(), 0.4)
        norms = [module for module in model.modules() if isinstance(module, BigGANBatchNorm)]
        hooks = [norm.register_forward_pre_hook(take_statistics) for norm in norms]
        model.eval()(torch.randn(4, 128), F.one_hot(torch.arange(4), 1000).float(), 0.4)
        for hook, norm in zip(hooks, norms, strict=True):
            hook.remove()
            norm.running_vars *= torch.linspace(0.8, 1.2, len(norm.running_vars))[:, None]
    return model


def take_statistics(norm: BigGANBatchNorm, passing: tuple[torch.Tensor, ...]) -> None:
    norm.running_means[:] = passing[0].mean((0, 2, 3))
    norm.running_vars[:] = passing[0].var((0, 2, 3))


def biggan(name: str, device: Device = CPU) -> BigGANGenerator:
    return BigGANGenerator(name, settled(BIGGAN_SIZES[name]), biggan_classes(), device=device)


def wishes(generator: BigGANGenerator, count: int = 2) -> tuple[torch.Tensor, torch.Tensor]:
    """A class and a mixture of two, and a latent for each."""
    vectors = torch.zeros(count, 1000)
    vectors[0, 207] = 1
    vectors[1:, 107], vectors[1:, 980] = 0.3, 0.7
    return vectors, generator.sample_latents(count, 0)


@pytest.mark.parametrize(("name", "size"), BIGGAN_SIZES.items())
@pytest.mark.parametrize("truncation", [None, 0.1, 0.5, 1.0])
def test_biggan_paints_what_the_package_paints(name: str, size: int, truncation: float | None) -> None:
    generator, packages = biggan(name), settled(size)
    vectors, latents = wishes(generator)
    pictures = generator.generate(vectors, latents, truncation)
    truncation = truncation or generator.truncation
    drawn = (latents * truncation / generator.truncation).clamp(-2, 2)
    with torch.no_grad():
        expected = (packages(drawn, vectors, truncation) + 1) / 2
    assert pictures.shape == (2, 3, size, size)
    assert pictures.min() >= 0 and pictures.max() <= 1
    assert torch.allclose(pictures, expected, atol=1e-4)
    assert pictures[0].std() > 0.01


@pytest.mark.slow
def test_biggan_at_its_full_width_paints_what_the_package_paints() -> None:
    model = settled(128, channel_width=128)
    generator = BigGANGenerator("biggan-deep-128", model, biggan_classes())
    vectors, latents = wishes(generator)
    with torch.no_grad():
        expected = (settled(128, channel_width=128)(latents, vectors, generator.truncation) + 1) / 2
    assert torch.allclose(generator.generate(vectors, latents), expected, atol=1e-4)


@pytest.mark.parametrize("name", BIGGAN_SIZES)
def test_half_precision_is_near(name: str) -> None:
    """Random weights are its worst case: nothing in them averages out."""
    generator = biggan(name)
    vectors, latents = wishes(generator)
    far = (biggan(name, Device(half=True)).generate(vectors, latents) - generator.generate(vectors, latents)).abs()
    assert 0 < far.mean() < HALF_MEAN
    assert far.max() < HALF_MOST


def test_another_truncation_takes_other_statistics() -> None:
    generator = biggan("biggan-deep-128")
    vectors, latents = wishes(generator)
    pictures = [generator.generate(vectors, latents * (0.1 / share), share) for share in (0.1, 0.5)]  # the same latents
    assert not torch.allclose(*pictures, atol=1e-3)


def test_latents_that_were_drawn_at_one_truncation_are_rendered_at_another_as_they_are() -> None:
    """As the authors' are: neither scaled nor cut off, only the statistics are others."""
    model = settled(128)
    generator = BigGANGenerator("biggan-deep-128", model, biggan_classes(), 0.3, rendered_at=0.1)
    vectors, latents = wishes(generator)
    latents = latents * 20  # beyond ±2
    with torch.no_grad():
        expected = (settled(128)(latents, vectors, 0.1) + 1) / 2
    assert torch.allclose(generator.generate(vectors, latents), expected, atol=1e-4)


def test_all_of_biggan_is_on_its_device() -> None:
    """The meta device computes shapes only; but it refuses to be mixed with the CPU, as a GPU does."""
    generator = biggan("biggan-deep-128", Device("meta"))
    assert generator.generate(*wishes(generator)).device.type == "meta"


def test_biggan_has_as_many_upsamplings_as_its_size_needs() -> None:
    for size in BIGGAN_SIZES.values():
        layers = biggan_architecture(size, channel_width=8).config.layers
        assert 4 * 2 ** sum(upsample for upsample, _, _ in layers) == size
        assert layers[0][1] == 16 and layers[-1][2] == 1


def test_biggan_latents_keep_within_the_truncation() -> None:
    generator = BigGANGenerator("biggan-deep-128", biggan_architecture(128, channel_width=8), biggan_classes(), 0.3)
    assert generator.sample_latents(64, 0).abs().max() <= 0.6
    assert generator.latent_dim == 128 and math.isclose(generator.truncation, 0.3)
