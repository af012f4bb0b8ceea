"""Downloaded checkpoints → weight files of ours, in a set's folder: each once, after it was compared.

One function for each kind of offer; `convert` picks it by the offer's name.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from torch import Tensor

from .. import weights
from ..attributes.nets.mobilenet import MobileNetV2, stage_names
from ..generators.biggan import BIGGAN_SIZES, biggan_architecture
from ..generators.protocol import generator_file
from ..stylization import vgg, wct
from ..stylization.networks import LEVELS
from . import openmmlab
from .catalogue import Offer
from .state_dict import Shapes, names_in, read_state, shapes_of

MOBILENET = "mobilenet-v2"
MOBILENET_FILE = "mobilenet-v2.safetensors"
WIDTHS_16X = ((24,), (16, 32), (16, 32, 64), (16, 32, 64, 128))
"""Of the 16-fold compressed encoders 1SE to 4SE, which are not cuts of one another."""
TRAINING_ONLY = r"conv\d\d_aux\..*"  # layers that the compressed networks were taught with

Files = Mapping[str, Path]
"""The catalogue's name of each file → where it lies."""


def convert(offer: Offer, files: Files, folder: Path) -> None:
    """Write the weight files of `offer` into `folder`. Raises BridgeError for a file that is not what it should be."""
    of_kind: dict[str, Callable[[Offer, Files, Path], None]] = {
        "wct-16x": _compressed_wct,
        MOBILENET: _mobilenet,
        **dict.fromkeys(BIGGAN_SIZES, _biggan),
    }
    of_kind[offer.name](offer, files, folder)


def mobilenet_shapes(outputs: int) -> Shapes:
    """What torchvision's MobileNetV2 with so many outputs has in a checkpoint, by torchvision's names."""
    with torch.device("meta"):
        ours = shapes_of(MobileNetV2())
    features = {name.replace("stages.", "features.", 1): shape for name, shape in ours.items()}
    return features | {"classifier.1.weight": (outputs, MobileNetV2.width), "classifier.1.bias": (outputs,)}


def _biggan(offer: Offer, files: Files, folder: Path) -> None:
    with torch.device("meta"):
        package = shapes_of(biggan_architecture(BIGGAN_SIZES[offer.name]))
    (path,) = files.values()
    _save(offer, generator_file(offer.name), _biggan_state(path, package), {"architecture": offer.name}, folder)


def _biggan_state(path: Path, package: Shapes) -> dict[str, Tensor]:
    """By what is in it: a mirror may have OpenMMLab's, which lies under a key of its own in a whole model's."""
    under = "state_dict" if "state_dict" in names_in(path) else None
    prefix = openmmlab.prefix_of(names_in(path, under))
    if prefix is None:
        return read_state(path, package, under=under)
    theirs = read_state(path, openmmlab.openmmlab_shapes(package, prefix), openmmlab.SPARE, under)
    return openmmlab.to_package(theirs, package, prefix)


def _compressed_wct(offer: Offer, files: Files, folder: Path) -> None:
    with torch.device("meta"):
        networks = vgg.Networks(WIDTHS_16X)
    state: dict[str, Tensor] = {}
    for level in LEVELS:
        for kind, name, net in (
            (f"encoder.each.{level - 1}.", f"{level}SE.pth", networks.encoder.each[level - 1]),
            (f"decoders.{level - 1}.", f"{level}SD.pth", networks.decoders[level - 1]),
        ):
            part = read_state(files[name], shapes_of(net), TRAINING_ONLY, under="model")
            state |= {kind + key: tensor for key, tensor in part.items()}
    _save(offer, wct.WEIGHTS, state, {"widths": json.dumps(WIDTHS_16X)}, folder)


def _mobilenet(offer: Offer, files: Files, folder: Path) -> None:
    (path,) = files.values()
    state = stage_names(read_state(path, mobilenet_shapes(outputs=1000)))
    _save(offer, MOBILENET_FILE, state, {"backbone": MOBILENET}, folder)


def _save(offer: Offer, file: str, state: dict[str, Tensor], header: dict[str, str], folder: Path) -> None:
    weights.save(
        file,
        state,
        header=header,
        what=offer.what,
        licence=offer.licence,
        command=f"python bridge.py models pull {offer.name}",
        metrics={},
        models=folder,
    )
