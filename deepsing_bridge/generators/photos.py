"""The photo generator: a decoder, and the photos that it gives back from their codes. The one that ships is `embedded`.

Others like it are made of a user's own pictures (`train generator FOLDER`).
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import torch
from torch import Tensor
from torch.nn import functional as F

from .. import weights
from ..core.device import CPU, Device
from ..weights.files import MODELS
from .decoder import SIZE, Decoder
from .protocol import TRUNCATION, at_truncation, generator_file, truncated_normal

EMBEDDED = "embedded"
"""The name of the one that ships."""
STEERED = 6
"""The first numbers of a latent: zoom, pan right, pan down, exposure, warmth, saturation. The rest recall."""
LATENT_DIM = 128


class PhotoGenerator:
    """A decoder and the codes that it learned (see `training.generator`): a latent recalls codes of its class.

    The recalling part of the latent points in some direction; codes whose keys point there are mixed, nearer ones
    far more strongly. Length does not matter, so the mean of many latents still recalls something definite. The
    steering part moves a camera over the picture and changes its light. It works on `device`, in float32, and its
    pictures stay there.
    """

    latent_dim = LATENT_DIM
    native_size = SIZE
    truncation = 1.0

    def __init__(
        self,
        tensors: Mapping[str, Tensor],
        classes: tuple[str, ...],
        sharpness: float,
        name: str = EMBEDDED,
        device: Device = CPU,
    ) -> None:
        self.name = name
        self.classes = classes
        self.sharpness = sharpness
        self.device = device
        self.codes = device.bring(tensors["codes"].float())
        self.keys = device.bring(tensors["keys"].float())
        self.class_ids = device.bring(tensors["class_ids"].long())
        self.decoder = Decoder().eval().requires_grad_(False)
        state = {key.removeprefix("decoder."): value.float() for key, value in tensors.items()}
        self.decoder.load_state_dict({key: state[key] for key in self.decoder.state_dict()})
        device.place(self.decoder)

    @classmethod
    def load(cls, models: Path = MODELS, name: str = EMBEDDED, device: Device = CPU) -> Self:
        file = generator_file(name)
        header = weights.header(file, models)
        classes, sharpness = tuple(json.loads(header["classes"])), float(header["sharpness"])
        return cls(weights.load(file, models), classes, sharpness, name, device)

    def sample_latents(self, count: int, seed: int) -> Tensor:
        return truncated_normal(count, self.latent_dim, seed)

    @torch.inference_mode()
    def generate(self, class_vectors: Tensor, latents: Tensor, truncation: float | None = None) -> Tensor:
        latents = self.device.bring(at_truncation(latents, truncation, self.truncation))
        shares = self.recall(self.device.bring(class_vectors), latents)
        pictures = without_mesh(self.decoder(shares @ self.codes))
        steering = latents[:, :STEERED].clamp(-TRUNCATION, TRUNCATION)
        return light(move_camera(pictures.contiguous(), steering), steering)

    def recall(self, class_vectors: Tensor, latents: Tensor) -> Tensor:
        """(n, codes) how much of each code: a softmax within each class, classes weighed by the class vector."""
        near = self.sharpness * F.normalize(latents[:, STEERED:], dim=1) @ self.keys.T
        own = self.class_ids.expand(len(latents), -1)
        nearest = near.new_full((len(latents), len(self.classes)), -torch.inf).scatter_reduce(1, own, near, "amax")
        strength = (near - nearest.gather(1, own)).exp()
        of_class = torch.zeros_like(nearest).scatter_add(1, own, strength)
        return strength * class_vectors.gather(1, own) / of_class.gather(1, own)


def without_mesh(pictures: Tensor) -> Tensor:
    """Without the pattern of every other pixel that enlarging layers weave into them: [1 2 1]/4 both ways."""
    across = pictures.new_tensor([0.25, 0.5, 0.25]).expand(pictures.shape[1], 1, 1, 3)
    wide = F.conv2d(F.pad(pictures, (1, 1, 1, 1), mode="replicate"), across, groups=pictures.shape[1])
    return F.conv2d(wide, across.transpose(2, 3), groups=pictures.shape[1])


def move_camera(pictures: Tensor, steering: Tensor) -> Tensor:
    """Zooms by 1.02 to 1.2 and pans within what the zoom leaves, by `steering` (n, ≥3) in ±2."""
    zoom = 1.11 + 0.045 * steering[:, 0]
    pan = (1 - 1 / zoom)[:, None] * (steering[:, 1:3] / TRUNCATION)
    theta = pictures.new_zeros(len(pictures), 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = 1 / zoom
    theta[:, :, 2] = pan
    grid = F.affine_grid(theta, list(pictures.shape), align_corners=False)
    return F.grid_sample(pictures, grid, mode="bicubic", padding_mode="reflection", align_corners=False)


def light(pictures: Tensor, steering: Tensor) -> Tensor:
    """Exposure by up to ±20 %, warmth ±8 % red against blue, saturation ±30 %, by `steering[:, 3:6]` in ±2."""
    exposure, warmth, saturation = (steering[:, i, None, None, None] for i in (3, 4, 5))
    grey = (pictures * pictures.new_tensor([0.2126, 0.7152, 0.0722])[:, None, None]).sum(1, keepdim=True)
    coloured = grey + (pictures - grey) * (1 + 0.15 * saturation)
    balance = pictures.new_tensor([1.0, 0.0, -1.0])[:, None, None]
    return (coloured * (1 + 0.1 * exposure) * (1 + 0.04 * warmth * balance)).clamp(0, 1)
