"""Pure Data's file format: a patch of objects and cords, and the names by which its parts hear each other."""

import re
from itertools import pairwise

from ..live.messages import ROOT

NAME = ROOT.strip("/")


class Patch:
    """Objects and cords, in the order in which Pd numbers them."""

    def __init__(self) -> None:
        self.objects: list[str] = []
        self.cords: list[str] = []

    def add(self, kind: str, x: float, y: float, *words: object) -> int:
        """Its number."""
        self.objects.append(f"#X {' '.join(map(str, (kind, round(x), round(y), *words)))};")
        return len(self.objects) - 1

    def connect(self, source: int, target: int, outlet: int = 0, inlet: int = 0) -> None:
        self.cords.append(f"#X connect {source} {outlet} {target} {inlet};")

    def chain(self, *objects: int) -> None:
        for source, target in pairwise(objects):
            self.connect(source, target)

    def add_chain(self, x: float, y: float, *objects: str) -> list[int]:
        """One below the other, connected; `set $1` and its like are messages, all others objects. Their numbers."""
        numbers = [
            self.add("msg" if "$" in words else "obj", x, y + 30 * row, words.replace("$", r"\$"))
            for row, words in enumerate(objects)
        ]
        self.chain(*numbers)
        return numbers

    def text(self) -> str:
        return "\n".join([*self.objects, *self.cords])


def send_name(name: str) -> str:
    """Under which a control of the panel sends."""
    return f"{NAME}-{name}"


def receive_name(name: str) -> str:
    """Under which it is turned."""
    return f"{NAME}-{name}-set"


def symbol(text: str) -> str:
    """`text` as one word of a patch."""
    return re.sub(r"([ ,;$\\])", r"\\\1", text)


def comment(text: str) -> str:
    """`text` as a comment's words."""
    return " ".join(symbol(each) for each in text.split())
