"""What did not get where it was to go, told in `status`. Safe from any thread: each adapter has an entry of its own."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Loss:
    """`lost`: frames or events since the start; `failing`: nothing gets there at present."""

    lost: int
    failing: bool


class Losses:
    def __init__(self) -> None:
        self._found: dict[str, Loss] = {}

    def report(self, what: str, lost: int, failing: bool = False) -> None:
        """`what` does not work, or has lost something: its own running total."""
        self._found[what] = Loss(lost, failing)

    @property
    def lost(self) -> int:
        return sum(loss.lost for loss in tuple(self._found.values()))

    @property
    def failing(self) -> str:
        """What fails at present, by name; empty if nothing does."""
        return ", ".join(what for what, loss in sorted(self._found.items()) if loss.failing)
