"""What somebody may change in a story after it was planned, each as a value.

Scenes are counted from 1, as people see them, in the story as the edits before have left it.
"""

from dataclasses import dataclass

from ..footage.media import Subclip

Latent = tuple[float, ...]


@dataclass(frozen=True)
class Picture:
    """What a scene shows: a class, and latents (latent_dim,) where it starts and where it is at its end."""

    class_id: int
    label: str
    latent: Latent
    towards: Latent


@dataclass(frozen=True)
class Repaint:
    """Scene number `scene` shows `picture`."""

    scene: int
    picture: Picture


@dataclass(frozen=True)
class Reshoot:
    """Scene number `scene`, which shows footage, shows `subclip` of it."""

    scene: int
    subclip: Subclip


@dataclass(frozen=True)
class Restyle:
    """It is painted with the style image called `style`."""

    scene: int
    style: str


@dataclass(frozen=True)
class Reblend:
    """It is stylized by `blend`, 0..1."""

    scene: int
    blend: float


@dataclass(frozen=True)
class MoveCut:
    """It begins at frame number `frame` of the film, where the scene before it ends."""

    scene: int
    frame: int


@dataclass(frozen=True)
class Merge:
    """Scenes `first` to `last` become one, with the picture of the first."""

    first: int
    last: int


@dataclass(frozen=True)
class Split:
    """From frame number `frame` of the film on, scene number `scene` is another one, which shows `picture`."""

    scene: int
    frame: int
    picture: Picture


@dataclass(frozen=True)
class SplitShot:
    """From frame number `frame` of the film on, scene number `scene`, which shows footage, is another one, which goes
    on with it."""

    scene: int
    frame: int


@dataclass(frozen=True)
class Lock:
    """No edit changes scene number `scene`, until it is unlocked (`locked` False)."""

    scene: int
    locked: bool


Edit = Repaint | Reshoot | Restyle | Reblend | MoveCut | Merge | Split | SplitShot | Lock
