"""The worlds: a generator whose classes are shaders. Its pictures move by themselves, at any size.

A latent says what all the inputs of a shader are. Most take one number each, which the normal distribution makes a
place between the input's bounds, with its default in the middle: so the mean of latents that feel alike is a picture
that feels like them. What only makes pictures different, the input called `seed` and the moment at which a scene
begins, is the direction of a pair of numbers, whatever their length: the mean of many latents has one as well.
"""

import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .. import weights
from ..core.errors import BridgeError
from ..core.files import sha256
from ..core.types import LEVEL_NAMES, Levels, Sound
from ..shaders import isf
from ..shaders.isf import FRAGMENT, VERTEX, Input, Shader, Value
from ..shaders.opengl import shared
from ..shaders.program import Program, Tick
from ..weights.files import MODELS
from .protocol import TRUNCATION, Instant, truncated_normal

WORLDS = "worlds"
"""The name of the generator, and of the folder of shaders within `models/`."""
LATENT_DIM = 32
SEED, START = slice(0, 2), slice(2, 4)  # of a latent: the directions
FIRST = 4  # of the numbers that inputs take one by one
LONGEST_START_S = 600.0
NATIVE_SIZE = 256
TRIED = 5  # worlds that are timed
SPEEDS = 0.1, 4.0
CHANGE = 32.0  # of 255, for each second of an `Instant`'s clock: what a picture changes by, while that is small
SEEN, SEEN_LATENTS, SEEN_STEP_S, SEEN_EVERY_S = (64, 36), 6, 0.05, 1.7  # what is drawn to know how fast a world is
FAINTEST = 0.02  # of a mixture of classes: less is not drawn
INNER = 0.1  # a default nearer than this to a bound would take half of the latents; then the middle is the middle

Pixels = NDArray[np.uint8]
Latent = NDArray[np.float32]


class WorldsGenerator:
    """`classes` are the names of `shaders`. Each is compiled when it is first drawn."""

    latent_dim = LATENT_DIM
    native_size = NATIVE_SIZE
    truncation = 1.0

    def __init__(self, shaders: Sequence[Shader], name: str = WORLDS) -> None:
        """Raises BridgeError where there is no OpenGL."""
        self.name = name
        self.shaders = tuple(shaders)
        self.classes = tuple(class_name(shader.name) for shader in shaders)
        self._gl = shared()
        self._program = cache(self._compile)
        self._compiled = ExitStack()
        self.speed = cache(self._speed)

    @classmethod
    def load(cls, folder: Path = MODELS / WORLDS, name: str = WORLDS) -> Self:
        """The worlds in `folder`, by name. Raises BridgeError if one is damaged, or there is none."""
        files = shader_files(folder)
        for file, digest in digests(folder).items():
            weights.record(file, digest)
        return cls([isf.read(file) for file in files], name)

    def close(self) -> None:
        """Leaves the graphics driver nothing, which keeps some MB for each world that was drawn."""
        self._compiled.close()
        self._program.cache_clear()

    @property
    def renderer(self) -> str:
        """What draws, as its driver calls it."""
        return self._gl.renderer

    def milliseconds(self, width: int, height: int) -> float:
        """How long a picture of this size takes: the median over the first worlds, once they are compiled."""
        latent, took = np.zeros(self.latent_dim, np.float32), []
        for class_id in range(min(len(self.classes), TRIED)):
            self.draw(class_id, latent, Instant(), width, height)
            started = time.perf_counter()
            self.draw(class_id, latent, Instant(1.0), width, height)
            took.append(1000 * (time.perf_counter() - started))
        return float(np.median(took))

    def sample_latents(self, count: int, seed: int) -> Tensor:
        return truncated_normal(count, self.latent_dim, seed)

    def generate(self, class_vectors: Tensor, latents: Tensor, truncation: float | None = None) -> Tensor:
        pictures = [
            self._mixture(vector, latent, truncation)
            for vector, latent in zip(class_vectors.numpy(), latents.numpy(), strict=True)
        ]
        return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)

    def draw(
        self,
        class_id: int,
        latent: Latent,
        instant: Instant,
        width: int,
        height: int,
        truncation: float | None = None,
    ) -> Pixels:
        values = _values(self.shaders[class_id], latent, instant, truncation)
        return self._draw(class_id, self._clock_s(class_id, latent, instant), values, instant.sound, (width, height))

    def numbers(
        self, class_id: int, latent: Latent, instant: Instant, truncation: float | None = None
    ) -> tuple[float, ...]:
        shader = self.shaders[class_id]
        values = shader.defaults | _values(shader, latent, instant, truncation)
        return (self._clock_s(class_id, latent, instant), *flat(values.values()))

    def _draw(
        self, class_id: int, clock_s: float, values: Mapping[str, Value], sound: Sound, size: tuple[int, int]
    ) -> Pixels:
        tick, sounds = Tick(clock_s, frame=round(60 * clock_s)), sounds_of(self.shaders[class_id], sound)
        return self._program(class_id).draw(*size, values, tick, sounds)

    def _clock_s(self, class_id: int, latent: Latent, instant: Instant) -> float:
        gone_s = self.speed(class_id) * instant.clock_s if instant.clock_s else 0.0  # stills need no measured speed
        return LONGEST_START_S * _direction(latent[START]) + gone_s

    def _speed(self, class_id: int) -> float:
        """How many seconds pass in a world for each of an `Instant`'s: few where much happens in a second, so that the
        same music changes every world about as much."""
        changes = []
        for number, latent in enumerate(self.sample_latents(SEEN_LATENTS, 0).numpy()):
            values, began_s = _values(self.shaders[class_id], latent, Instant(), None), SEEN_EVERY_S * number
            before, after = (
                self._draw(class_id, clock_s, values, Instant().sound, SEEN).mean(axis=2)
                for clock_s in (began_s, began_s + SEEN_STEP_S)
            )
            changes.append(np.abs(after - before).mean())
        return float(np.clip(CHANGE * SEEN_STEP_S / max(np.mean(changes), 1e-3), *SPEEDS))

    def _mixture(self, vector: NDArray[np.float32], latent: Latent, truncation: float | None) -> NDArray[np.float32]:
        mixed = np.zeros((self.native_size, self.native_size, 3), np.float32)
        drawn = np.flatnonzero(vector > FAINTEST)
        for class_id in drawn.tolist():
            picture = self.draw(class_id, latent, Instant(), self.native_size, self.native_size, truncation)
            mixed += np.float32(vector[class_id] / vector[drawn].sum() / 255) * picture
        return mixed

    def _compile(self, class_id: int) -> Program:
        return self._compiled.enter_context(closing(Program(self.shaders[class_id], self._gl)))


