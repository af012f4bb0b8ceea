"""How like the classes of a generator are to each other, by the pictures that it makes of them.

The paper's conclusion asks for semantic similarity. A network that was taught to tell ImageNet's thousand things apart
places pictures by what is on them; so two classes are alike if their pictures lie in the same direction there. That
needs no list of names, and works for any generator.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from ..attributes.backbones import frozen_features
from ..core.types import Progress, no_progress
from ..generators.protocol import Generator

PICTURES = 12  # of each class


def class_likeness(
    generator: Generator, pictures: int = PICTURES, seed: int = 0, progress: Progress = no_progress
) -> NDArray[np.float32]:
    """(classes, classes) cosines in −1..1, 1 on the diagonal: of the classes' mean features, less the mean of them all.

    Without the latter every two classes would be much alike, for being pictures at all. `progress` counts classes.
    """
    count = len(generator.classes)
    means = torch.stack([_mean_features(generator, class_id, pictures, seed, progress) for class_id in range(count)])
    directions = F.normalize(means - means.mean(0), dim=1)
    return (directions @ directions.T).numpy()


def _mean_features(generator: Generator, class_id: int, pictures: int, seed: int, progress: Progress) -> torch.Tensor:
    latents = generator.sample_latents(pictures, seed + class_id)
    vectors = torch.zeros(pictures, len(generator.classes))
    vectors[:, class_id] = 1
    mean = frozen_features(generator.generate(vectors, latents).cpu()).mean(0)
    progress(class_id + 1, len(generator.classes))
    return mean
