"""How the window begins."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Start:
    """On which `display`, counted from 1, and over all of it or not.

    `bare`: with nothing over the picture, not even that nobody is there any more, as an audience is to see it.
    """

    full_screen: bool = False
    display: int = 1
    bare: bool = False


IN_A_WINDOW = Start()
