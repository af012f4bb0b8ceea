"""WCT's networks as Li et al. (2017) have them: VGG-19 up to relu4_1, and a decoder that mirrors it from each tap.

In any width, and with one encoder for all levels or one for each: so the authors' checkpoints fit, and the 16-fold
compressed ones (Wang et al., CVPR 2020), which teach ours and say how alike pictures look. `Networks` offers the same
as `networks.Networks`, which is smaller and faster. Knows nothing of styles.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Self, TypeVar

import torch
from torch import Tensor, nn

from .networks import LEVELS, Step

Widths = Sequence[int]
"""Channels of relu1_1, relu2_1, … up to an encoder's deepest tap."""

NAMES = ("conv11", "conv12", "conv21", "conv22", "conv31", "conv32", "conv33", "conv34", "conv41")
TAPS = ("conv11", "conv21", "conv31", "conv41")
"""The convolutions before relu1_1, relu2_1, …; but for the first, a pooling comes before them in an encoder, and an
up-sampling after them in a decoder."""


def up_to(level: int) -> tuple[str, ...]:
    """The names of the convolutions up to the tap of `level`, in an encoder's order."""
    return NAMES[: NAMES.index(TAPS[level - 1]) + 1]


def _channels(widths: Widths) -> Iterator[tuple[str, int, int]]:
    """Of each convolution of an encoder its name, and the channels before and after it."""
    before, width_of = 3, dict(zip(TAPS, widths, strict=False))
    for name in up_to(len(widths)):
        after = width_of.get(name, before)
        yield name, before, after
        before = after


Network = TypeVar("Network", bound=nn.Module)


def _with_weights(network: Network, state: Mapping[str, Tensor]) -> Network:
    network.load_state_dict({name: state[name] for name in network.state_dict()})
    return network


def _conv(inputs: int, outputs: int) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, padding=1, padding_mode="reflect")


class Encoder(nn.Module):
    """Pictures (n, 3, H, W) in 0..1 → features at the taps; `conv0` makes of RGB what the rest was trained on."""

    def __init__(self, widths: Widths) -> None:
        super().__init__()
        self.conv0 = nn.Conv2d(3, 3, 1)
        for name, before, after in _channels(widths):
            self.add_module(name, _conv(before, after))

    @classmethod
    def of(cls, state: Mapping[str, Tensor]) -> Self:
        """The encoder with the weights of `state`, where they have the same names; their shapes say how wide it is.

        Raises KeyError or RuntimeError where they are not an encoder's.
        """
        return _with_weights(cls([len(state[f"{name}.bias"]) for name in TAPS if f"{name}.bias" in state]), state)

    def taps(self, pictures: Tensor, level: int) -> list[Tensor]:
        """The features at relu1_1, relu2_1, … up to `level`."""
        return self.activations(pictures, TAPS[:level])

    def activations(self, pictures: Tensor, names: Collection[str]) -> list[Tensor]:
        """What is left of the convolutions called `names` after their ReLU, in the network's order."""
        features, found = self.conv0(pictures), []
        for name in NAMES[: 1 + max(map(NAMES.index, names))]:
            if name in TAPS[1:]:
                features = nn.functional.max_pool2d(features, 2)
            features = self.get_submodule(name)(features).relu()
            if name in names:
                found.append(features)
        return found


class Encoders(nn.Module):
    """An encoder for every level, or one for all of them."""

    def __init__(self, widths: Sequence[Widths]) -> None:
        super().__init__()
        self.each = nn.ModuleList(map(Encoder, widths))

    def forward(self, pictures: Tensor, level: int) -> Tensor:
        return self._of(level).taps(pictures, level)[-1]

    def taps(self, pictures: Tensor) -> list[Tensor]:
        """The features of all levels, of each as the encoder for it gives them."""
        if len(self.each) == 1:
            return self._of(1).taps(pictures, LEVELS[-1])
        return [self(pictures, level) for level in LEVELS]

    def _of(self, level: int) -> Encoder:
        encoder = self.each[level - 1 if len(self.each) > 1 else 0]
        assert isinstance(encoder, Encoder)
        return encoder


class Decoder(nn.Module):
    """Features of the deepest of `widths` back to pictures (n, 3, H, W), not negative."""

    offset = 0.0

    def __init__(self, widths: Widths) -> None:
        super().__init__()
        self.level = len(widths)
        for name, before, after in _channels(widths):
            self.add_module(name, _conv(after, before))

    @classmethod
    def of(cls, state: Mapping[str, Tensor]) -> Self:
        """As `Encoder.of`."""
        widths = [state[f"{name}.weight"].shape[1] for name in TAPS if f"{name}.weight" in state]
        return _with_weights(cls(widths), state)

    def forward(self, features: Tensor) -> Tensor:
        for name in reversed(up_to(self.level)):
            features = self.get_submodule(name)(features).relu()
            if name in TAPS[1:]:
                features = nn.functional.interpolate(features, scale_factor=2)
        return features

    def steps(self) -> list[Step]:
        """As `networks.Decoder.steps`."""
        names = up_to(self.level)[::-1]
        doubles = [False, *(name in TAPS[1:] for name in names)]
        return [
            Step(self.get_submodule(name), double, True)  # type: ignore[arg-type]
            for name, double in zip(names, doubles, strict=False)
        ]


class Networks(nn.Module):
    """The encoders and the decoder of each level, kept channels last. `widths`: of each encoder."""

    def __init__(self, widths: Sequence[Widths]) -> None:
        super().__init__()
        self.encoder = Encoders(widths)
        of_level = [widths[level - 1] if len(widths) > 1 else widths[0][:level] for level in LEVELS]
        self.decoders = nn.ModuleList(map(Decoder, of_level))
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def decode(self, features: Tensor, level: int) -> Tensor:
        pictures: Tensor = self.decoders[level - 1](features)
        return pictures
