"""The photo generator answers latents and class vectors as it says."""

import pytest
import torch
from torch.nn import functional as F

from deepsing_bridge.generators.photos import STEERED, PhotoGenerator, light, move_camera, without_mesh


@pytest.fixture(scope="module")
def embedded() -> PhotoGenerator:
    return PhotoGenerator.load()


def vectors(generator: PhotoGenerator, *labels: str) -> torch.Tensor:
    ids = torch.tensor([generator.classes.index(label) for label in labels])
    return F.one_hot(ids, len(generator.classes)).float()


def test_pictures_have_the_native_size_and_range(embedded: PhotoGenerator) -> None:
    pictures = embedded.generate(vectors(embedded, "dog", "lake"), embedded.sample_latents(2, 0))
    assert pictures.shape == (2, 3, 256, 256)
    assert pictures.min() >= 0 and pictures.max() <= 1
    assert pictures.std() > 0.1


def test_a_seed_gives_the_same_latents_and_another_seed_others(embedded: PhotoGenerator) -> None:
    assert torch.equal(embedded.sample_latents(3, 5), embedded.sample_latents(3, 5))
    assert not torch.equal(embedded.sample_latents(3, 5), embedded.sample_latents(3, 6))
    assert embedded.sample_latents(100, 0).abs().max() <= 2


def test_the_class_vector_decides_what_is_recalled(embedded: PhotoGenerator) -> None:
    share = embedded.recall(vectors(embedded, "fire"), embedded.sample_latents(1, 3))
    of_fire = embedded.class_ids == embedded.classes.index("fire")
    assert share.sum() == pytest.approx(1, abs=1e-5)
    assert share[0, of_fire].sum() == pytest.approx(1, abs=1e-5)


def test_a_mixture_of_classes_recalls_both_in_its_proportions(embedded: PhotoGenerator) -> None:
    mixture = vectors(embedded, "fire", "snow").mean(0, keepdim=True)
    share = embedded.recall(mixture, embedded.sample_latents(1, 3))
    for label in ("fire", "snow"):
        of_class = embedded.class_ids == embedded.classes.index(label)
        assert share[0, of_class].sum() == pytest.approx(0.5, abs=1e-5)


def test_the_length_of_a_latent_does_not_change_what_is_recalled(embedded: PhotoGenerator) -> None:
    latent = embedded.sample_latents(1, 4)
    vector = vectors(embedded, "dog")
    assert torch.allclose(embedded.recall(vector, latent), embedded.recall(vector, 0.2 * latent), atol=1e-4)


def test_every_remembered_code_can_be_recalled(embedded: PhotoGenerator) -> None:
    latents = F.pad(embedded.keys, (STEERED, 0))
    vector = F.one_hot(embedded.class_ids, len(embedded.classes)).float()
    assert torch.equal(embedded.recall(vector, latents).argmax(1), torch.arange(len(latents)))


def test_a_picture_is_the_same_alone_and_in_a_batch(embedded: PhotoGenerator) -> None:
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


def test_nothing_is_woven_into_pictures(embedded: PhotoGenerator) -> None:
    """At a period of two pixels there is no more than at longer ones, as in photos."""
    labels = embedded.classes[::4]
    pictures = embedded.generate(vectors(embedded, *labels), embedded.sample_latents(len(labels), 1))
    power = torch.fft.rfft(pictures - pictures.mean(3, keepdim=True), dim=3).abs().pow(2).mean(dim=(0, 1, 2))
    assert power[100:].max() < 1.5 * power[100:].median()  # the camera moves the period of two pixels thereabouts


def test_a_mesh_is_taken_away_and_what_is_even_stays() -> None:
    mesh = 0.5 + 0.1 * (torch.arange(64) % 2).float().expand(1, 3, 64, 64)
    assert without_mesh(mesh)[..., 2:-2].std() < 1e-6
    even = torch.full((1, 3, 16, 16), 0.3)
    assert torch.allclose(without_mesh(even), even)
