"""BigGAN-deep (Brock et al. 2019) of ImageNet's 1,000 classes, as `pytorch-pretrained-biggan` builds it."""

from itertools import pairwise
from pathlib import Path
from typing import Self

import torch
from torch import Tensor

from .. import weights
from ..core.device import CPU, Device
from ..weights.class_tables import BIGGAN, read_class_table
from ..weights.files import MODELS
from .biggan_inference import BigGANInference
from .protocol import at_truncation, generator_file, truncated_normal

BIGGAN_SIZES = {"biggan-deep-128": 128, "biggan-deep-256": 256, "biggan-deep-512": 512}
"""The name of each → the side of its pictures, in pixels."""
BIGGAN_TRUNCATION = 0.4  # the package's example's: good pictures, still varied


class BigGANGenerator:
    """BigGAN-deep. Latents are drawn at `truncation`; batch statistics are those of `rendered_at`, the same if None.

    It works on `device`, in half precision where that is asked for, and its pictures stay there. The package's `model`
    is taken apart: see `BigGANInference`.
    """

    def __init__(
        self,
        name: str,
        model: torch.nn.Module,
        classes: tuple[str, ...],
        truncation: float = BIGGAN_TRUNCATION,
        device: Device = CPU,
        rendered_at: float | None = None,
    ) -> None:
        self.name = name
        self.classes = classes
        self.truncation, self.rendered_at = truncation, rendered_at or truncation
        self.device = device
        fast = BigGANInference(model.eval(), device.dtype).eval().requires_grad_(False)
        self.model = device.place(fast)
        config = fast.config
        self.latent_dim: int = config.z_dim
        self.native_size: int = config.output_dim

    @classmethod
    def load(
        cls,
        name: str,
        models: Path,
        device: Device = CPU,
        truncation: float = BIGGAN_TRUNCATION,
        rendered_at: float | None = None,
    ) -> Self:
        """The generator whose weight file lies in `models`, which is not copied: its tensors become the model's."""
        with torch.device("meta"):
            model = biggan_architecture(BIGGAN_SIZES[name])
        model.load_state_dict(weights.load(generator_file(name), models), assign=True)
        return cls(name, model, biggan_classes(), truncation, device, rendered_at)

    def sample_latents(self, count: int, seed: int) -> Tensor:
        return self.truncation * truncated_normal(count, self.latent_dim, seed)

    @torch.inference_mode()
    def generate(self, class_vectors: Tensor, latents: Tensor, truncation: float | None = None) -> Tensor:
        here = at_truncation(latents, truncation, self.truncation), class_vectors
        pictures: Tensor = self.model(*map(self.device.bring, here), truncation or self.rendered_at)
        return (pictures.contiguous() + 1) / 2


def biggan_architecture(size: int, channel_width: int = 128) -> torch.nn.Module:
    """BigGAN-deep for pictures of `size` pixels (128, 256 or 512) with random weights.

    Layers are (up-sample, input width, output width), in units of `channel_width`, as in the published configurations.
    """
    from pytorch_pretrained_biggan import BigGAN, BigGANConfig

    widths = {128: (16, 16, 8, 4, 2, 1), 256: (16, 16, 8, 8, 4, 2, 1), 512: (16, 16, 8, 8, 4, 2, 1, 1)}[size]
    layers = []
    for before, after in pairwise(widths):
        layers += [(False, before, before), (True, before, after)]
    config = BigGANConfig(output_dim=size, layers=layers, attention_layer_position=8, channel_width=channel_width)
    return BigGAN(config)


def biggan_classes(models: Path = MODELS) -> tuple[str, ...]:
    """ImageNet's 1,000 labels in BigGAN's order."""
    return tuple(row["label"] for row in read_class_table(BIGGAN, models))
