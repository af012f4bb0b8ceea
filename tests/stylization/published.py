"""The compressed WCT networks as they are published, with random weights, and what they do, written down plainly."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

State = dict[str, Tensor]
LAYERS = ("conv11", "conv12", "conv21", "conv22", "conv31", "conv32", "conv33", "conv34", "conv41")
TAPS = ("conv11", "conv21", "conv31", "conv41")


def states(widths: Sequence[int], seed: int = 0) -> tuple[State, State]:
    """An encoder that ends with the last of `widths`, the channels of its taps, and the decoder that mirrors it."""
    random, before = torch.Generator().manual_seed(seed), 3
    encoder, decoder = layer("conv0", 3, 3, random, side=1), State()
    for name in LAYERS[: 1 + LAYERS.index(TAPS[len(widths) - 1])]:
        after = widths[TAPS.index(name)] if name in TAPS else before
        encoder |= layer(name, before, after, random)
        decoder |= layer(name, after, before, random)
        before = after
    return encoder, decoder


def layer(name: str, before: int, after: int, random: torch.Generator, side: int = 3) -> State:
    weight = (2 / (before * side * side)) ** 0.5 * torch.randn(after, before, side, side, generator=random)
    return {f"{name}.weight": weight, f"{name}.bias": 0.1 * torch.randn(after, generator=random)}


def write(folder: Path, widths: Sequence[Sequence[int]]) -> None:
    """`1SE.pth`, `1SD.pth`, … with layers that only training needs, as the published ones have."""
    folder.mkdir(parents=True, exist_ok=True)
    for level, own in enumerate(widths, 1):
        for kind, state in zip("ED", states(own, seed=level), strict=True):
            auxiliary = {"conv11_aux.weight": torch.zeros(64, own[0], 1, 1)}
            torch.save({"model": state | auxiliary, "epoch": 20}, folder / f"{level}S{kind}.pth")


def convolved(state: State, name: str, features: Tensor) -> Tensor:
    padded = F.pad(features, (1, 1, 1, 1), mode="reflect")
    return F.relu(F.conv2d(padded, state[f"{name}.weight"], state[f"{name}.bias"]))


def encoded(state: State, pictures: Tensor) -> State:
    """What each layer gives after its ReLU."""
    features, found = F.conv2d(pictures, state["conv0.weight"], state["conv0.bias"]), State()
    for name in LAYERS:
        if f"{name}.weight" not in state:
            break
        features = F.max_pool2d(features, 2) if name in TAPS[1:] else features
        features = found[name] = convolved(state, name, features)
    return found


def decoded(state: State, features: Tensor) -> Tensor:
    for name in reversed([name for name in LAYERS if f"{name}.weight" in state]):
        features = convolved(state, name, features)
        features = F.interpolate(features, scale_factor=2) if name in TAPS[1:] else features
    return features
