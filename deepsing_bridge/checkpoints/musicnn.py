"""The weights of the package `musicnn`, as its authors released them, by the names that they have here."""

from pathlib import Path

import torch
from torch import Tensor

from ..attributes.nets.musicnn import MusiCNN
from .state_dict import COUNTER, shapes_of
from .tensorflow_checkpoint import read_checkpoint

NORMS = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}
"""What TensorFlow calls a batch norm's numbers. It counts layers of a kind from none on: conv2d, conv2d_1, …"""


def read_musicnn(folder: Path) -> dict[str, Tensor]:
    """The state of `MusiCNN` from `.index` and `.data-00000-of-00001` in `folder`. Raises as `read_checkpoint`."""
    with torch.device("meta"):
        ours = {name: shape for name, shape in shapes_of(MusiCNN()).items() if not name.endswith(COUNTER)}
    theirs = {_name(name): _shape(shape) for name, shape in ours.items()}
    tensors = read_checkpoint(folder / ".index", folder / ".data-00000-of-00001", theirs)
    return {name: _turned(tensors[_name(name)], shape) for name, shape in ours.items()}


def _name(name: str) -> str:
    """`front.1.norm.bias` → `batch_normalization_2/beta`."""
    layer, _, what = name.rpartition(".")
    kind, number = _layers()[layer]
    told = NORMS[what] if kind == "batch_normalization" else {"weight": "kernel", "bias": "bias"}[what]
    return f"{kind}_{number}/{told}" if number else f"{kind}/{told}"


def _layers() -> dict[str, tuple[str, int]]:
    """Each layer of ours → TensorFlow's kind of layer, and how many of them come before it."""
    convolved = [f"front.{i}" for i in range(5)] + [f"middle.{i}" for i in range(3)]
    convs = [f"{layer}.conv" for layer in convolved]
    norms = ["input", *(f"{layer}.norm" for layer in convolved), "pooled", "embedded"]
    kinds = {"conv2d": convs, "batch_normalization": norms, "dense": ["dense", "tags"]}
    return {layer: (kind, number) for kind, layers in kinds.items() for number, layer in enumerate(layers)}


def _shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    """TensorFlow's of a tensor of ours: outputs come last, and every convolution there has two dimensions."""
    match shape:
        case (outputs, inputs, frames, bands):
            return frames, bands, inputs, outputs
        case (outputs, inputs, frames):
            return frames, inputs, 1, outputs
        case (outputs, inputs):
            return inputs, outputs
    return shape


def _turned(tensor: Tensor, shape: tuple[int, ...]) -> Tensor:
    match len(shape):
        case 4:
            return tensor.permute(3, 2, 0, 1).contiguous()
        case 3:
            return tensor[:, :, 0].permute(2, 1, 0).contiguous()
        case 2:
            return tensor.T.contiguous()
    return tensor
