"""Takes pictures out of a generator's examples without training anew: the decoder stays, their codes and keys go."""

import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .. import weights
from ..core.errors import BridgeError, first_few
from ..generators.load import is_of_worlds, weights_folder
from ..generators.photos import EMBEDDED
from ..generators.protocol import generator_file
from .card import joining_or_shipped
from .generator import RECALL_SHARE, recall_sharpness


def forget(name: str, photos: Sequence[str]) -> int:
    """Take `photos`, named as they were trained from, out of the generator called `name`; gives how many are left.

    Raises BridgeError for a photo that it does not remember, and where a class would have none left.
    """
    file, folder = generator_file(name), weights_folder(name)
    if is_of_worlds(folder):
        raise BridgeError(f"generator {name}: is made of shaders, and remembers no pictures")
    header, tensors, entry = weights.header(file, folder), weights.load(file, folder), weights.manifest(folder)[file]
    examples, class_ids = np.array(json.loads(header["photos"])), tensors["class_ids"].numpy()
    kept = np.flatnonzero(~_found(name, examples, photos))
    _refuse_emptied(json.loads(header["classes"]), set(class_ids.tolist()) - set(class_ids[kept].tolist()))
    rows = {part: tensors[part][kept] for part in ("codes", "keys", "class_ids")}
    sharpness = recall_sharpness(rows["keys"].float(), class_ids[kept], RECALL_SHARE)
    changed = {"photos": json.dumps(examples[kept].tolist()), "sharpness": repr(sharpness)}
    with joining_or_shipped("" if name == EMBEDDED else name) as into:
        weights.save(
            file,
            tensors | rows,
            header=header | changed,
            what=entry["what"],
            licence=entry["licence"],
            command=f"{entry['command']}; python bridge.py train forget PHOTOS ({len(photos)} of them)",
            metrics={"photos": len(kept)},  # the probe's were measured with all of them
            models=into,
        )
    return len(kept)


def _found(name: str, examples: NDArray[np.str_], photos: Sequence[str]) -> NDArray[np.bool_]:
    if unknown := sorted(set(photos) - set(examples.tolist())):
        raise BridgeError(
            f"{first_few(unknown)}: the {name} generator does not remember it; "
            f"it remembers {len(examples)} pictures, as {first_few(examples[:3].tolist())}"
        )
    return np.isin(examples, list(photos))


def _refuse_emptied(classes: Sequence[str], emptied: set[int]) -> None:
    if emptied:
        raise BridgeError(
            f"class {first_few(classes[class_id] for class_id in emptied)}: no picture of it would be left"
        )
