"""How near the stylizer in training is to its teacher, and how long both take."""

import timeit
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch

from ..stylization.networks import LEVELS
from ..stylization.wct import Stylizer
from .stylizer_photos import squares
from .stylizer_teacher import FeatureSpace, Teacher

MEASURED_BLENDS = (0.1, 0.5)  # the paper's, and a strong one
TIMED_SIDES = (256, 512)


@torch.no_grad()
def metrics(stylizer: Stylizer, space: FeatureSpace, held_out: list[Path]) -> dict[str, float]:
    """Ours beside the teacher's on photos held out, each in the style of the photo before it.

    Reconstructions are those of one decoder by itself, without the detail that `stylize` returns. Distances
    are those of `space`, so smaller is nearer; `styled_…_ours` lies between our picture and the teacher's, and
    `styled_…_none` tells how far from the teacher's the photo was.
    """
    pictures = squares(held_out)
    found: dict[str, float] = {}
    for level in LEVELS:
        ours = _each(pictures, partial(stylizer.reconstruct, level=level))
        theirs = _each(pictures, partial(space.teacher.reconstruct, level=level))
        for name, given in (("ours", ours), ("teacher", theirs)):
            found[f"psnr_relu{level}_{name}_db"] = _psnr(given, pictures)
            found[f"distance_relu{level}_{name}"] = space.distance(given, pictures)
    for blend in MEASURED_BLENDS:
        wanted = torch.cat([space.teacher.stylize(one, style, blend) for one, style in _pairs(pictures)])
        ours = torch.cat(
            [stylizer.stylize(one, stylizer.statistics(style[0]), blend) for one, style in _pairs(pictures)]
        )
        found[f"styled_{blend}_ours"] = space.distance(ours, wanted)
        found[f"styled_{blend}_none"] = space.distance(pictures, wanted)
    for side in TIMED_SIDES:
        found |= {f"seconds_{side}_{name}": value for name, value in seconds(stylizer, space.teacher, side).items()}
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
