"""The parameters and how they glide to where they were set. Pure: the clock's reading is always given."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType

from ..core.fields import Value
from ..core.units import parse_size
from ..render.look import Look
from .vocabulary import Vocabulary

GLIDE_S = 0.03
"""Time constant. After two frames at 24 a second 94 % of the way is gone, and a knob's 128 steps do not show."""
SETTLED = 1e-3  # of the range: nearer than this is there


@dataclass(frozen=True)
class Glide:
    """On the way from `start` at clock time `since_s` to `target`."""

    start: float
    target: float
    since_s: float

    def at(self, now_s: float, settled: float) -> float:
        left = (self.start - self.target) * math.exp(-max(now_s - self.since_s, 0.0) / GLIDE_S)
        return self.target if abs(left) < settled else self.target + left


@dataclass(frozen=True)
class PlanParameters:
    """What the plan of a song depends on besides the song; ranges are the vocabulary's.

    `held` are the numbers of the classes that scenes are of, and their shares, which sum to 1; none: of all.
    """

    view: int
    noise: float
    valence_offset: float
    arousal_offset: float
    style: str
    held: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True)
class Controls:
    """`targets` are what the parameters were set to; `glides` those that are still, or were once, under way."""

    vocabulary: Vocabulary
    targets: Mapping[str, Value]
    glides: Mapping[str, Glide]

    @staticmethod
    def defaults(vocabulary: Vocabulary, changed: Mapping[str, Value]) -> "Controls":
        """The vocabulary's defaults, but for `changed`."""
        return Controls(vocabulary, MappingProxyType(vocabulary.defaults() | dict(changed)), MappingProxyType({}))

    def set(self, name: str, value: Value, now_s: float, at_once: bool = False) -> "Controls":
        """`at_once`: without gliding there."""
        glides = self.glides
        if self.vocabulary.parameters[name].glides:
            start = float(value if at_once else self.value(name, now_s))
            glides = MappingProxyType({**glides, name: Glide(start, float(value), now_s)})
        return replace(self, targets=MappingProxyType({**self.targets, name: value}), glides=glides)

    def value(self, name: str, now_s: float) -> Value:
        """Where the parameter is at `now_s`, perhaps on its way."""
        if name not in self.glides:
            return self.targets[name]
        field = self.vocabulary.parameters[name].field
        return self.glides[name].at(now_s, SETTLED * (field.high - field.low))

    @property
    def plan_parameters(self) -> PlanParameters:
        """Where they were set to, not where they are on their way there: a picture takes longer than a glide lasts."""
        return PlanParameters(
            view=int(self.targets["view"]),
            noise=float(self.targets["noise"]),
            valence_offset=float(self.targets["valence_offset"]),
            arousal_offset=float(self.targets["arousal_offset"]),
            style=str(self.targets["style"]),
        )

    @property
    def look(self) -> Look:
        """Where the parameters were set to; what is seen fades into it."""
        width, height = self.size
        return Look(
            width=width,
            height=height,
            style=str(self.targets["style"]),
            blend=float(self.targets["blend"]),
            truncation=self._truncation,
            morph=float(self.targets["morph"]),
            react=float(self.targets["react"]),
            grade=float(self.targets["grade"]),
        )

    @property
    def _truncation(self) -> float | None:
        """None at the generator's own, where latents are taken as they are: so a story on disk does by default."""
        truncation = float(self.targets["truncation"])
        return None if truncation == self.vocabulary.parameters["truncation"].default else truncation

    @property
    def freeze(self) -> bool:
        return bool(self.targets["freeze"])

    @property
    def fps(self) -> Fraction:
        return Fraction(float(self.targets["fps"])).limit_denominator(1001)

    @property
    def size(self) -> tuple[int, int]:
        return parse_size(str(self.targets["size"]))
