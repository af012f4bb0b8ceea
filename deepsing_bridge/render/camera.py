"""Frames are taken of pictures by a camera: a handheld one before pictures that stand still, moved by the music. Pure.

Where it is, and the light, follow from the moment in the song alone, so that they are the same on disk and live.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from ..core.types import Levels
from ..story.storyboard import Storyboard
from .fit import Pixels, scaled
from .look import Look

COVERED = 0.8  # of a frame's longer side, at least, is the picture itself; the rest is its mirror image
STEP_BACK = 0.05  # how much nearer than the frame it is on the whole, so that there is room to move
PUNCH_IN = {"pulse": 0.06, "bass": 0.03}  # how much nearer it goes with what is heard
SWAY = {"across": (0.020, 0.61), "down": (0.016, 0.83), "turn": (0.012, 0.37)}
"""How far, of the frame or in radians, and how fast, in radians for each second on the clock that the music drives."""
CALM_PAN = 0.1  # what each second counts for the pan, beside the music that drives it; as for a world's clock
WAVES = {"bass": 0.007, "energy": 0.003}  # how far what is seen is displaced, of the frame
WAVE_LENGTH, WAVE_SPEED = 0.7, 2.1  # of the frame; radians for each second on that clock
LIGHT = {"pulse": 0.30, "energy": 0.25}  # how much brighter it is in the middle


@dataclass(frozen=True)
class Pose:
    """`pan` −1..1 from one end of a picture that is longer than the frame to the other; `zoom` from 1 on; shifts and
    `waves` are shares of the frame, angles in radians; `light` more or less in the middle, where 0 is as it is."""

    pan: float = 0.0
    zoom: float = 1.0
    across: float = 0.0
    down: float = 0.0
    turn: float = 0.0
    waves: float = 0.0
    phase: float = 0.0
    light: float = 0.0


class Camera(Protocol):
    def canvas(self, width: int, height: int) -> tuple[int, int]:
        """Width and height of the pictures that frames of this size are taken of."""

    def pose(self, board: Storyboard, time_s: float, look: Look) -> Pose:
        """Where it is `time_s` seconds into the song, for frames of this look."""

    def take(self, pixels: Pixels, pose: Pose, width: int, height: int) -> Pixels:
        """(height, width, 3) of `pixels`, which have the canvas' size."""


class FixedCamera:
    """Before pictures that move by themselves."""

    def canvas(self, width: int, height: int) -> tuple[int, int]:
        return width, height

    def pose(self, board: Storyboard, time_s: float, look: Look) -> Pose:
        return Pose()

    def take(self, pixels: Pixels, pose: Pose, width: int, height: int) -> Pixels:
        return pixels


FIXED = FixedCamera()


class HandheldCamera:
    """Before pictures that stand still. Along a picture that is longer than the frame it pans from scene to scene. The
    music moves it, more or less as the look's `react` says; at 0 only the pan is left, at one speed."""

    def canvas(self, width: int, height: int) -> tuple[int, int]:
        side = max(min(width, height), round(COVERED * max(width, height)))
        return max(width, side), max(height, side)

    def pose(self, board: Storyboard, time_s: float, look: Look) -> Pose:
        if board.settings.motion == "still":
            return Pose()
        size, react = (look.width, look.height), look.react
        pan = 0.0 if self.canvas(*size) == size else _pan(board, time_s, react)
        if react == 0:
            return Pose(pan)
        levels, clock = board.levels.at(time_s), look.speed.drive(board.levels.drive, 0.0, time_s)
        sway = {name: react * reach * math.sin(speed * clock) for name, (reach, speed) in SWAY.items()}
        return Pose(
            pan,
            zoom=1 + react * (STEP_BACK + _weighed(PUNCH_IN, levels)),
            **sway,
            waves=react * _weighed(WAVES, levels),
            phase=WAVE_SPEED * clock,
            light=react * (_weighed(LIGHT, levels) - 0.5 * LIGHT["energy"]),
        )

    def take(self, pixels: Pixels, pose: Pose, width: int, height: int) -> Pixels:
        if pose == Pose() and pixels.shape[:2] == (height, width):
            return pixels
        picture = torch.from_numpy(pixels).permute(2, 0, 1)[None].float()
        places = _places(pose, pixels.shape[:2], (height, width))
        seen = F.grid_sample(picture, places, padding_mode="reflection", align_corners=False)[0]
        if pose.light:
            seen *= 1 + pose.light * _middle(height, width)
        return seen.clamp_(0, 255).round_().byte().permute(1, 2, 0).contiguous().numpy()


def compose(pictures: Tensor, width: int, height: int) -> Tensor:
    """Squares (n, 3, S, S) → a handheld camera's canvas (n, 3, H, W) for frames of `width`×`height`: as large as fits,
    and continued by their mirror images."""
    across, down = HandheldCamera().canvas(width, height)
    side = min(across, down)
    pictures = scaled(pictures, side, side)
    left, top = (across - side) // 2, (down - side) // 2
    return F.pad(pictures, (left, across - side - left, top, down - side - top), mode="reflect")


def _pan(board: Storyboard, time_s: float, react: float) -> float:
    """From one end to the other while a scene lasts, and back in the next one. So much of the way is gone as has
    sounded of what moves the camera in the scene: at one speed where it does not react, or nothing is heard."""
    scene = board.scene_at(time_s)
    start_s, end_s = board.scenes[scene].start_s, board.scenes[scene].end_s
    now_s = min(max(time_s, start_s), end_s)
    gone = CALM_PAN * (now_s - start_s) + react * board.levels.drive(start_s, now_s)
    to_come = CALM_PAN * (end_s - now_s) + react * board.levels.drive_to_come(now_s, end_s)
    return (2 * gone / (gone + to_come) - 1) * (-1) ** scene


def _weighed(weights: Mapping[str, float], levels: Levels) -> float:
    return sum(weight * float(getattr(levels, name)) for name, weight in weights.items())


def _places(pose: Pose, canvas: tuple[int, int], frame: tuple[int, int]) -> Tensor:
    """(1, H, W, 2) where each pixel of the frame lies on the canvas, as `grid_sample` takes it."""
    (height, width), (down, across) = frame, canvas
    short = min(frame)
    x, y = (torch.arange(size) - (size - 1) / 2 for size in (width, height))
    turn, reach = math.tau / (WAVE_LENGTH * short), pose.waves * short
    cosine, sine = math.cos(pose.turn) / pose.zoom, math.sin(pose.turn) / pose.zoom
    right = pose.across * width + pose.pan * (across - width) / 2
    below = pose.down * height + pose.pan * (down - height) / 2
    at_x = cosine * x[None] - sine * y[:, None] + (right + reach * torch.sin(turn * y + pose.phase))[:, None]
    at_y = sine * x[None] + cosine * y[:, None] + (below + reach * torch.sin(turn * x - pose.phase))[None]
    return torch.stack([at_x * (2 / across), at_y * (2 / down)], dim=-1)[None]


@lru_cache(maxsize=4)
def _middle(height: int, width: int) -> Tensor:
    """(H, W): 1 in the middle, less and less outwards."""
    across, down = (torch.linspace(-1, 1, size) for size in (width, height))
    return torch.exp(-(across[None] ** 2 + down[:, None] ** 2))
