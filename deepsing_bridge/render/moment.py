"""What is to be painted at one moment of a story: a class vector, a latent, and where between two styles. Pure.

Within a scene the latent moves with the music (`story.latents`). Over the last share of it, `morph`, class, latent and
style move to those of the next scene.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..story.latents import latents_at
from ..story.storyboard import Scene, Storyboard


@dataclass(frozen=True)
class Moment:
    """`scene` is on at `time_s`; `share` (0..1) of the way to scene `following` is gone. `latent` (latent_dim,)."""

    scene: int
    following: int
    share: float
    latent: NDArray[np.float64]
    time_s: float


def moment_at(board: Storyboard, time_s: float, morph: float) -> Moment:
    """The moment `time_s` seconds into the song."""
    return moments_of(board, board.scene_at(time_s), np.array([time_s]), morph)[0]


def moments_of(board: Storyboard, index: int, times: NDArray[np.float64], morph: float = 0.0) -> list[Moment]:
    """The moments of scene number `index` at `times`, seconds into the song, which may lie beyond its end."""
    following = min(index + 1, len(board.scenes) - 1)
    there = np.array(board.scenes[following].latent)
    shares = [_share(board, index, following, time, morph) for time in times.tolist()]
    latents = latents_at(board, index, times)
    return [
        Moment(index, following, share, latent + share * (there - latent), time_s)
        for share, latent, time_s in zip(shares, latents, times.tolist(), strict=True)
    ]


def class_vector(board: Storyboard, moment: Moment, classes: int, temperature: float = 0.0) -> NDArray[np.float32]:
    """(classes,) summing to 1: what the scene shows, or a mixture with the next one's on the way there."""
    here, there = (scene_vector(board.scenes[n], classes, temperature) for n in (moment.scene, moment.following))
    return (1 - moment.share) * here + moment.share * there


def scene_vector(scene: Scene, classes: int, temperature: float) -> NDArray[np.float32]:
    """(classes,) summing to 1: the translator's softmax at `temperature`, or at 0 the scene's class alone.

    That is so as well where another class than the likeliest was taken for variety's sake.
    """
    if temperature == 0 or scene.class_id != int(np.argmax(scene.probabilities)):
        vector = np.zeros(classes)
        vector[scene.class_id] = 1
    else:
        vector = (np.array(scene.probabilities) / max(scene.probabilities)) ** (1 / temperature)
    return np.asarray(vector / vector.sum(), dtype=np.float32)


def _share(board: Storyboard, index: int, following: int, time_s: float, morph: float) -> float:
    scene = board.scenes[index]
    length = morph * (scene.end_s - scene.start_s)
    if following == index or length <= 0:
        return 0.0
    gone = min(max((time_s - (scene.end_s - length)) / length, 0.0), 1.0)
    return gone * gone * (3 - 2 * gone)  # slow at both ends: a linear way is seen to start and stop
