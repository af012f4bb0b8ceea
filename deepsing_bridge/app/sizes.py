"""How large a story's pictures are if nobody says: as large as the machine can draw while somebody waits."""

from typing import Literal, get_args

from ..generators.load import is_of_worlds, weights_folder
from ..shaders.opengl import shared

Shape = Literal["16:9", "9:16", "1:1"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
Size = tuple[int, int]

ON_A_CARD: dict[Shape, Size] = {"16:9": (1920, 1080), "9:16": (1080, 1920), "1:1": (1080, 1080)}
IN_SOFTWARE: dict[Shape, Size] = {"16:9": (704, 396), "9:16": (396, 704), "1:1": (528, 528)}
OF_PICTURES: dict[Shape, Size] = {"16:9": (912, 512), "9:16": (512, 912), "1:1": (512, 512)}
"""Of generators whose pictures are squares: what is wider is cropped."""


def default_size(generator: str, shape: Shape | None) -> Size:
    """Pixels, even. `shape` None: 16:9 of worlds, and a square of generators that make squares.

    Raises BridgeError for an unknown generator.
    """
    if not is_of_worlds(weights_folder(generator)):
        return OF_PICTURES[shape or "1:1"]
    return (IN_SOFTWARE if shared().in_software else ON_A_CARD)[shape or "16:9"]


def footage_size(shape: Shape | None) -> Size:
    """Of a timeline of somebody's own footage, which nobody has to draw; `shape` None: 16:9."""
    return ON_A_CARD[shape or "16:9"]


def larger_size(generator: str, size: Size) -> Size | None:
    """What to ask for where `size`, the default, is less than the generator can draw sharply; None if it is not."""
    if not is_of_worlds(weights_folder(generator)):
        return None
    shape = next((shape for shape, known in IN_SOFTWARE.items() if known == size), None)
    return ON_A_CARD[shape] if shape else None
