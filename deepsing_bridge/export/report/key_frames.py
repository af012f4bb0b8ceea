"""The report's key frames: pictures side by side, each with a caption, and tied to its time."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ...core.colours import feeling_rgb
from ...story.storyboard import Scene
from .sheet import CAPTION, CONNECTORS, HEADER, LEFT, RIGHT, WIDTH, Sheet, clock, shortened, signed
from .theme import AROUSAL, QUIET, VALENCE

PICTURE_GAP = 22
NARROWEST_CAPTION = 210
TALLEST_PICTURE = 300

Picture = NDArray[np.uint8]
Pictures = Mapping[int, Picture]


def picture_size(pictures: Pictures) -> tuple[int, int]:
    """Width and height at which all key frames fit side by side."""
    if not pictures:
        return 0, 0
    aspect = max(picture.shape[1] / picture.shape[0] for picture in pictures.values())
    room = (WIDTH - LEFT - RIGHT + PICTURE_GAP) / max(len(pictures), 4) - PICTURE_GAP
    height = min(TALLEST_PICTURE, room / aspect)
    return int(height * aspect), int(height)


def _side_by_side(centres: Sequence[float], width: float) -> list[float]:
    """Centres moved no further than it takes for nothing of `width` to overlap or stick out."""
    step = width + PICTURE_GAP
    placed: list[float] = []
    for centre in centres:
        placed.append(max(centre, placed[-1] + step if placed else LEFT + width / 2))
    limit = WIDTH - RIGHT - width / 2
    for index in reversed(range(len(placed))):
        placed[index] = min(placed[index], limit)
        limit = placed[index] - step
    return placed


def draw_pictures(sheet: Sheet, scenes: Sequence[Scene], pictures: Pictures, width: int, height: int) -> None:
    times = [sheet.x((scenes[index].start_s + scenes[index].end_s) / 2) for index in pictures]
    slot = max(width, NARROWEST_CAPTION)
    centres = _side_by_side(times, slot)
    for (index, picture), time_x, centre in zip(pictures.items(), times, centres, strict=True):
        _draw_caption(sheet, scenes[index], centre - slot / 2, slot)
        _draw_picture(sheet, picture, round(centre - width / 2), width, height)
        _draw_connector(sheet, scenes[index], centre, time_x, height)


def _draw_caption(sheet: Sheet, scene: Scene, left: float, width: float) -> None:
    top = HEADER + CAPTION
    sheet.text(left, top - 33, shortened(scene.label, int((width - 50) / 12)), 13, fontweight="bold")
    sheet.text(left + width, top - 33, clock(scene.start_s), 10.5, color=QUIET, ha="right")
    sheet.text(left, top - 12, f"valence {signed(scene.sentiment.valence)}", 9.5, color=VALENCE)
    sheet.text(left + width, top - 12, f"arousal {signed(scene.sentiment.arousal)}", 9.5, color=AROUSAL, ha="right")


def _draw_picture(sheet: Sheet, picture: Picture, left: float, width: int, height: int) -> None:
    axes = sheet.axes(HEADER + CAPTION, height, left, width)
    small = Image.fromarray(picture).resize((width, height), Image.Resampling.LANCZOS)
    axes.imshow(small, interpolation="nearest", aspect="auto")
    axes.set_axis_off()


def _draw_connector(sheet: Sheet, scene: Scene, centre: float, time_x: float, height: int) -> None:
    """From the picture's foot straight down, across, and down to its time."""
    foot = HEADER + CAPTION + height
    ys = (foot + 6, foot + 14, foot + CONNECTORS - 12, foot + CONNECTORS)
    sheet.line((centre, centre, time_x, time_x), ys, color=feeling_rgb(scene.sentiment.feeling), linewidth=1.4)
