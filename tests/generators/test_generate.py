"""The generators keep one protocol; the embedded one answers latents and class vectors as it says."""

import math
from collections.abc import Callable

import pytest
import torch
from pytorch_pretrained_biggan.model import BigGANBatchNorm
from torch.nn import functional as F

from deepsing_bridge.core.device import CPU, Device
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.generators.generate import (
    BIGGAN_SIZES,
    STEERED,
    BigGANGenerator,
    EmbeddedGenerator,
    Generator,
    biggan_architecture,
    biggan_classes,
    light,
    load_generator,
    move_camera,
)

HALF_MEAN, HALF_MOST = 0.01, 0.1  # how far bfloat16 may be off, of pictures in 0..1


@pytest.fixture(scope="module")
def embedded() -> EmbeddedGenerator:
    return EmbeddedGenerator.load()


def vectors(generator: EmbeddedGenerator, *labels: str) -> torch.Tensor:
    ids = torch.tensor([generator.classes.index(label) for label in labels])
    return F.one_hot(ids, len(generator.classes)).float()


def test_pictures_have_the_native_size_and_range(embedded: EmbeddedGenerator) -> None:
    pictures = embedded.generate(vectors(embedded, "dog", "lake"), embedded.sample_latents(2, 0))
    assert pictures.shape == (2, 3, 256, 256)
    assert pictures.min() >= 0 and pictures.max() <= 1
    assert pictures.std() > 0.1


def test_a_seed_gives_the_same_latents_and_another_seed_others(embedded: EmbeddedGenerator) -> None:
    assert torch.equal(embedded.sample_latents(3, 5), embedded.sample_latents(3, 5))
    assert not torch.equal(embedded.sample_latents(3, 5), embedded.sample_latents(3, 6))
    assert embedded.sample_latents(100, 0).abs().max() <= 2


def test_the_class_vector_decides_what_is_recalled(embedded: EmbeddedGenerator) -> None:
    share = embedded.recall(vectors(embedded, "fire"), embedded.sample_latents(1, 3))
    of_fire = embedded.class_ids == embedded.classes.index("fire")
    assert share.sum() == pytest.approx(1, abs=1e-5)
    assert share[0, of_fire].sum() == pytest.approx(1, abs=1e-5)


def test_a_mixture_of_classes_recalls_both_in_its_proportions(embedded: EmbeddedGenerator) -> None:
    mixture = vectors(embedded, "fire", "snow").mean(0, keepdim=True)
    share = embedded.recall(mixture, embedded.sample_latents(1, 3))
    for label in ("fire", "snow"):
        of_class = embedded.class_ids == embedded.classes.index(label)
        assert share[0, of_class].sum() == pytest.approx(0.5, abs=1e-5)


def test_the_length_of_a_latent_does_not_change_what_is_recalled(embedded: EmbeddedGenerator) -> None:
    latent = embedded.sample_latents(1, 4)
    vector = vectors(embedded, "dog")
    assert torch.allclose(embedded.recall(vector, latent), embedded.recall(vector, 0.2 * latent), atol=1e-4)


def test_every_remembered_code_can_be_recalled(embedded: EmbeddedGenerator) -> None:
    latents = F.pad(embedded.keys, (STEERED, 0))
    vector = F.one_hot(embedded.class_ids, len(embedded.classes)).float()
    assert torch.equal(embedded.recall(vector, latents).argmax(1), torch.arange(len(latents)))


def test_a_picture_is_the_same_alone_and_in_a_batch(embedded: EmbeddedGenerator) -> None:
    latents, classes = embedded.sample_latents(3, 1), vectors(embedded, "cat", "beach", "rain")
    together = embedded.generate(classes, latents)
    alone = embedded.generate(classes[1:2], latents[1:2])
    assert torch.allclose(together[1:2], alone, atol=1e-4)


def test_zooming_in_enlarges_the_middle() -> None:
    picture = torch.zeros(1, 3, 64, 64)
    picture[..., 24:40, 24:40] = 1
    far, near = (move_camera(picture, torch.tensor([[z, 0.0, 0.0]])).sum() for z in (-2.0, 2.0))
    assert near > 1.2 * far


