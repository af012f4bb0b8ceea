"""Class vectors and latents → pictures. Two generators behind one protocol: BigGAN-deep and the embedded one.

Knows nothing of sentiment or time.
"""

import json
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from .. import weights
from ..core.device import CPU, Device
from ..core.errors import BridgeError
from ..weights.class_tables import BIGGAN, read_class_table
from ..weights.files import MODELS
from ..weights.model_sets import folder_of
from .decoder import SIZE, Decoder

EMBEDDED = "embedded"
BIGGAN_SIZES = {"biggan-deep-128": 128, "biggan-deep-256": 256, "biggan-deep-512": 512}
GENERATORS = (EMBEDDED, *BIGGAN_SIZES)
TRUNCATION = 2.0  # latents are normal, drawn again beyond ±2, as BigGAN's are
BIGGAN_TRUNCATION = 0.4  # the package's example's: good pictures, still varied

STEERED = 6
"""The first numbers of an embedded latent: zoom, pan right, pan down, exposure, warmth, saturation. The rest recall."""
LATENT_DIM = 128


class Generator(Protocol):
    """What can be asked for pictures. `classes[i]` is the label of class id i; pictures are `native_size` square."""

    @property
    def name(self) -> str: ...
    @property
    def classes(self) -> tuple[str, ...]: ...
    @property
    def latent_dim(self) -> int: ...
    @property
    def native_size(self) -> int: ...
    @property
    def truncation(self) -> float:
        """Its own one, 0..1: `sample_latents` keeps within ±2 times this."""

    def sample_latents(self, count: int, seed: int) -> Tensor:
        """(count, latent_dim) float32 from the distribution that the generator was made for."""

    def generate(self, class_vectors: Tensor, latents: Tensor, truncation: float | None = None) -> Tensor:
        """(n, classes) rows summing to 1, mixtures allowed, and (n, latent_dim) → (n, 3, S, S) float32 RGB 0..1.

        Latents are cut off at ±2 × `truncation`, 0 < t ≤ 1; without one they are taken as they are.
        """


def generator_file(name: str) -> str:
    """The name of the weight file of the generator called `name`."""
    return f"{name}-generator.safetensors"


def load_generator(name: str, device: Device = CPU) -> Generator:
    """The generator called `name`. Raises BridgeError for an unknown one, or one whose weights are not installed.

    BigGAN works on `device`; the embedded one always on the CPU, which it is made for.
    """
    folder = weights_folder(name)
    return BigGANGenerator.load(name, folder, device) if name in BIGGAN_SIZES else EmbeddedGenerator.load(folder, name)


def weights_folder(name: str) -> Path:
    """Where the weights of the generator called `name` lie. Raises BridgeError as `load_generator` does."""
    folder = MODELS if name == EMBEDDED else folder_of(name)
    if not (folder / generator_file(name)).exists():
        if name not in GENERATORS:
            raise BridgeError(
                f"generator {name!r}: expected one of {', '.join(GENERATORS)}, or one that `train generator` made"
            )
        raise BridgeError(
            f"generator {name}: its weights are not installed; bridge.py models pull {name} gets them, "
            f"or use --generator {EMBEDDED}"
        )
    return folder


def own_truncation(name: str) -> float:
    """What the generator called `name` was made for."""
    return BIGGAN_TRUNCATION if name in BIGGAN_SIZES else EmbeddedGenerator.truncation


class EmbeddedGenerator:
    """A decoder and the codes that it learned (see `training.generator`): a latent recalls codes of its class.

    The recalling part of the latent points in some direction; codes whose keys point there are mixed, nearer ones
    far more strongly. Length does not matter, so the mean of many latents still recalls something definite. The
    steering part moves a camera over the picture and changes its light.
    """

    latent_dim = LATENT_DIM
    native_size = SIZE
    truncation = 1.0

    def __init__(
        self, tensors: Mapping[str, Tensor], classes: tuple[str, ...], sharpness: float, name: str = EMBEDDED
    ) -> None:
        self.name = name
        self.classes = classes
        self.sharpness = sharpness
        self.codes = tensors["codes"].float()
        self.keys = tensors["keys"].float()
        self.class_ids = tensors["class_ids"].long()
        self.decoder = Decoder().eval().requires_grad_(False)
        state = {key.removeprefix("decoder."): value.float() for key, value in tensors.items()}
        self.decoder.load_state_dict({key: state[key] for key in self.decoder.state_dict()})
        self.decoder.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # its stubs lack it

    @classmethod
    def load(cls, models: Path = MODELS, name: str = EMBEDDED) -> Self:
        file = generator_file(name)
        header = weights.header(file, models)
        classes, sharpness = tuple(json.loads(header["classes"])), float(header["sharpness"])
        return cls(weights.load(file, models), classes, sharpness, name)

    def sample_latents(self, count: int, seed: int) -> Tensor:
        return _truncated_normal(count, self.latent_dim, seed)

    @torch.inference_mode()
    def generate(self, class_vectors: Tensor, latents: Tensor, truncation: float | None = None) -> Tensor:
        latents = cut_off(latents, truncation)
        pictures = self.decoder(self.recall(class_vectors, latents) @ self.codes)
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


