"""The generators keep one protocol; the embedded one answers latents and class vectors as it says."""

import math

import pytest
import torch
from torch.nn import functional as F

from deepsing_bridge.errors import BridgeError
from deepsing_bridge.pipeline.generate import (
    BIGGAN_SIZES,
    STEERED,
    BigGANGenerator,
    EmbeddedGenerator,
    biggan_architecture,
    biggan_classes,
    light,
    load_generator,
    move_camera,
)


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


def biggan(name: str) -> BigGANGenerator:
    """A narrow BigGAN with random weights, its spectral norms settled by a few forward passes."""
    torch.manual_seed(0)
    model = biggan_architecture(BIGGAN_SIZES[name], channel_width=8).train()
    with torch.no_grad():
        for _ in range(5):
            model(torch.randn(1, 128), F.one_hot(torch.tensor([1]), 1000).float(), 0.4)
    return BigGANGenerator(name, model, biggan_classes())


@pytest.mark.parametrize(("name", "size"), BIGGAN_SIZES.items())
def test_biggan_of_every_size_paints_through_the_package(name: str, size: int) -> None:
    generator = biggan(name)
    vector = F.one_hot(torch.tensor([207]), 1000).float()
    pictures = generator.generate(vector, generator.sample_latents(1, 0))
    assert pictures.shape == (1, 3, size, size)
    assert pictures.min() >= 0 and pictures.max() <= 1


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
