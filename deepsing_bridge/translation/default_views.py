"""Which views of a generator a song may get if nobody chose one: those without what nobody wants to meet unasked."""

from collections.abc import Sequence

UNASKED = frozenset(
    {
        *("gun", "assault rifle", "cannon", "guillotine", "holster", "missile", "projectile", "revolver", "rifle"),
        *("aircraft carrier", "half track", "tank", "warplane", "wreck"),
    }
)
"""Weapons, machines of war and wrecks, as photos and ImageNet call them. Whoever chooses them gets them."""


def default_views(palettes: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """The numbers of the `palettes` without such classes; all of them, if each has some."""
    kept = tuple(number for number, palette in enumerate(palettes) if UNASKED.isdisjoint(palette))
    return kept or tuple(range(len(palettes)))
