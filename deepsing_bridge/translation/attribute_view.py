"""Samples of a generator → a stable attribute view of it (paper section 2.2, Algorithm 1).

A view is a `SampleTable` like the one it comes from: of fewer classes, and with every pair replaced by its
smoothed target. Knows neither generators nor networks: line 2 of the algorithm, the sampling, is in
`training.sampling`.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import weights
from ..core.errors import BridgeError
from ..core.invocation import command
from ..weights.files import MODELS

FEWEST_CLUSTERS, MOST_CLUSTERS = 10, 20
"""N_K, the most classes that a view can have. More are truer and more varied (docs/experiments/sweep.md); 10 is the
reference implementation's choice."""
SUB_CLUSTERS = 12
"""N_S, the kinds of picture kept of each class: the paper wants over 10 (its authors' script takes 10)."""
LIKENESS_SHARPNESS = 10.0
"""Where it begins to show (docs/experiments/likeness.md); more leaves a song few classes."""


@dataclass(frozen=True)
class SampleTable:
    """N sampled pictures of a generator, and how they feel to the visual estimator.

    `class_ids` (N,); `latents` (N, latent_dim); `valence` and `arousal` (N,), z-scores. `classes` are the
    labels of all the generator's classes, whether or not there are samples of them.
    """

    generator: str
    classes: tuple[str, ...]
    class_ids: NDArray[np.int64]
    latents: NDArray[np.float32]
    valence: NDArray[np.float32]
    arousal: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.class_ids)

    def of_classes(self, wanted: Collection[int]) -> "SampleTable":
        """The samples of the `wanted` classes."""
        rows = np.isin(self.class_ids, list(wanted))
        return replace(
            self,
            class_ids=self.class_ids[rows],
            latents=self.latents[rows],
            valence=self.valence[rows],
            arousal=self.arousal[rows],
        )


def samples_file(generator: str) -> str:
    """The name of the weight file that holds the sample table of `generator`."""
    return f"{generator}-samples.safetensors"


def load_samples(generator: str, models: Path = MODELS) -> SampleTable:
    """The sample table of `generator` in `models`. Raises BridgeError if there is none."""
    name = samples_file(generator)
    if name not in weights.manifest(models):
        made = command(f"train translator --generator {generator}")
        raise BridgeError(f"generator {generator}: no samples of it are here to fit a palette to; {made} makes them")
    columns = {key: tensor.numpy() for key, tensor in weights.load(name, models).items()}
    return SampleTable(
        generator=generator,
        classes=tuple(json.loads(weights.header(name, models)["classes"])),
        class_ids=columns["class_ids"].astype(np.int64),
        latents=columns["latents"].astype(np.float32),
        valence=columns["valence"],
        arousal=columns["arousal"],
    )


Draw = Callable[[NDArray[np.int64], Collection[int], np.random.Generator], int]
"""The classes of a cluster's samples (n,), those drawn for other clusters, and chance → the class for this cluster."""


def by_cardinality(samples: NDArray[np.int64], drawn: Collection[int], chance: np.random.Generator) -> int:
    """The paper's way: with the probability of observing a class in the cluster, as drawing a sample does."""
    return int(chance.choice(samples))


def by_likeness(likeness: NDArray[np.float32], sharpness: float = LIKENESS_SHARPNESS) -> Draw:
    """The paper's open question (section 4): rather classes that are like those drawn already.

    `likeness` (classes, classes) in −1..1. A class's cardinality is weighed by e to the `sharpness` times its mean
    likeness to the drawn ones; with 0 it is `by_cardinality`.
    """

    def draw(samples: NDArray[np.int64], drawn: Collection[int], chance: np.random.Generator) -> int:
        if not drawn:
            return by_cardinality(samples, drawn, chance)
        classes, counts = np.unique(samples, return_counts=True)
        weight = counts * np.exp(sharpness * likeness[np.ix_(classes, np.array(sorted(drawn)))].mean(axis=1))
        return int(chance.choice(classes, p=weight / weight.sum()))

    return draw


