"""How often worlds are named right by a linear probe that has only seen photos of what they show:

    python -m bench.worlds_probe --data ../shared/data

The probe is the generator's training's: a logistic regression on frozen features of EfficientNet-Lite0, every class
weighed equally, fitted on all photos of `DATA/photos` whose class is a world by name, too. Sunrise and sunset are one.
`destruction`, `street` and `grass` are no such classes: ruins in dust, a street in rain and a meadow are other things
than most of their photos show. Of each class there are as many pictures, drawn anew from `--seed`; of two worlds of
one class, half each.
"""

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from deepsing_bridge.generators.load import load_generator
from deepsing_bridge.generators.protocol import Generator
from deepsing_bridge.generators.worlds import WORLDS
from deepsing_bridge.training.example_photos import Photos, read_photos
from deepsing_bridge.training.photo_probe import photo_features, probe

PER_CLASS = 16  # 13 classes: about 200 pictures
CLASSES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # name → photos' labels, worlds
    "beach": (("beach",), ("beach",)),
    "clouds": (("cloudy",), ("clouds",)),
    "explosion": (("explosion",), ("explosion",)),
    "fire": (("fire",), ("fire",)),
    "fireworks": (("fireworks",), ("fireworks",)),
    "flowers": (("sunflowers", "daisy"), ("flowers",)),
    "galaxy": (("galaxy",), ("galaxy",)),
    "lake": (("lake",), ("lake",)),
    "prison": (("prison",), ("prison",)),
    "rain": (("rain",), ("rain",)),
    "snow": (("snow",), ("snowfall",)),
    "storm": (("thunderstorm",), ("storm clouds",)),
    "sun low": (("sunrise", "sunset"), ("sunrise", "sunset")),
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True, help="holds photos/index.csv and the photos")
    options.add_argument("--per-class", type=int, default=PER_CLASS, help=f"pictures of each ({PER_CLASS})")
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    photos = read_photos(given.data / "photos")
    names, fitted = list(CLASSES), probe()
    chosen, labels = named_photos(photos)
    fitted.fit(photo_features(photos.subset(chosen).pixels), labels)
    generator = load_generator(WORLDS)
    shares = []
    for index, (name, (_, worlds)) in enumerate(CLASSES.items()):
        told = fitted.predict(photo_features(pictures(generator, worlds, given.per_class, given.seed)))
        shares.append(float((told == index).mean()))
        wrong = Counter(names[one] for one in told if one != index).most_common(3)
        print(f"{name:10} {shares[-1]:4.0%}  {', '.join(f'{label} {count}' for label, count in wrong)}", flush=True)
    print(f"all        {np.mean(shares):4.0%}  of {given.per_class * len(names)} pictures; least {min(shares):.0%}")


def named_photos(photos: Photos) -> tuple[np.ndarray, np.ndarray]:
    """Indices of the photos that belong to one of `CLASSES`, and the class's index of each."""
    index_of = {label: index for index, (labels, _) in enumerate(CLASSES.values()) for label in labels}
    own = np.array([index_of.get(photos.classes[one], -1) for one in photos.class_ids])
    chosen = np.flatnonzero(own >= 0)
    return chosen, own[chosen]


def pictures(generator: Generator, worlds: tuple[str, ...], count: int, seed: int) -> torch.Tensor:
    """(count, 3, 256, 256) uint8 pictures of `worlds`, in turn."""
    ids = torch.tensor([generator.classes.index(worlds[one % len(worlds)]) for one in range(count)])
    vectors = F.one_hot(ids, len(generator.classes)).float()
    return (generator.generate(vectors, generator.sample_latents(count, seed)) * 255).round().byte()


if __name__ == "__main__":
    main()