def test_panning_right_shows_what_lies_to_the_right() -> None:
    ramp = torch.linspace(0, 1, 64).expand(1, 3, 64, 64)
    left, right = (move_camera(ramp, torch.tensor([[0.0, pan, 0.0]])).mean() for pan in (-2.0, 2.0))
    assert right > left + 0.05


@pytest.mark.parametrize(
    ("number", "brighter_of"), [(3, lambda p: p.mean()), (4, lambda p: p[:, 0].mean() - p[:, 2].mean())]
)
def test_light_is_steered(number: int, brighter_of) -> None:
    picture = torch.full((1, 3, 8, 8), 0.4)
    steering = torch.zeros(2, 6)
    steering[0, number], steering[1, number] = -2, 2
    low, high = light(picture.expand(2, -1, -1, -1), steering)
    assert brighter_of(high[None]) > brighter_of(low[None]) + 0.03


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
    reach = 2 * (truncation or 1)
    with torch.no_grad():
        expected = (packages(latents.clamp(-reach, reach), vectors, truncation or generator.truncation) + 1) / 2
    assert pictures.shape == (2, 3, size, size)
    assert pictures.min() >= 0 and pictures.max() <= 1
    assert torch.allclose(pictures, expected, atol=1e-4)
    assert pictures[0].std() > 0.01


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
    small = latents.clamp(-0.2, 0.2)  # within both
    assert not torch.allclose(
        generator.generate(vectors, small, 0.1), generator.generate(vectors, small, 0.5), atol=1e-3
    )


@pytest.mark.parametrize("make", [lambda: biggan("biggan-deep-128"), lambda: load_generator("embedded")])
def test_truncation_cuts_latents_off(make: Callable[[], Generator]) -> None:
    generator = make()
    vectors = F.one_hot(torch.tensor([3]), len(generator.classes)).float()
    far, edge = torch.full((1, generator.latent_dim), 9.0), torch.full((1, generator.latent_dim), 0.5)
    assert torch.equal(generator.generate(vectors, far, 0.25), generator.generate(vectors, edge, 0.25))


def test_all_of_biggan_is_on_its_device() -> None:
    """The meta device computes shapes only; but it refuses to be mixed with the CPU, as a GPU does."""
    generator = biggan("biggan-deep-128", Device("meta"))
    with pytest.raises(NotImplementedError, match="out of meta"):  # that is where the pictures are fetched
        generator.generate(*wishes(generator))


def test_a_device_that_is_not_there_is_told() -> None:
    with pytest.raises(BridgeError, match=r"device 'cuda:99': not there.*there: cpu"):
        Device.of("cuda:99")
    with pytest.raises(BridgeError, match="expected one of float32, bfloat16"):
        Device.of("cpu", "float8")
    assert Device.of("cpu", "bfloat16") == Device("cpu", half=True)


def test_biggan_has_as_many_upsamplings_as_its_size_needs() -> None:
    for size in BIGGAN_SIZES.values():
        layers = biggan_architecture(size, channel_width=8).config.layers
        assert 4 * 2 ** sum(upsample for upsample, _, _ in layers) == size
        assert layers[0][1] == 16 and layers[-1][2] == 1


def test_biggan_latents_keep_within_the_truncation() -> None:
    generator = BigGANGenerator("biggan-deep-128", biggan_architecture(128, channel_width=8), biggan_classes(), 0.3)
    assert generator.sample_latents(64, 0).abs().max() <= 0.6
    assert generator.latent_dim == 128 and math.isclose(generator.truncation, 0.3)


def test_an_unknown_generator_is_named_with_the_known_ones() -> None:
    with pytest.raises(BridgeError, match="'stylegan': expected one of embedded, biggan-deep-128"):
        load_generator("stylegan")


def test_missing_weights_are_told_in_a_sentence() -> None:
    with pytest.raises(BridgeError, match="biggan-deep-512: its weights are not installed"):
        load_generator("biggan-deep-512")
