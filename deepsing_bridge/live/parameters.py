"""What can be turned while it plays: the one table of parameters, in the vocabulary."""

import math
from dataclasses import dataclass
from typing import Any

from ..core import options
from ..core.fields import Field, Value
from ..core.options import Option
from .messages import ROOT


@dataclass(frozen=True)
class Parameter:
    """What can be turned while it plays. `cc` is the MIDI controller it listens to by default, if any.

    `glides`: what is shown or told of it moves smoothly to where it was set, so that a knob never zips.
    """

    field: Field
    default: Value
    cc: int | None = None
    glides: bool = False

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def address(self) -> str:
        return f"{ROOT}/param/{self.name}"

    def check(self, value: object) -> Value:
        """`value` as this parameter's type; a choice may be told by its number, from 0.

        Raises BridgeError: `/deepsing/param/blend: expected 0..1, got 3`.
        """
        choices = self.field.choices
        if isinstance(value, int | float) and not isinstance(value, bool) and value in range(len(choices)):
            value = choices[int(value)]  # many controllers send nothing but numbers
        return self.field.check(value, self.address)

    @property
    def fades(self) -> bool:
        """Whether there is something between two values."""
        return self.field.kind == "float" and self.name != "fps"  # each rate begins its frames anew

    @property
    def turnable(self) -> bool:
        """Whether a knob can reach every value."""
        kind, span = self.field.kind, self.field.high - self.field.low
        return kind in ("bool", "choice") or (kind in ("float", "int") and math.isfinite(span))

    def from_share(self, share: float) -> Value:
        """The value at `share` 0..1 of the range: what a knob's position means."""
        field, share = self.field, min(max(share, 0.0), 1.0)
        match field.kind:
            case "bool":
                return share >= 0.5
            case "choice":
                return field.choices[min(int(share * len(field.choices)), len(field.choices) - 1)]
            case "int":
                return round(field.low + share * (field.high - field.low))
        return field.low + share * (field.high - field.low)

    def to_share(self, value: Value) -> float:
        """Where in 0..1 a knob stands for `value`; the middle of what a choice takes up."""
        field = self.field
        match field.kind:
            case "bool":
                return float(bool(value))
            case "choice":
                return (field.choices.index(str(value)) + 0.5) / len(field.choices)
        return (float(value) - field.low) / ((field.high - field.low) or 1.0)


def _parameter(option: Option[Any], cc: int | None = None, glides: bool = False) -> Parameter:
    return Parameter(option.field, option.default, cc, glides)


PARAMETERS = (
    _parameter(options.NOISE, cc=20),
    _parameter(options.BLEND, cc=21, glides=True),
    _parameter(options.TRUNCATION, cc=22),
    _parameter(options.MORPH, cc=23),
    _parameter(options.VALENCE_OFFSET, cc=24, glides=True),
    _parameter(options.AROUSAL_OFFSET, cc=25, glides=True),
    _parameter(options.LIVE_STYLE, cc=26),
    _parameter(options.VIEW, cc=27),
    _parameter(options.FREEZE, cc=28),
    _parameter(options.REACT, cc=29),
    _parameter(options.GRADE, cc=30),
    _parameter(options.DIM, cc=31, glides=True),
    _parameter(options.SPEED, cc=85),
    _parameter(options.QUANTISE),
    _parameter(options.CROSSFADE),
    _parameter(options.FPS),
    _parameter(options.LIVE_SIZE),
)
