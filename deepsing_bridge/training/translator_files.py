"""The files of a generator's translators: the sample table that views are fitted to, and the views that were chosen."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .. import weights
from ..generators.photos import EMBEDDED
from ..translation.attribute_view import SUB_CLUSTERS, SampleTable, clusters_for, samples_file
from ..translation.network import INPUT_ORDER
from ..translation.neural import translators_file
from .recipes import CANDIDATES
from .view_candidates import Candidate

COMMAND = "python bridge.py train translator"
LICENCE = "Apache-2.0"


def save_samples(table: SampleTable, seed: int, models: Path) -> None:
    """Write the sample table into `models`, from which views are fitted on the spot."""
    _, counts = np.unique(table.class_ids, return_counts=True)
    number = (
        f"{counts.max()}" if len(counts) == len(table.classes) else f"up to {counts.max()}, for {len(counts)} classes,"
    )
    weights.save(
        samples_file(table.generator),
        {
            "class_ids": torch.from_numpy(table.class_ids.astype(np.int16)),
            "latents": torch.from_numpy(table.latents).half(),
            "valence": torch.from_numpy(table.valence),
            "arousal": torch.from_numpy(table.arousal),
        },
        header={"classes": json.dumps(table.classes), "seed": str(seed)},
        what=f"{number} samples per class of the {table.generator} generator and their sentiment",
        licence=LICENCE,
        command=_command(table.generator),
        metrics={
            axis: {"mean": round(float(column.mean()), 3), "sd": round(float(column.std()), 3)}
            for axis, column in (("valence", table.valence), ("arousal", table.arousal))
        },
        models=models,
    )


def save_views(
    generator: str, chosen: Sequence[Candidate], metrics: dict[str, Any], candidates: int, models: Path
) -> None:
    """Write the views chosen of so many `candidates` into `models`, as `view0/fc1.weight` and so on; the header says
    what each was made of."""
    tensors = {
        f"view{number}/{key}": tensor
        for number, candidate in enumerate(chosen)
        for key, tensor in candidate.translator.network.state_dict().items()
    }
    listed = [{"seed": candidate.seed, "class_ids": candidate.translator.palette} for candidate in chosen]
    weights.save(
        translators_file(generator),
        tensors,
        header={
            "input": ",".join(INPUT_ORDER),
            "classes": json.dumps(chosen[0].view.classes),
            "views": json.dumps(listed),
            "clusters": str(clusters_for(chosen[0].view)),
            "sub_clusters": str(SUB_CLUSTERS),
        },
        what=f"{len(chosen)} neural translators, each of another stable view of the {generator} generator",
        licence=LICENCE,
        command=_command(generator, candidates),
        metrics=metrics,
        models=models,
    )


def _command(generator: str, candidates: int = CANDIDATES) -> str:
    asked = "" if generator == EMBEDDED else f" --generator {generator}"
    return COMMAND + asked + ("" if candidates == CANDIDATES else f" --candidates {candidates}")
