"""BigGAN-deep as OpenMMLab publishes it, the same weights under other names, → as `pytorch-pretrained-biggan` has it.

Source: mmgen/models/architectures/biggan of open-mmlab/mmgeneration 0.7.3. What differs besides names: class vectors
lie the other way round; of the last convolution there are only the three channels that are shown; and of the batch
statistics, which the package has for 51 truncations, there are those of one, which then serve for all.
"""

import re
from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from .state_dict import Shapes

SPARE = r"(generator|discriminator)\..*|.*\.init_(mean|std)"
"""Names of what a whole model has besides."""
PREFIXES = ("generator_ema.", "generator.", "")
"""What the generator's names may begin with, best first: the smoothed one, what it was smoothed from, nothing else."""

_NAMES = (
    (r"embeddings\.(.*)", r"shared_embedding.\1"),
    (r"generator\.gen_z\.(.*)", r"noise2feat.\1"),
    (r"generator\.bn\.(.*)", r"output_layer.bn.\1"),
    (r"generator\.conv_to_rgb\.(.*)", r"output_layer.conv.\1"),
    (r"generator\.layers\.(\d+)\.(.*)", r"conv_blocks.\1.\2"),
    (r"(.*)\.(bn|conv)_0(\..*)", r"\1.\g<2>1\3"),
    (r"(.*)\.(bn|conv)_1(\..*)", r"\1.\g<2>2\3"),
    (r"(.*)\.(bn|conv)_2(\..*)", r"\1.\g<2>3\3"),
    (r"(.*)\.(bn|conv)_3(\..*)", r"\1.\g<2>4\3"),
    (r"(.*\.conv\d)(\..*)", r"\1.conv\2"),
    (r"(.*)\.snconv1x1_o_conv(\..*)", r"\1.o.conv\2"),
    (r"(.*)\.snconv1x1_(\w+)(\..*)", r"\1.\2.conv\3"),
    (r"(.*)\.scale(\..*)", r"\1.gain\2"),
    (r"(.*)\.offset(\..*)", r"\1.bias\2"),
    (r"(conv_blocks\..*)\.running_(mean|var)s", r"\1.bn.running_\2"),
    (r"(output_layer\..*)\.running_(mean|var)s", r"\1.running_\2"),
)
"""From the package's name of a tensor to OpenMMLab's, one after the other."""
_RGB = "generator.conv_to_rgb."
_SHOWN = 3


def prefix_of(names: Iterable[str]) -> str | None:
    """What the generator's tensors begin with among `names`; None where there is none of OpenMMLab's."""
    there = set(names)
    return next((prefix for prefix in PREFIXES if f"{prefix}noise2feat.weight_orig" in there), None)


def openmmlab_shapes(package: Shapes, prefix: str = "") -> Shapes:
    """What OpenMMLab's checkpoint has where the package's has `package`."""
    return {prefix + _name(ours): _shape(ours, shape) for ours, shape in package.items()}


def to_package(state: Mapping[str, Tensor], package: Shapes, prefix: str = "") -> dict[str, Tensor]:
    """`state`, which has `openmmlab_shapes`, with the names and shapes of `package`."""
    named = {ours: state[prefix + _name(ours)] for ours in package}
    found = {ours: _value(ours, named[ours], shape) for ours, shape in package.items() if not ours.startswith(_RGB)}
    return found | _to_rgb({ours: tensor for ours, tensor in named.items() if ours.startswith(_RGB)}, package)


def _name(ours: str) -> str:
    for pattern, replacement in _NAMES:
        ours = re.sub(f"^{pattern}$", replacement, ours)
    return ours


def _shape(ours: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    if ours.startswith("embeddings."):
        return shape[::-1]
    if ".running_" in ours:
        return shape[1:]
    if ours.endswith(".gamma"):
        return ()
    if ours.startswith(_RGB) and not ours.endswith("weight_v"):
        return (_SHOWN, *shape[1:])
    return shape


def _value(ours: str, tensor: Tensor, shape: tuple[int, ...]) -> Tensor:
    if ours.startswith("embeddings."):
        return tensor.T.contiguous()
    return tensor.expand(shape).contiguous()


def _to_rgb(named: Mapping[str, Tensor], package: Shapes) -> dict[str, Tensor]:
    """The last convolution with the channels that nobody sees, as zeros. Its spectral norm would be another with them;
    so that is divided out, and what is left has the norm 1 by the vectors that it is given."""
    weight, left, right, bias = (named[_RGB + part] for part in ("weight_orig", "weight_u", "weight_v", "bias"))
    weight = weight / (left @ weight.flatten(1) @ right)
    first = weight[0].flatten()
    found = {ours: torch.zeros(shape) for ours, shape in package.items() if ours.startswith(_RGB)}
    found[f"{_RGB}weight_orig"][:_SHOWN] = weight
    found[f"{_RGB}bias"][:_SHOWN] = bias
    found[f"{_RGB}weight_u"][0] = 1
    found[f"{_RGB}weight_v"] = first / (first @ first).clamp_min(torch.finfo(torch.float32).tiny)
    return found
