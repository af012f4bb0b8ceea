"""What there is to see of the bridge, from either kind of client. Never blocks.

Asked again and again by one thread, the one that draws. Knows nothing of windows.
"""

from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..client import SharedFrames, Subscriber
from ..core.types import Sentiment

MIDDLE = Sentiment(0.0, 0.0)


@dataclass(frozen=True)
class Seen:
    """What there is to see. `frames` counts those that came, so that a new picture is noticed.

    `pixels` (height, width, 3 or 4) uint8, rows from the top down, None before the first; `alive`: whether a bridge
    is there now. `state` is the bridge's, as in its `status`, empty where that is not told.
    """

    alive: bool = False
    frames: int = 0
    pixels: NDArray[np.uint8] | None = None
    label: str = ""
    time_s: float = 0.0
    sentiment: Sentiment = MIDDLE
    state: str = ""


class Source:
    """`name` says in words what is waited for. What is not told any more stays as it was."""

    def __init__(self, client: SharedFrames | Subscriber) -> None:
        self.name = client.address if isinstance(client, Subscriber) else f"shared memory {client.name}"
        self._client = client
        self._seen = Seen()

    def look(self) -> Seen:
        """What there is to see now; never waits."""
        with suppress(ValueError):  # a frame that cannot be read; the client counts it
            frame = self._client.newest()
            if frame is not None:
                self._seen = replace(self._seen, pixels=frame.pixels, label=frame.label)
        now = self._client.now()
        if now is not None:
            sentiment = Sentiment(now.valence, now.arousal)
            self._seen = replace(self._seen, time_s=now.time_s, sentiment=sentiment, state=now.state)
        return replace(self._seen, alive=now is not None, frames=self._client.frames)
