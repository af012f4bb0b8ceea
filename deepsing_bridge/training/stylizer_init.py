"""What the stylizer's networks have of their teacher before they learn: layers copied, or fitted by least squares."""

from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch.nn import Conv2d

from ..stylization import vgg
from ..stylization.networks import LEVELS, Encoder, Networks
from .stylizer_teacher import FeatureSpace

RIDGE = 1e-4  # of the mean square of a fitted layer's inputs


@torch.no_grad()
def initialize_from_teacher(networks: Networks, space: FeatureSpace, pictures: torch.Tensor) -> None:
    """Copy the layers that both have, fit the others to what the teacher does on `pictures`.

    Ours differ at the second stage of the encoder (a stride for a layer and a pooling), at each decoder's first
    layer (it sees our taps) and at its last (there is one layer less at full size).
    """
    _initialize_encoder(networks.encoder, space, pictures)
    taps = networks.encoder.taps(pictures)
    for level, tap in zip(LEVELS, taps, strict=True):
        decoder, theirs = networks.decoders[level - 1], space.teacher.decoders[level - 1]
        _initialize_decoder(decoder, theirs, tap, space.teacher.encode(pictures, level), pictures)


def _initialize_encoder(encoder: Encoder, space: FeatureSpace, pictures: torch.Tensor) -> None:
    theirs, (one, two, three, four) = space.encoder, space.scales
    stages = [_convolutions(stage) for stage in encoder.stages]
    stages[0][0].load_state_dict(_first_layer(theirs, one))
    _copy(stages[2], map(theirs.get_submodule, ("conv22", "conv31")), two, three)
    _copy(stages[3], map(theirs.get_submodule, ("conv32", "conv33", "conv34", "conv41")), three, four)
    (features,) = theirs.activations(pictures, ("conv12",))
    before_relu21 = theirs.get_submodule("conv21")(F.max_pool2d(features, 2))
    _fit(stages[1][0], encoder.taps(pictures, 1)[0], before_relu21 / two)


def _first_layer(theirs: vgg.Encoder, scale: float) -> dict[str, torch.Tensor]:
    """The teacher's normalising layer folded into its next, for pictures − 0.5, the output in units of `scale`."""
    state = theirs.state_dict()
    weight, mix = state["conv11.weight"], state["conv0.weight"].flatten(1)
    grey = state["conv0.bias"] + mix.sum(1) / 2
    bias = state["conv11.bias"] + torch.einsum("oikl,i->o", weight, grey)
    return {"weight": torch.einsum("oikl,ij->ojkl", weight, mix) / scale, "bias": bias / scale}


def _initialize_decoder(
    decoder: torch.nn.Module, theirs: vgg.Decoder, tap: torch.Tensor, features: torch.Tensor, pictures: torch.Tensor
) -> None:
    """`tap` and `features`: what our encoder and the teacher's give for `pictures`."""
    *before, last = _convolutions(decoder)
    if before:
        first, *others = reversed(_convolutions(theirs)[2:])
        _fit(before[0], tap, first(features))
        _copy(before[1:], others, 1.0, 1.0)
    layers = [module for module in decoder.modules() if not list(module.children())]
    _fit(last, torch.nn.Sequential(*layers[: layers.index(last)])(tap), pictures - 0.5)


def _convolutions(module: torch.nn.Module) -> list[Conv2d]:
    return [layer for layer in module.modules() if isinstance(layer, Conv2d)]


def _copy(layers: list[Conv2d], sources: Iterable[torch.nn.Module], scale_in: float, scale_out: float) -> None:
    """The teacher's layers, for an input in units of `scale_in` and an output in units of `scale_out`."""
    for layer, source in zip(layers, sources, strict=True):
        inner = scale_in if layer is layers[0] else 1.0
        outer = scale_out if layer is layers[-1] else 1.0
        state = source.state_dict()
        layer.load_state_dict({"weight": state["weight"] * inner / outer, "bias": state["bias"] / outer})


def _fit(layer: Conv2d, inputs: torch.Tensor, outputs: torch.Tensor) -> None:
    """Make `layer` turn `inputs` into `outputs` with the least squares, by a slight ridge."""
    size = inputs.shape[1] * 9 + 1
    gram, moment = torch.zeros(size, size), torch.zeros(size, outputs.shape[1])
    for features, wanted in zip(inputs.split(1), outputs.split(1), strict=True):
        patches = F.unfold(F.pad(features, (1, 1, 1, 1), mode="reflect"), 3, stride=layer.stride)[0]
        patches = torch.cat([patches, torch.ones_like(patches[:1])])
        gram += patches @ patches.mT
        moment += patches @ wanted.flatten(2)[0].mT
    ridge = RIDGE * gram.diagonal().mean() * torch.eye(size)
    solved = torch.linalg.solve((gram + ridge).double(), moment.double()).float().mT
    layer.load_state_dict({"weight": solved[:, :-1].reshape(layer.weight.shape), "bias": solved[:, -1]})
