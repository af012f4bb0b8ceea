"""Makes `models/wct.safetensors`: our stylizer networks, distilled from the 16-fold compressed WCT networks.

The teacher (Wang et al., Collaborative Distillation, CVPR 2020; MIT) has an encoder and a decoder per level.
Ours has one encoder for all levels; its taps learn the taps of the teacher's deepest encoder, and each
decoder learns to invert its tap and to paint what the teacher paints from whitened and coloured features.
Every step draws its photos, crops and blend from (seed, step) alone, so a resumed training equals an
uninterrupted one.
"""

import math
import timeit
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image, ImageOps

from .. import weights
from ..adapters.files import appearing
from ..errors import BridgeError
from ..pipeline.nets.wct import LEVELS, Encoder, Networks
from ..pipeline.stylize import DEFAULT_BLEND, WEIGHTS, Stylizer, recolour, statistics_of
from ..types import Progress, no_progress

BATCH = 4
SIDE = 128  # of the random crops, in pixels
STEPS = 300
HEIRLOOMS = 16  # photos that the layers are fitted on before the training
FIGURE_SIDE = 256  # of the squares that the figures are measured on, in pixels
LEVEL_SHARES = (0.1, 0.2, 0.3, 0.4)  # how often each decoder is trained
LEARNING_RATE = 5e-4
RIDGE = 1e-4  # of the mean square of a fitted layer's inputs
RISE = 20  # steps until the learning rate is reached
PIXEL_WEIGHT = 5.0
TIMED_SIDES = (256, 512)
CHECKPOINT_EVERY = 50  # steps
HELD_OUT_EVERY = 150  # every so many photos, one is kept for the figures
_CONVOLUTIONS = ("conv11", "conv12", "conv21", "conv22", "conv31", "conv32", "conv33", "conv34", "conv41")
_TAPS = ("conv11", "conv21", "conv31", "conv41")


class Teacher:
    """The teacher's networks, from `folder`: `1SE.pth` … `4SE.pth` encode, `1SD.pth` … `4SD.pth` decode."""

    def __init__(self, folder: Path) -> None:
        self.encoders = {level: _state(folder / f"{level}SE.pth") for level in LEVELS}
        self.decoders = {level: _state(folder / f"{level}SD.pth") for level in LEVELS}

    def taps(self, pictures: torch.Tensor, encoder: int = LEVELS[-1], last: int | None = None) -> list[torch.Tensor]:
        """Features of one encoder at relu1_1 … relu`last`_1 (by default as deep as it goes)."""
        state = self.encoders[encoder]
        features = F.conv2d(pictures, state["conv0.weight"], state["conv0.bias"])
        taps = []
        for name in _CONVOLUTIONS[: 1 + _CONVOLUTIONS.index(_TAPS[(last or encoder) - 1])]:
            features = F.max_pool2d(features, 2) if name in _TAPS[1:] else features
            features = _layer(state, name, features)
            taps += [features] if name in _TAPS else []
        return taps

    def before_relu21(self, pictures: torch.Tensor) -> torch.Tensor:
        """What the deepest encoder hands to relu2_1."""
        state, (one,) = self.encoders[LEVELS[-1]], self.taps(pictures, last=1)
        return _convolved(state, "conv21", F.max_pool2d(_layer(state, "conv12", one), 2))

    def encode(self, pictures: torch.Tensor, level: int) -> torch.Tensor:
        return self.taps(pictures, level)[-1]

    def decode(self, features: torch.Tensor, level: int) -> torch.Tensor:
        for name in reversed(_CONVOLUTIONS[: 1 + _CONVOLUTIONS.index(_TAPS[level - 1])]):
            features = _layer(self.decoders[level], name, features)
            features = F.interpolate(features, scale_factor=2) if name in _TAPS[1:] else features
        return features

    def reconstruct(self, pictures: torch.Tensor, level: int) -> torch.Tensor:
        return self.decode(self.encode(pictures, level), level)

    def paint(self, pictures: torch.Tensor, styles: torch.Tensor, level: int, blend: float) -> torch.Tensor:
        """One level of WCT: `pictures` (n, 3, H, W) in the styles of `styles`, picture by picture."""
        return self.decode(blended(self.encode(pictures, level), self.encode(styles, level), blend), level)

    def stylize(self, pictures: torch.Tensor, styles: torch.Tensor, blend: float) -> torch.Tensor:
        """All four levels, coarse to fine, as Li et al. do it."""
        for level in reversed(LEVELS):
            pictures = self.paint(pictures, styles, level, blend)
        return pictures.clamp(0, 1)


