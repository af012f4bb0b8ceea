"""What the stylizer's networks have of their teacher before they learn: layers copied, or fitted by least squares."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F

from ..stylization.networks import LEVELS, Encoder, Networks
from .stylizer_teacher import CONVOLUTIONS, Critic, Teacher, convolved

RIDGE = 1e-4  # of the mean square of a fitted layer's inputs


@torch.no_grad()
def inherit(networks: Networks, critic: Critic, pictures: torch.Tensor) -> None:
    """Start from the teacher: copy the layers that both have, fit the others to what it does on `pictures`.

    Ours differ at the second stage of the encoder (a stride for a layer and a pooling), at each decoder's first
    layer (it sees our taps) and at its last (there is one layer less at full size).
    """
    _inherit_encoder(networks.encoder, critic, pictures)
    taps = networks.encoder.taps(pictures)
    for level, tap in zip(LEVELS, taps, strict=True):
        _inherit_decoder(networks.decoders[level - 1], critic.teacher, level, tap, pictures)


def _inherit_encoder(encoder: Encoder, critic: Critic, pictures: torch.Tensor) -> None:
    state, (one, two, three, four) = critic.teacher.encoders[LEVELS[-1]], critic.scales
    stages = [_convolutions(stage) for stage in encoder.stages]
    stages[0][0].load_state_dict(_first_layer(state, one))
    _copy(stages[2], state, ("conv22", "conv31"), two, three)
    _copy(stages[3], state, ("conv32", "conv33", "conv34", "conv41"), three, four)
    _fit(stages[1][0], encoder.taps(pictures, 1)[0], critic.teacher.before_relu21(pictures) / two)


def _first_layer(state: dict[str, torch.Tensor], scale: float) -> dict[str, torch.Tensor]:
    """The teacher's normalising layer folded into its next, for pictures − 0.5, the output in units of `scale`."""
    weight, mix = state["conv11.weight"], state["conv0.weight"].flatten(1)
    grey = state["conv0.bias"] + mix.sum(1) / 2
    bias = state["conv11.bias"] + torch.einsum("oikl,i->o", weight, grey)
    return {"weight": torch.einsum("oikl,ij->ojkl", weight, mix) / scale, "bias": bias / scale}


def _inherit_decoder(
    decoder: torch.nn.Module, teacher: Teacher, level: int, tap: torch.Tensor, pictures: torch.Tensor
) -> None:
    *before, last = _convolutions(decoder)
    if before:
        state = teacher.decoders[level]
        first, *names = [name for name in reversed(CONVOLUTIONS[2:]) if f"{name}.weight" in state]
        _fit(before[0], tap, convolved(state, first, teacher.encode(pictures, level)))
        _copy(before[1:], state, names, 1.0, 1.0)
    layers = [module for module in decoder.modules() if not list(module.children())]
    _fit(last, torch.nn.Sequential(*layers[: layers.index(last)])(tap), pictures - 0.5)


def _convolutions(module: torch.nn.Module) -> list[torch.nn.Conv2d]:
    return [layer for layer in module.modules() if isinstance(layer, torch.nn.Conv2d)]


def _copy(
    layers: list[torch.nn.Conv2d],
    state: dict[str, torch.Tensor],
    names: Sequence[str],
    scale_in: float,
    scale_out: float,
) -> None:
    """The teacher's layers, for an input in units of `scale_in` and an output in units of `scale_out`."""
    for layer, name in zip(layers, names, strict=True):
        inner = scale_in if layer is layers[0] else 1.0
        outer = scale_out if layer is layers[-1] else 1.0
        weight, bias = state[f"{name}.weight"], state[f"{name}.bias"]
        layer.load_state_dict({"weight": weight * inner / outer, "bias": bias / outer})


def _fit(layer: torch.nn.Conv2d, inputs: torch.Tensor, outputs: torch.Tensor) -> None:
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