def stable_view(
    table: SampleTable,
    *,
    clusters: int | None = None,
    sub_clusters: int = SUB_CLUSTERS,
    seed: int = 0,
    draw: Draw = by_cardinality,
) -> SampleTable:
    """All of Algorithm 1: at most `clusters` classes of `table`, each smoothed into `sub_clusters` pairs.

    As many clusters as `clusters_for` its generator, if not said.
    """
    classes = draw_classes(table, clusters or clusters_for(table), seed, draw)
    return smooth(table.of_classes(classes), sub_clusters, seed)


def clusters_for(table: SampleTable) -> int:
    """N_K for the generator of `table`: half of its classes within bounds, so that its views differ from each other."""
    return min(max(len(table.classes) // 2, FEWEST_CLUSTERS), MOST_CLUSTERS)


def perturbed(table: SampleTable, sigma: float, seed: int) -> SampleTable:
    """`table` with normal noise of `sigma`, in z, on every attribute: the paper's way to other views (section 2.2)."""
    valence, arousal = sigma * np.random.default_rng(seed).standard_normal((2, len(table)), np.float32)
    return replace(table, valence=table.valence + valence, arousal=table.arousal + arousal)


def view_of(
    table: SampleTable, classes: Collection[int], *, sub_clusters: int = SUB_CLUSTERS, seed: int = 0
) -> SampleTable:
    """A user's own choice of classes: Algorithm 1 without its lines 3 to 7."""
    return smooth(table.of_classes(classes), sub_clusters, seed)


def draw_classes(table: SampleTable, clusters: int, seed: int = 0, draw: Draw = by_cardinality) -> set[int]:
    """One class for each cluster of the attribute space (lines 3 to 7); two clusters may draw the same one."""
    chance = np.random.default_rng(seed)
    places = attribute_clusters(table, clusters, seed)
    drawn: set[int] = set()
    for place in np.unique(places):
        drawn.add(draw(table.class_ids[places == place], drawn, chance))
    return drawn


def attribute_clusters(table: SampleTable, clusters: int, seed: int) -> NDArray[np.int64]:
    """(N,) the number of each sample's cluster in the attribute space (line 3)."""
    return _cluster(_attributes(table), clusters, seed)


def smooth(table: SampleTable, sub_clusters: int = SUB_CLUSTERS, seed: int = 0) -> SampleTable:
    """Each pair replaced by the mean of its sub-cluster, which is one of its class (lines 8 to 14)."""
    smoothed = replace(table, latents=table.latents.copy(), valence=table.valence.copy(), arousal=table.arousal.copy())
    for rows in _sub_categories(table, sub_clusters, seed):
        for column in (smoothed.latents, smoothed.valence, smoothed.arousal):
            column[rows] = column[rows].mean(axis=0)
    return smoothed


def _sub_categories(table: SampleTable, sub_clusters: int, seed: int) -> list[NDArray[np.int64]]:
    """The rows of each sub-cluster of each class."""
    attributes = _attributes(table)
    found = []
    for class_id in np.unique(table.class_ids):
        rows = np.flatnonzero(table.class_ids == class_id)
        places = _cluster(attributes[rows], sub_clusters, seed)
        found += [rows[places == place] for place in np.unique(places)]
    return found


def _attributes(table: SampleTable) -> NDArray[np.float32]:
    return np.stack([table.valence, table.arousal], axis=1)


def _cluster(points: NDArray[np.float32], clusters: int, seed: int) -> NDArray[np.int64]:
    """For each of `points` (n, 2) the number of its cluster; never more clusters than different points."""
    from sklearn.cluster import KMeans  # seconds to import, and only fitting needs it

    different = len(np.unique(points, axis=0))
    means = KMeans(min(clusters, different), n_init=4, random_state=seed)
    return np.asarray(means.fit_predict(points), np.int64)