def _state(path: Path) -> dict[str, torch.Tensor]:
    if not path.exists():
        raise BridgeError(f"{path}: no such file; the data folder must hold the teacher's networks in wct16x/")
    state = torch.load(path, map_location="cpu", weights_only=True)["model"]
    return {name: _channels_last(tensor.float()) for name, tensor in state.items()}


def _channels_last(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.contiguous(memory_format=torch.channels_last) if tensor.ndim == 4 else tensor


def _convolved(state: dict[str, torch.Tensor], name: str, features: torch.Tensor) -> torch.Tensor:
    padded = F.pad(features, (1, 1, 1, 1), mode="reflect")
    return F.conv2d(padded, state[f"{name}.weight"], state[f"{name}.bias"])


def _layer(state: dict[str, torch.Tensor], name: str, features: torch.Tensor) -> torch.Tensor:
    return F.relu(_convolved(state, name, features))


def blended(features: torch.Tensor, style: torch.Tensor, blend: float) -> torch.Tensor:
    """`features` moved towards the statistics of `style`; both (n, C, …), picture by picture."""
    return torch.lerp(features, recolour(features, statistics_of(style)), blend)


def photos(data: Path) -> tuple[list[Path], list[Path]]:
    """The photos to train on, and the ones that are kept for the figures."""
    found = sorted([*data.glob("photos/*/*.jpg"), *data.glob("oasis/images/*.jpg")])
    if not found:
        raise BridgeError(f"{data}: no photos; expected JPEG files in photos/*/ and oasis/images/")
    kept = found[::HELD_OUT_EVERY]
    return sorted(set(found) - set(kept)), kept


def _pixels(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("RGB")


def _tensor(pixels: NDArray[np.uint8]) -> torch.Tensor:
    return torch.from_numpy(pixels.astype(np.float32) / 255).permute(2, 0, 1)


def crop(path: Path, size: int, random: np.random.Generator) -> torch.Tensor:
    """A random square of a photo, (3, size, size), mirrored or not, after a random reduction."""
    image = _pixels(path)
    reduction = max(size / min(image.size), random.uniform(0.6, 1))
    width, height = (max(size, round(side * reduction)) for side in image.size)
    image = image.resize((width, height), Image.Resampling.BICUBIC)
    left, top = int(random.integers(width - size + 1)), int(random.integers(height - size + 1))
    pixels = np.asarray(image.crop((left, top, left + size, top + size)))
    return _tensor(pixels[:, :: random.choice((-1, 1))].copy())


def _squares(paths: list[Path]) -> torch.Tensor:
    squares = [ImageOps.fit(_pixels(path), (FIGURE_SIDE, FIGURE_SIDE)) for path in paths]
    return torch.stack([_tensor(np.asarray(square)) for square in squares])


@dataclass(frozen=True)
class Lesson:
    """What one step learns from, drawn from (seed, step)."""

    level: int
    blend: float
    pictures: torch.Tensor

    @staticmethod
    def draw(paths: list[Path], seed: int, step: int) -> "Lesson":
        random = np.random.default_rng((seed, step))
        chosen = random.choice(len(paths), BATCH, replace=len(paths) < BATCH)
        pictures = torch.stack([crop(paths[index], SIDE, random) for index in chosen])
        level = int(random.choice(LEVELS, p=LEVEL_SHARES))
        return Lesson(level, random.uniform(), pictures.to(memory_format=torch.channels_last))


class Student:
    """The networks in training, and how far they are."""

    def __init__(self) -> None:
        self.networks = Networks()
        self.adam = torch.optim.Adam(self.networks.parameters(), betas=(0.9, 0.99))
        self.step = 0

    def learn(self, loss: torch.Tensor, rate: float) -> None:
        self.adam.param_groups[0]["lr"] = rate
        self.adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.networks.parameters(), 1.0)
        self.adam.step()
        self.step += 1

    def save(self, checkpoint: Path) -> None:
        state = {"networks": self.networks.state_dict(), "adam": self.adam.state_dict(), "step": self.step}
        with appearing(checkpoint) as part:
            torch.save(state, part)

    def restore(self, checkpoint: Path) -> None:
        state = torch.load(checkpoint, weights_only=True)
        self.networks.load_state_dict(state["networks"])
        self.adam.load_state_dict(state["adam"])
        self.step = state["step"]


def learning_rate(step: int, steps: int) -> float:
    """A short rise, then half a cosine down to nothing at `steps`."""
    rise = min(1.0, (step + 1) / RISE)
    return LEARNING_RATE * rise * (1 + math.cos(math.pi * step / steps)) / 2


class Critic:
    """How far pictures are from one another to the teacher's eyes, each level in units of its own spread."""

    def __init__(self, teacher: Teacher, pictures: torch.Tensor) -> None:
        self.teacher = teacher
        with torch.no_grad():
            self.scales = [float(tap.std()) for tap in teacher.taps(pictures)]

    def look(self, pictures: torch.Tensor, last: int = LEVELS[-1]) -> list[torch.Tensor]:
        taps = self.teacher.taps(pictures, last=last)
        return [tap / scale for tap, scale in zip(taps, self.scales, strict=False)]

    def distance(self, pictures: torch.Tensor, targets: torch.Tensor) -> float:
        """The mean squared difference of features at relu1_1 to relu3_1, summed over the levels."""
        with torch.no_grad():
            return float(_difference(self.look(pictures, last=3), self.look(targets, last=3)))


def _difference(taps: list[torch.Tensor], targets: list[torch.Tensor]) -> torch.Tensor:
    losses = [F.mse_loss(tap, target) for tap, target in zip(taps, targets, strict=True)]
    return torch.stack(losses).sum()


@torch.no_grad()
def inherit(networks: Networks, critic: Critic, pictures: torch.Tensor) -> None:
    """Start from the teacher: copy the layers that both have, fit the others to what it does on `pictures`.

    Ours differ at the second stage of the encoder (a stride for a layer and a pooling), at each decoder's first
    layer (it sees our taps) and at its last (there is one layer less at full size).
    """
    _inherit_encoder(networks.encoder, critic, pictures)
    taps = networks.encoder.taps(pictures)
    for level, tap in zip(LEVELS, taps, strict=True):
        _inherit_decoder(networks.decoders[level - 1], critic.teacher, level, tap, pictures)


def _inherit_encoder(encoder: Encoder, critic: Critic, pictures: torch.Tensor) -> None:
    state, (one, two, three, four) = critic.teacher.encoders[LEVELS[-1]], critic.scales
    stages = [_convolutions(stage) for stage in encoder.stages]
    stages[0][0].load_state_dict(_first_layer(state, one))
    _copy(stages[2], state, ("conv22", "conv31"), two, three)
    _copy(stages[3], state, ("conv32", "conv33", "conv34", "conv41"), three, four)
    _fit(stages[1][0], encoder.taps(pictures, 1)[0], critic.teacher.before_relu21(pictures) / two)


def _first_layer(state: dict[str, torch.Tensor], scale: float) -> dict[str, torch.Tensor]:
    """The teacher's normalising layer folded into its next, for pictures − 0.5, the output in units of `scale`."""
    weight, mix = state["conv11.weight"], state["conv0.weight"].flatten(1)
    grey = state["conv0.bias"] + mix.sum(1) / 2
    bias = state["conv11.bias"] + torch.einsum("oikl,i->o", weight, grey)
    return {"weight": torch.einsum("oikl,ij->ojkl", weight, mix) / scale, "bias": bias / scale}


def _inherit_decoder(
    decoder: torch.nn.Module, teacher: Teacher, level: int, tap: torch.Tensor, pictures: torch.Tensor
) -> None:
    *before, last = _convolutions(decoder)
    if before:
        state = teacher.decoders[level]
        first, *names = [name for name in reversed(_CONVOLUTIONS[2:]) if f"{name}.weight" in state]
        _fit(before[0], tap, _convolved(state, first, teacher.encode(pictures, level)))
        _copy(before[1:], state, names, 1.0, 1.0)
    layers = [module for module in decoder.modules() if not list(module.children())]
    _fit(last, torch.nn.Sequential(*layers[: layers.index(last)])(tap), pictures - 0.5)


def _convolutions(module: torch.nn.Module) -> list[torch.nn.Conv2d]:
    return [layer for layer in module.modules() if isinstance(layer, torch.nn.Conv2d)]


def _copy(
    layers: list[torch.nn.Conv2d],
    state: dict[str, torch.Tensor],
    names: Sequence[str],
    scale_in: float,
    scale_out: float,
) -> None:
    """The teacher's layers, for an input in units of `scale_in` and an output in units of `scale_out`."""
    for layer, name in zip(layers, names, strict=True):
        inner = scale_in if layer is layers[0] else 1.0
        outer = scale_out if layer is layers[-1] else 1.0
        weight, bias = state[f"{name}.weight"], state[f"{name}.bias"]
        layer.load_state_dict({"weight": weight * inner / outer, "bias": bias / outer})


def _fit(layer: torch.nn.Conv2d, inputs: torch.Tensor, outputs: torch.Tensor) -> None:
    """Make `layer` turn `inputs` into `outputs` with the least squares, by a slight ridge."""
    size = inputs.shape[1] * 9 + 1
    gram, moment = torch.zeros(size, size), torch.zeros(size, outputs.shape[1])
    for features, wanted in zip(inputs.split(1), outputs.split(1), strict=True):
        patches = F.unfold(F.pad(features, (1, 1, 1, 1), mode="reflect"), 3, stride=layer.stride)[0]
        patches = torch.cat([patches, torch.ones_like(patches[:1])])
        gram += patches @ patches.mT
        moment += patches @ wanted.flatten(2)[0].mT
    ridge = RIDGE * gram.diagonal().mean() * torch.eye(size)
    solved = torch.linalg.solve((gram + ridge).double(), moment.double()).float().mT
    layer.load_state_dict({"weight": solved[:, :-1].reshape(layer.weight.shape), "bias": solved[:, -1]})


def lesson_loss(networks: Networks, critic: Critic, lesson: Lesson) -> torch.Tensor:
    """See as the teacher sees, give back what every level saw, paint one level as the teacher does."""
    pictures, level = lesson.pictures, lesson.level
    with torch.no_grad():
        seen = critic.look(pictures)
        painted = critic.teacher.paint(pictures, pictures.roll(1, dims=0), level, lesson.blend)
    taps = networks.encoder.taps(pictures)
    features = taps[level - 1]
    coloured = blended(features, features.detach().roll(1, dims=0), lesson.blend)
    losses = [_unlikeness(networks.decode(tap, k), pictures) for k, tap in zip(LEVELS, taps, strict=True)]
    losses += [_unlikeness(networks.decode(coloured, level), painted)]
    return _difference(taps, seen) + PIXEL_WEIGHT * torch.stack(losses).sum()


def _unlikeness(pictures: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """L1 of the pixels and of their steps across and down, so that edges count."""
    errors = pictures - targets
    return errors.abs().mean() + errors.diff(dim=-1).abs().mean() + errors.diff(dim=-2).abs().mean()


def train(
    data: Path,
    models: Path = weights.MODELS,
    *,
    steps: int = STEPS,
    seed: int = 0,
    progress: Progress = no_progress,
    checkpoint: Path | None = None,
) -> dict[str, float]:
    """Distil from `data` (`wct16x/`, `photos/`, `oasis/`), write `wct.safetensors`, return the figures.

    A training that was cut off goes on from `checkpoint`, where there is one. Raises BridgeError for missing
    data.
    """
    teacher = Teacher(data / "wct16x")
    learned, kept = photos(data)
    critic = Critic(teacher, _squares(learned[:: max(1, len(learned) // BATCH)][:BATCH]))
    student = Student()
    if checkpoint and checkpoint.exists():
        student.restore(checkpoint)
    else:
        inherit(student.networks, critic, _squares(learned[:: max(1, len(learned) // HEIRLOOMS)][:HEIRLOOMS]))
    distil(learned, critic, student, steps, seed, progress, checkpoint)
    return _shipped(student, figures(Stylizer(student.networks), critic, kept), models)


def distil(
    paths: list[Path],
    critic: Critic,
    student: Student,
    steps: int,
    seed: int,
    progress: Progress,
    checkpoint: Path | None,
) -> None:
    """Up to step `steps`; the checkpoint is written every CHECKPOINT_EVERY steps and at the end."""
    while student.step < steps:
        lesson = Lesson.draw(paths, seed, student.step)
        student.learn(lesson_loss(student.networks, critic, lesson), learning_rate(student.step, steps))
        progress(student.step, steps)
        if checkpoint and (student.step % CHECKPOINT_EVERY == 0 or student.step == steps):
            student.save(checkpoint)


@torch.no_grad()
def figures(stylizer: Stylizer, critic: Critic, kept: list[Path]) -> dict[str, float]:
    """Ours beside the teacher's on photos kept aside, each in the style of the photo before it.

    Reconstructions are those of one decoder by itself, without the detail that `stylize` returns. Distances
    are the critic's, so smaller is nearer; `styled_…_ours` lies between our picture and the teacher's, and
    `styled_…_none` tells how far from the teacher's the photo was.
    """
    pictures = _squares(kept)
    found: dict[str, float] = {}
    for level in LEVELS:
        ours = _each(pictures, partial(stylizer.reconstruct, level=level))
        theirs = _each(pictures, partial(critic.teacher.reconstruct, level=level))
        for name, given in (("ours", ours), ("teacher", theirs)):
            found[f"psnr_relu{level}_{name}_db"] = _psnr(given, pictures)
            found[f"distance_relu{level}_{name}"] = critic.distance(given, pictures)
    for blend in (DEFAULT_BLEND, 0.5):
        wanted = torch.cat([critic.teacher.stylize(one, style, blend) for one, style in _pairs(pictures)])
        ours = torch.cat(
            [stylizer.stylize(one, stylizer.statistics(style[0]), blend) for one, style in _pairs(pictures)]
        )
        found[f"styled_{blend}_ours"] = critic.distance(ours, wanted)
        found[f"styled_{blend}_none"] = critic.distance(pictures, wanted)
    for side in TIMED_SIDES:
        found |= {f"seconds_{side}_{name}": value for name, value in seconds(stylizer, critic.teacher, side).items()}
    return {name: round(value, 4) for name, value in found.items()}


def seconds(stylizer: Stylizer, teacher: Teacher, side: int) -> dict[str, float]:
    """The best of three frames of `side` pixels; the teacher encodes its style for each of them."""
    picture, style = torch.rand(2, 1, 3, side, side, generator=torch.Generator().manual_seed(0))
    statistics = stylizer.statistics(style[0])
    return {
        "ours": _best_of_three(lambda: stylizer.stylize(picture, statistics, 0.5)),
        "teacher": _best_of_three(lambda: teacher.stylize(picture, style, 0.5)),
    }


def _best_of_three(work: Callable[[], object]) -> float:
    return min(timeit.repeat(work, repeat=3, number=1))


def _each(pictures: torch.Tensor, work: Callable[[torch.Tensor], torch.Tensor]) -> torch.Tensor:
    return torch.cat([work(picture[None]).clamp(0, 1) for picture in pictures])


def _pairs(pictures: torch.Tensor) -> list[tuple[torch.Tensor, torch.Tensor]]:
    return list(zip(pictures.split(1), pictures.roll(1, dims=0).split(1), strict=True))


def _psnr(pictures: torch.Tensor, targets: torch.Tensor) -> float:
    return float(-10 * (pictures - targets).square().mean(dim=(1, 2, 3)).log10().mean())


def _shipped(student: Student, found: dict[str, float], models: Path) -> dict[str, float]:
    weights.save(
        WEIGHTS,
        {name: tensor.half() for name, tensor in student.networks.state_dict().items()},
        header={"steps": str(student.step)},
        what="Stylizer: a VGG-like encoder with four taps and a decoder for each, for WCT",
        licence="Apache-2.0; distilled from WCT networks of Collaborative Distillation (MIT)",
        command="python bridge.py train stylizer",
        figures=found,
        models=models,
    )
    return found | {"bytes": float((models / WEIGHTS).stat().st_size)}
