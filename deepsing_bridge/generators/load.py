"""Generators by their names: which there are, where their weights lie, and one of them ready to use."""

from pathlib import Path

from ..core.device import CPU, Device
from ..core.errors import BridgeError
from ..core.invocation import command
from ..weights.files import MODELS
from ..weights.model_sets import folder_of
from .biggan import BIGGAN_SIZES, BIGGAN_TRUNCATION, BigGANGenerator
from .photos import EMBEDDED, PhotoGenerator
from .protocol import Generator, generator_file
from .worlds import WORLDS, WorldsGenerator

SHIPPED = (EMBEDDED, WORLDS)
GENERATORS = (*SHIPPED, *BIGGAN_SIZES)


def load_generator(name: str, device: Device = CPU) -> Generator:
    """The generator called `name`. Raises BridgeError for an unknown one, or one whose weights are not installed.

    BigGAN works on `device`; a photo generator always on the CPU, which it is made for; worlds where OpenGL is.
    """
    if name == WORLDS:
        return WorldsGenerator.load()
    folder = weights_folder(name)
    return BigGANGenerator.load(name, folder, device) if name in BIGGAN_SIZES else PhotoGenerator.load(folder, name)


def weights_folder(name: str) -> Path:
    """Where the weights of the generator called `name` lie. Raises BridgeError as `load_generator` does."""
    if name == WORLDS:
        return MODELS / WORLDS
    folder = MODELS if name == EMBEDDED else folder_of(name)
    if not (folder / generator_file(name)).exists():
        if name not in GENERATORS:
            raise BridgeError(
                f"generator {name!r}: expected one of {', '.join(GENERATORS)}, or one that `train generator` made"
            )
        raise BridgeError(
            f"generator {name}: its weights are not installed; {command(f'models pull {name}')} gets them, "
            f"or use --generator {EMBEDDED}"
        )
    return folder


def own_truncation(name: str) -> float:
    """What the generator called `name` was made for."""
    return BIGGAN_TRUNCATION if name in BIGGAN_SIZES else PhotoGenerator.truncation
