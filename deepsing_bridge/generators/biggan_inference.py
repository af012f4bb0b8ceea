"""BigGAN-deep's forward as `pytorch-pretrained-biggan` has it, arranged for inference: the same pictures in less time.

Spectral norms are divided out once; every conditional batch norm is a factor and a summand for each channel, all of
them from one product of matrices; doubling a picture and the convolution after it are one transposed convolution; of
the last convolution only the three channels that are shown are computed. Activations lie channels last.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import remove_spectral_norm

from ..core.convolutions import doubled_kernel

FIRST_SIDE = 4  # pixels of the map that everything grows from
RGB = 3

Affine = tuple[Tensor, Tensor]
"""A factor and a summand for each channel, (n, C, 1, 1) each, or (1, C, 1, 1)."""


class BigGANInference(nn.Module):
    """Made of the package's `model`, whose spectral norms it takes off. It computes in `dtype`; what it is asked for
    and what it answers are float32."""

    def __init__(self, model: nn.Module, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        remove_spectral_norms(model)
        package: Any = model
        net = package.generator
        self.config, self.dtype = package.config, dtype
        self.embeddings, self.first = package.embeddings, net.gen_z
        self.layers = nn.ModuleList(
            _Attention(layer) if _is_attention(layer) else _Block(layer) for layer in net.layers
        )
        self.norms = _ConditionalNorms([norm for layer in net.layers for norm in _norms(layer)])
        self.last_norm = net.bn
        self.to_rgb = nn.Conv2d(net.conv_to_rgb.in_channels, RGB, 3, padding=1)
        self.to_rgb.weight, self.to_rgb.bias = (
            nn.Parameter(tensor[:RGB].clone()) for tensor in (net.conv_to_rgb.weight, net.conv_to_rgb.bias)
        )
        for part in (self.layers, self.to_rgb):
            part.to(dtype)

    def forward(self, latents: Tensor, class_vectors: Tensor, truncation: float) -> Tensor:
        """(n, z), (n, classes) → (n, 3, S, S) in −1..1, with the batch statistics of `truncation`, 0 < t ≤ 1."""
        condition = torch.cat((latents, self.embeddings(class_vectors)), dim=1)
        affines = iter(self._as_computed(affine) for affine in self.norms(condition, truncation))
        x = self.first(condition).view(len(condition), FIRST_SIDE, FIRST_SIDE, -1).permute(0, 3, 1, 2).to(self.dtype)
        for layer in self.layers:
            x = layer(x, affines)
        x = _normalized(x, self._as_computed(_last_affine(self.last_norm, truncation)))
        return torch.tanh(self.to_rgb(x).float())

    def _as_computed(self, affine: Affine) -> Affine:
        factor, summand = affine
        return factor.to(self.dtype), summand.to(self.dtype)


class _Block(nn.Module):
    """A residual block: 1×1, two 3×3, 1×1, a norm before each; the first 3×3 may double the picture."""

    def __init__(self, block: Any) -> None:
        super().__init__()
        self.doubles: bool = block.up_sample
        self.width = block.conv_3.out_channels  # of what is added, too
        middle = _doubling(block.conv_1) if self.doubles else block.conv_1
        self.convolutions = nn.ModuleList((block.conv_0, middle, block.conv_2, block.conv_3))

    def forward(self, x: Tensor, affines: Iterator[Affine]) -> Tensor:
        past = x[:, : self.width]
        for convolution, affine in zip(self.convolutions, affines, strict=False):
            x = convolution(_normalized(x, affine))
        return x.add_(F.interpolate(past, scale_factor=2, mode="nearest") if self.doubles else past)


class _Attention(nn.Module):
    """Self-attention over the places of a map; it has no norm."""

    def __init__(self, layer: Any) -> None:
        super().__init__()
        self.query, self.key = layer.snconv1x1_theta, layer.snconv1x1_phi
        self.value, self.out, self.gamma = layer.snconv1x1_g, layer.snconv1x1_o_conv, layer.gamma

    def forward(self, x: Tensor, affines: Iterator[Affine]) -> Tensor:
        query = self.query(x).flatten(2)
        key, value = (F.max_pool2d(each(x), 2).flatten(2) for each in (self.key, self.value))
        share = torch.softmax(query.transpose(1, 2) @ key, dim=-1)
        seen = (value @ share.transpose(1, 2)).unflatten(2, x.shape[2:])
        return x + self.gamma * self.out(seen.contiguous(memory_format=torch.channels_last))


class _ConditionalNorms(nn.Module):
    """All conditional batch norms, one after the other in the order that they are needed."""

    means: Tensor  # (truncations, channels of all)
    variances: Tensor
    scale: Tensor  # (channels of all, condition)
    offset: Tensor

    def __init__(self, norms: Sequence[Any]) -> None:
        super().__init__()
        self.widths = [norm.num_features for norm in norms]
        self.eps, self.step = norms[0].eps, norms[0].step_size
        self.register_buffer("means", torch.cat([norm.running_means for norm in norms], dim=1))
        self.register_buffer("variances", torch.cat([norm.running_vars for norm in norms], dim=1))
        self.register_buffer("scale", torch.cat([norm.scale.weight.detach() for norm in norms]))
        self.register_buffer("offset", torch.cat([norm.offset.weight.detach() for norm in norms]))

    def forward(self, condition: Tensor, truncation: float) -> list[Affine]:
        mean, variance = (_at(table, truncation, self.step) for table in (self.means, self.variances))
        factor = (1 + condition @ self.scale.T) * torch.rsqrt(variance + self.eps)
        summand = condition @ self.offset.T - mean * factor
        split = (each[..., None, None].split(self.widths, dim=1) for each in (factor, summand))
        return list(zip(*split, strict=True))


def remove_spectral_norms(model: nn.Module) -> None:
    """Every weight of `model` as its spectral norm leaves it, and no norm any more."""
    for module in model.modules():
        if hasattr(module, "weight_orig"):
            remove_spectral_norm(module)


def _is_attention(layer: nn.Module) -> bool:
    return hasattr(layer, "snconv1x1_theta")


def _norms(layer: Any) -> list[Any]:
    return [] if _is_attention(layer) else [layer.bn_0, layer.bn_1, layer.bn_2, layer.bn_3]


def _normalized(x: Tensor, affine: Affine) -> Tensor:
    """With its norm and the rectifier that follows each."""
    factor, summand = affine
    return torch.addcmul(summand, x, factor).relu_()


def _last_affine(norm: Any, truncation: float) -> Affine:
    mean, variance = (_at(table, truncation, norm.step_size) for table in (norm.running_means, norm.running_vars))
    factor = norm.weight * torch.rsqrt(variance + norm.eps)
    return factor[None, :, None, None], (norm.bias - mean * factor)[None, :, None, None]


def _at(table: Tensor, truncation: float, step: float) -> Tensor:
    """The row of `truncation`; between two, the mean of both, weighed as the package does: the nearer one less."""
    between, row = math.modf(truncation / step)
    first = table[int(row)]
    return first * between + table[int(row) + 1] * (1 - between) if between else first


def _doubling(convolution: nn.Conv2d) -> nn.ConvTranspose2d:
    """What gives the same as doubling each pixel both ways and then this 3×3 `convolution`."""
    doubling = nn.ConvTranspose2d(convolution.in_channels, convolution.out_channels, 4, stride=2, padding=1)
    doubling.weight = nn.Parameter(doubled_kernel(convolution.weight.detach()))
    doubling.bias = convolution.bias
    return doubling
