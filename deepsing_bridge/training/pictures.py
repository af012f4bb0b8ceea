"""Pictures of a data set, checked before anything long begins. Knows nothing of what they show."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from ..core.errors import BridgeError, first_few
from ..core.types import Progress, no_progress


def refuse_unreadable(pictures: Sequence[Path], progress: Progress = no_progress) -> None:
    """Raises BridgeError that names the pictures that cannot be decoded. `progress` counts them all."""
    broken = []
    for done, path in enumerate(pictures, 1):
        if not is_readable(path):
            broken.append(path)
        progress(done, len(pictures))
    if broken:
        raise BridgeError(f"pictures that cannot be read: {first_few(broken)}; mend or remove them")


def is_readable(picture: Path) -> bool:
    """Whether all of it can be decoded."""
    try:
        with Image.open(picture) as image:
            image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False
    return True