def class_name(name: str) -> str:
    """What people call the shader of this name."""
    return name.replace("_", " ")


def shader_files(folder: Path) -> list[Path]:
    """The shaders in `folder`, in the order of classes. Raises BridgeError if there is none."""
    files = sorted(folder.glob("*" + FRAGMENT))
    if not files:
        raise BridgeError(f"{folder}: no shaders are here; expected files in ISF, NAME{FRAGMENT}")
    return files


def digests(folder: Path = MODELS / WORLDS) -> dict[str, str]:
    """The sha256 of each file of the shaders in `folder`, by the folder's name and the file's.

    Those of an installed set are compared with its manifest. Raises BridgeError where one was altered.
    """
    listed = weights.manifest(folder)
    files = [file for shader in shader_files(folder) for file in (shader, shader.with_suffix(VERTEX)) if file.exists()]
    return {
        f"{folder.name}/{file.name}": weights.digest(file.name, folder) if listed else sha256(file) for file in files
    }


def flat(values: Iterable[Value]) -> Iterator[float]:
    """Each as a number, a point as two and a colour as four."""
    for value in values:
        yield from map(float, value if isinstance(value, tuple) else (value,))


def _values(shader: Shader, latent: Latent, instant: Instant, truncation: float | None) -> dict[str, Value]:
    return {**values_of(shader, latent, truncation), **music_values(shader, instant.levels)}


def values_of(shader: Shader, latent: Latent, truncation: float | None = None) -> dict[str, Value]:
    """The value of each input of `shader` that is not music, as `latent` (LATENT_DIM,) says it.

    Inputs take numbers in their order, and begin again with the first when there are no more.
    """
    taken = latent[FIRST:] if truncation is None else truncation * latent[FIRST:]
    numbers = _numbers(np.clip(taken, -TRUNCATION, TRUNCATION))
    return {each.name: _value(each, latent, numbers) for each in shader.inputs if _is_own(each)}


def music_values(shader: Shader, levels: Levels) -> Mapping[str, Value]:
    """The floats among the inputs of `shader` that are called as the levels are."""
    return {each.name: float(getattr(levels, each.name)) for each in shader.inputs if _is_music(each)}


def sounds_of(shader: Shader, sound: Sound) -> Mapping[str, NDArray[np.float32]]:
    """What the inputs of `shader` that show sound get of it."""
    heard = {"audio": sound.waveform, "audioFFT": sound.spectrum}
    return {each.name: heard[each.kind] for each in shader.inputs if each.is_sound}


def _is_own(given: Input) -> bool:
    return not given.is_sound and given.kind != "event" and not _is_music(given)


def _is_music(given: Input) -> bool:
    return given.kind == "float" and given.name in LEVEL_NAMES


def _value(given: Input, latent: Latent, numbers: Iterator[float]) -> Value:
    if given.name == "seed" and given.kind == "float":
        return given.low[0] + _direction(latent[SEED]) * (given.high[0] - given.low[0])
    if given.kind == "bool":
        return next(numbers) >= 0
    if given.kind == "long":
        return given.choices[min(int(_share(next(numbers)) * len(given.choices)), len(given.choices) - 1)]
    middle = given.default if isinstance(given.default, tuple) else (float(given.default),)
    places = [_between(*bounds, next(numbers)) for bounds in zip(given.low, given.high, middle, strict=True)]
    if given.kind == "color":
        places[3] = middle[3]  # seen through, there would be nothing behind
    return places[0] if given.kind == "float" else tuple(places)


def _numbers(latent: Latent) -> Iterator[float]:
    while True:
        yield from latent.tolist()


def _between(low: float, high: float, default: float, number: float) -> float:
    """0 is the default, unless that lies at a bound."""
    place = (default - low) / (high - low) if high > low else 0.5
    middle = place if INNER <= place <= 1 - INNER else 0.5
    share = _share(number)
    share = 2 * share * middle if share < 0.5 else middle + (2 * share - 1) * (1 - middle)
    return low + share * (high - low)


def _share(number: float) -> float:
    """The normal distribution function of latents, which end at ±TRUNCATION, where it is 0 and 1."""
    whole = math.erf(TRUNCATION / math.sqrt(2))
    return 0.5 + 0.5 * min(max(math.erf(number / math.sqrt(2)) / whole, -1.0), 1.0)


def _direction(pair: Latent) -> float:
    """0..1, once around."""
    return math.atan2(float(pair[1]), float(pair[0])) / math.tau % 1.0
