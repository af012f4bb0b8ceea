"""A level's decoder, arranged for what stylization wants of it: two pictures' difference, for little more than one.

Wanted is decode(M · features + m) − k · decode(features). The change of colours M, m is within the first convolution's
kernel. What has no rectifier after it is linear, so it is done to the difference, once: that is the last convolution,
and of level 1 all there is. Doubling a picture and the convolution after it are one transposed convolution.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from ..core.convolutions import doubled_kernel
from . import vgg
from .networks import Decoder, Step


class DecodedDifference:
    """Made of a level's decoder as it is now, and where it is."""

    def __init__(self, decoder: Decoder | vgg.Decoder) -> None:
        steps = decoder.steps()
        self._offset = decoder.offset
        self._rectified = [_Convolution(step) for step in steps if step.rectifies]
        self._linear = [_Convolution(step) for step in steps if not step.rectifies]  # the last, or none

    def __call__(self, features: Tensor, matrix: Tensor, mean: Tensor, kept: float) -> Tensor:
        """Features (1, C, h, w) → decode(`matrix` · features + `mean`) − `kept` · decode(features), (1, 3, H, W).

        `matrix` is (C, C), `mean` (C, 1), both float32; the rest is computed in the features' precision.
        """
        if not self._rectified:
            matrix = matrix - kept * torch.eye(len(matrix), device=matrix.device)
            return self._linear[0].recoloured(features, matrix, mean, 1 - kept).add_((1 - kept) * self._offset)
        first, *rest = self._rectified
        coloured, own = first.recoloured(features, matrix, mean).relu_(), first(features).relu_()
        for step in rest:
            coloured, own = step(coloured).relu_(), step(own).relu_()
        difference = coloured.sub_(own, alpha=kept)
        for step in self._linear:
            difference = step(difference, 1 - kept)
        return difference.add_((1 - kept) * self._offset)


class _Convolution:
    def __init__(self, step: Step) -> None:
        kernel, bias = step.convolution.weight.detach(), step.convolution.bias
        assert bias is not None
        self.doubles = step.doubles
        self._kernel = doubled_kernel(kernel) if step.doubles else kernel.clone()
        self._bias = bias.detach().clone()

    def __call__(self, features: Tensor, bias_share: float = 1.0) -> Tensor:
        kernel, bias = self._kernel.to(features.dtype), (bias_share * self._bias).to(features.dtype)
        if self.doubles:  # reflecting what was doubled repeats what was not
            wider = F.pad(features, (1, 1, 1, 1), mode="replicate")
            return F.conv_transpose2d(wider, kernel, bias, stride=2, padding=3)
        return _reflected(features, kernel, bias)

    def recoloured(self, features: Tensor, matrix: Tensor, mean: Tensor, bias_share: float = 1.0) -> Tensor:
        """Of `matrix` · `features` + `mean`."""
        kernel = torch.einsum("ocij,cd->odij", self._kernel, matrix)
        bias = bias_share * self._bias + self._kernel.sum((2, 3)) @ mean[:, 0]
        kernel = kernel.to(features.dtype, memory_format=torch.channels_last)
        return _reflected(features, kernel, bias.to(features.dtype))


def _reflected(features: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
    return F.conv2d(F.pad(features, (1, 1, 1, 1), mode="reflect"), kernel, bias)
