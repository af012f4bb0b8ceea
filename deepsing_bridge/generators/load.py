"""Generators by their names: which there are, where their weights lie, and one of them ready to use."""

import logging
from pathlib import Path

from .. import weights
from ..core.device import CPU, Device
from ..core.errors import BridgeError
from ..core.invocation import command
from ..shaders.isf import FRAGMENT
from ..shaders.opengl import shared
from ..weights.files import MODELS
from ..weights.model_sets import folder_of
from .biggan import BIGGAN_SIZES, BIGGAN_TRUNCATION, BigGANGenerator
from .photos import EMBEDDED, PhotoGenerator
from .protocol import Generator, generator_file
from .worlds import WORLDS, WorldsGenerator

log = logging.getLogger(__name__)

SHIPPED = (EMBEDDED, WORLDS)
GENERATORS = (*SHIPPED, *BIGGAN_SIZES)


def load_generator(
    name: str, device: Device = CPU, truncation: float | None = None, rendered_at: float | None = None
) -> Generator:
    """The generator called `name`. Raises BridgeError for an unknown one, or one whose weights are not installed.

    BigGAN and photo generators work on `device`, worlds where OpenGL is; BigGAN at `truncation` and `rendered_at` if
    they are given.
    """
    folder = weights_folder(name)
    if is_of_worlds(folder):
        return WorldsGenerator.load(folder, name)
    if name in BIGGAN_SIZES:
        return BigGANGenerator.load(name, folder, device, truncation or own_truncation(name), rendered_at)
    return PhotoGenerator.load(folder, name, device)


def default_generator() -> str:
    """Worlds where there is OpenGL; else photos, and the log says what to install."""
    try:
        shared()
    except BridgeError as error:
        log.warning("pictures come from photos, since %s", error)
        return EMBEDDED
    return WORLDS


def weights_folder(name: str) -> Path:
    """Where the weights of the generator called `name` lie. Raises BridgeError as `load_generator` does."""
    if name == WORLDS:
        return MODELS / WORLDS
    folder = MODELS if name == EMBEDDED else folder_of(name)
    if not (folder / generator_file(name)).exists() and not is_of_worlds(folder):
        if name not in GENERATORS:
            raise BridgeError(
                f"generator {name!r}: expected one of {', '.join(GENERATORS)}, or one that `train generator` or "
                "`models add-worlds` made"
            )
        raise BridgeError(
            f"generator {name}: its weights are not installed; {command(f'models pull {name}')} gets them, "
            f"or use --generator {EMBEDDED}"
        )
    return folder


def is_of_worlds(folder: Path) -> bool:
    """Whether the generator in `folder` is made of shaders."""
    return folder == MODELS / WORLDS or any(name.endswith(FRAGMENT) for name in weights.manifest(folder))


def own_truncation(name: str) -> float:
    """What the generator called `name` was made for."""
    return BIGGAN_TRUNCATION if name in BIGGAN_SIZES else PhotoGenerator.truncation