def move_camera(pictures: Tensor, steering: Tensor) -> Tensor:
    """Zooms by 1.02 to 1.2 and pans within what the zoom leaves, by `steering` (n, ≥3) in ±2."""
    zoom = 1.11 + 0.045 * steering[:, 0]
    pan = (1 - 1 / zoom)[:, None] * (steering[:, 1:3] / TRUNCATION)
    theta = torch.zeros(len(pictures), 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = 1 / zoom
    theta[:, :, 2] = pan
    grid = F.affine_grid(theta, list(pictures.shape), align_corners=False)
    return F.grid_sample(pictures, grid, mode="bicubic", padding_mode="reflection", align_corners=False)


def light(pictures: Tensor, steering: Tensor) -> Tensor:
    """Exposure by up to ±20 %, warmth ±8 % red against blue, saturation ±30 %, by `steering[:, 3:6]` in ±2."""
    exposure, warmth, saturation = (steering[:, i, None, None, None] for i in (3, 4, 5))
    grey = (pictures * torch.tensor([0.2126, 0.7152, 0.0722])[:, None, None]).sum(1, keepdim=True)
    coloured = grey + (pictures - grey) * (1 + 0.15 * saturation)
    balance = torch.tensor([1.0, 0.0, -1.0])[:, None, None]
    return (coloured * (1 + 0.1 * exposure) * (1 + 0.04 * warmth * balance)).clamp(0, 1)


class BigGANGenerator:
    """BigGAN-deep as `pytorch-pretrained-biggan` builds it. Its batch statistics are those of the truncation.

    It works on `device`, in half precision where that is asked for, and takes and gives CPU tensors.
    """

    def __init__(
        self,
        name: str,
        model: torch.nn.Module,
        classes: tuple[str, ...],
        truncation: float = BIGGAN_TRUNCATION,
        device: Device = CPU,
    ) -> None:
        self.name = name
        self.classes = classes
        self.truncation = truncation
        self.device = device
        model = model.eval().requires_grad_(False)
        self.model = device.place(model)
        config: Any = model.config
        self.latent_dim: int = config.z_dim
        self.native_size: int = config.output_dim

    @classmethod
    def load(cls, name: str, models: Path, device: Device = CPU) -> Self:
        """The generator whose weight file lies in `models`, which is not copied: its tensors become the model's."""
        with torch.device("meta"):
            model = biggan_architecture(BIGGAN_SIZES[name])
        model.load_state_dict(weights.load(generator_file(name), models), assign=True)
        return cls(name, model, biggan_classes(), device=device)

    def sample_latents(self, count: int, seed: int) -> Tensor:
        return self.truncation * _truncated_normal(count, self.latent_dim, seed)

    @torch.inference_mode()
    def generate(self, class_vectors: Tensor, latents: Tensor, truncation: float | None = None) -> Tensor:
        here = cut_off(latents, truncation), class_vectors
        with self.device.precision():
            pictures: Tensor = self.model(*map(self.device.bring, here), truncation or self.truncation)
        return (self.device.fetch(pictures) + 1) / 2


def cut_off(latents: Tensor, truncation: float | None) -> Tensor:
    """Within ±2 × `truncation`; as they are without one."""
    return latents if truncation is None else latents.clamp(-TRUNCATION * truncation, TRUNCATION * truncation)


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


def _truncated_normal(count: int, size: int, seed: int) -> Tensor:
    from scipy.stats import truncnorm

    values = truncnorm.rvs(-TRUNCATION, TRUNCATION, size=(count, size), random_state=np.random.default_rng(seed))
    return torch.from_numpy(values.astype(np.float32))
