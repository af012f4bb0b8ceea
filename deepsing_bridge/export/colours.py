"""The colours of `core.colours`, as this room's modules name them."""

from ..core.colours import FEELING_COLOURS, NO_COLOUR, RGB, STRUCTURE_COLOURS

__all__ = ["FEELING_COLOURS", "NO_COLOUR", "RGB", "STRUCTURE_COLOURS"]
