"""Where a scene's latent is at any moment: dynamic stories move with the music. Pure."""

import math

import numpy as np
from numpy.typing import NDArray

from ..core.units import HANDLE_S, frame_to_seconds
from .storyboard import Scene, Storyboard

PICTURE_EVERY_S = 0.5  # of a dynamic story, as the features
DRIFT = 0.3  # the least, in σ, that a dynamic scene's latent wanders
REACH = 0.7  # of the latent's own size, if that is more: strong sentiments have large latents, and must not stand still


def picture_times(board: Storyboard, index: int) -> NDArray[np.float64]:
    """When, in seconds of the song, scene number `index` has a picture of its own: every PICTURE_EVERY_S over its whole
    clip, counted from the scene's start; there alone if the story stands still."""
    scene = board.scenes[index]
    if board.settings.motion == "still":
        return np.array([scene.start_s])
    head_s = frame_to_seconds(board.head_frames(index), board.frame_rate)
    before, after = math.ceil(head_s / PICTURE_EVERY_S), (scene.end_s + HANDLE_S - scene.start_s) / PICTURE_EVERY_S
    return scene.start_s + PICTURE_EVERY_S * np.arange(-before, after + 1)


def latents_at(board: Storyboard, index: int, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """(times, latent_dim): where the latent of scene number `index` is at each of `times` in the song.

    It goes to the scene's `destination`; how far it has come is the share of the scene's power that has sounded, so it
    moves with the music. In a story that stands still it stays.
    """
    scene = board.scenes[index]
    start = np.array(scene.latent)
    if board.settings.motion == "still":
        return np.repeat(start[None], len(times), axis=0)
    share = _power_share(board, scene, times)
    return start + share[:, None] * (destination(board, index) - start)


def destination(board: Storyboard, index: int) -> NDArray[np.float64]:
    """(latent_dim,) where the latent of scene number `index` is when the scene ends: where it is planned to go, else
    where chance says. Not where the next scene begins, so that the cut is seen. Footage has none."""
    scene = board.scenes[index]
    if scene.towards or not scene.latent:
        return np.array(scene.towards)
    return wandered(np.array(scene.latent), np.random.default_rng([board.seed, index]))


def wandered(start: NDArray[np.float64], chance: np.random.Generator) -> NDArray[np.float64]:
    """(latent_dim,) where a latent that is at `start` may be when its scene ends: by REACH away, or by DRIFT if it is
    small."""
    reach = max(DRIFT, REACH * float(np.sqrt(np.square(start).mean())))
    return start + reach * chance.standard_normal(len(start))


def _power_share(board: Storyboard, scene: Scene, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of the scene's power sounded by each of `times`; goes on below 0 and beyond 1 in the handles."""
    hop_s = board.sentiment.hop_s
    sounded = np.concatenate([[0.0], np.cumsum(np.maximum(board.power, 1e-9)) * hop_s])
    at = np.interp([scene.start_s, scene.end_s, *times], np.arange(len(sounded)) * hop_s, sounded)
    start, end, here = at[0], at[1], at[2:]
    return np.clip((here - start) / max(end - start, 1e-9), -0.5, 1.5)
