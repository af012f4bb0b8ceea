"""Does what is seen in pictures of one size hold for another?

    python -m bench.sizes [--classes 12] [--pictures 6]

Two questions. Of BigGAN, of random weights: is the same class and latent felt alike at 128, 256 and 512 pixels? Each
size is a network of its own. Of photos: are the same pictures felt alike by the estimator when they are shown at these
sizes? Pearson's r over all pictures, valence and arousal, and over the means of classes.
"""

import argparse
from itertools import combinations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from bench.performance.baselines import random_biggan
from deepsing_bridge.attributes import image_models
from deepsing_bridge.core.types import SentimentTrack
from deepsing_bridge.generators.biggan import BIGGAN_SIZES, BigGANGenerator, biggan_classes
from deepsing_bridge.generators.load import load_generator
from deepsing_bridge.generators.photos import EMBEDDED
from deepsing_bridge.generators.protocol import Generator
from deepsing_bridge.training.metrics import correlation
from deepsing_bridge.training.sampling import estimate_samples

Felt = dict[int, SentimentTrack]
"""By pixels a side."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--classes", type=int, default=12)
    options.add_argument("--pictures", type=int, default=6, help="of each class")
    given = options.parse_args()
    estimate = image_models.load(image_models.PAPER).estimate
    for what, seen in (("BigGAN, random", _biggan), ("photos, shown larger", _photos)):
        felt = seen(given.classes, given.pictures, estimate)
        for one, other in combinations(sorted(felt), 2):
            for axis in ("valence", "arousal"):
                here, there = (getattr(felt[size], axis) for size in (one, other))
                means = correlation(*(_means(values, given.pictures) for values in (here, there)))
                print(
                    f"{what}, {one} and {other}, {axis}: r {correlation(here, there):.3f}, "
                    f"of classes' means {means:.3f}, differ by {np.abs(here - there).mean():.3f}, sd {here.std():.3f}",
                    flush=True,
                )


def _biggan(classes: int, pictures: int, estimate: object) -> Felt:
    ids = np.repeat(np.linspace(0, 999, classes).astype(np.int64), pictures)
    felt = {}
    for name, size in BIGGAN_SIZES.items():
        generator = BigGANGenerator(name, random_biggan(size), biggan_classes())
        felt[size] = estimate_samples(generator, estimate, ids, generator.sample_latents(len(ids), 0))
    return felt


def _photos(classes: int, pictures: int, estimate: object) -> Felt:
    generator = load_generator(EMBEDDED)
    ids = np.repeat(np.arange(classes), pictures)
    latents = generator.sample_latents(len(ids), 0)
    return {size: _shown(generator, ids, latents, size, estimate) for size in BIGGAN_SIZES.values()}


@torch.inference_mode()
def _shown(
    generator: Generator, ids: NDArray[np.int64], latents: Tensor, size: int, estimate: object
) -> SentimentTrack:
    vectors = F.one_hot(torch.from_numpy(ids), len(generator.classes)).float()
    large = F.interpolate(generator.generate(vectors, latents), (512, 512), mode="bilinear", antialias=True)
    return estimate(F.interpolate(large, (size, size), mode="bilinear", antialias=True))


def _means(values: NDArray[np.float32], pictures: int) -> NDArray[np.float32]:
    return values.reshape(-1, pictures).mean(axis=1)


if __name__ == "__main__":
    main()
