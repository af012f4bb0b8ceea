"""Storyboards that show films and photos of every rate, all of them numbered (`films`)."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

from deepsing_bridge.footage.conform import in_point, picture_at
from deepsing_bridge.footage.digest import content_digest
from deepsing_bridge.footage.media import MediaFile, Subclip
from deepsing_bridge.footage.probe import probe
from deepsing_bridge.render.fit import Pixels
from deepsing_bridge.story.footage_plan import with_subclips
from deepsing_bridge.story.storyboard import Storyboard
from tests.builders import storyboard, with_settings
from tests.footage.films import number_of, number_picture, numbered, write_film

SIZE = 480, 270
LASTS_S = 3
PHOTO_NUMBER = 77
FILMS: dict[str, tuple[str, dict[str, object]]] = {
    "cinema.mp4": ("24", {}),
    "pal.mov": ("25", {"timecode": "01:00:00:00"}),
    "ntsc.mov": ("30000/1001", {"timecode": "10:00:00;00"}),
    "pal fast.mp4": ("50", {}),
    "ntsc fast.mov": ("60000/1001", {"timecode": "00:59:00;00"}),
    "nearly cinema.mkv": ("24000/1001", {}),
    "upright.mp4": ("30", {"rotation": 90}),
    "slow.mp4": ("15", {}),
}


def media_files(folder: Path, names: Sequence[str] = (*FILMS, "photo.png")) -> list[MediaFile]:
    """Made in `folder`: 3 seconds each."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        if name in FILMS:
            rate, how = FILMS[name]
            write_film(folder / name, numbered(int(LASTS_S * Fraction(rate))), Fraction(rate), **how)  # type: ignore[arg-type]
        else:
            Image.fromarray(number_picture(PHOTO_NUMBER, 320, 180)).save(folder / name)
    return [probe(folder / name, content_digest(folder / name)).media for name in names]


def footage_board(media: Sequence[MediaFile], rate: Fraction = Fraction(24), scene_s: float = 1.27) -> Storyboard:
    """A scene for each of `media`, from somewhere in its first half, nothing of them rendered."""
    plain = storyboard(len(media), rate, scene_s, *SIZE)
    board = with_settings(plain, blend=0.0, grade=0.0)
    chance = np.random.default_rng(1)
    firsts = [0 if one.is_photo else int(chance.integers(1, one.frames // 2)) for one in media]
    board = with_subclips(board, [Subclip(one, first) for one, first in zip(media, firsts, strict=True)])
    return replace(board, song_digest="5a" * 32)


def wanted_number(board: Storyboard, scene: int, frame: int) -> int:
    """The number of the picture that scene `scene` shows `frame` frames after its start."""
    subclip = board.scenes[scene].subclip
    assert subclip is not None
    if subclip.media.is_photo:
        return PHOTO_NUMBER
    return picture_at(subclip.media, in_point(subclip, board.frame_rate) + frame, board.frame_rate)


def shown_number(board: Storyboard, scene: int, frame: Pixels) -> int:
    """The number of the picture that is seen in `frame`, black beside it cut off, as it was before it was turned."""
    subclip = board.scenes[scene].subclip
    assert subclip is not None
    media, (width, height) = subclip.media, (frame.shape[1], frame.shape[0])
    scale = min(width / media.width, height / media.height)
    across, down = round(media.width * scale), round(media.height * scale)
    left, top = (width - across) // 2, (height - down) // 2
    picture = frame[top : top + down, left : left + across]
    return number_of(np.rot90(picture, -1 if media.height > media.width else 0))
