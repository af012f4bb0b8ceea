"""What is to happen at a moment to come. Pure, bounded, and for one thread; is told the time."""

import heapq
import math
from itertools import count
from typing import Generic, TypeVar

T = TypeVar("T")
MOST = 1024


class Waiting(Generic[T]):
    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._heap: list[tuple[float, int, T]] = []
        self._numbers = count()

    def put(self, value: T, due_s: float) -> bool:
        """False if too much waits."""
        if len(self._heap) >= self._most:
            return False
        heapq.heappush(self._heap, (due_s, next(self._numbers), value))
        return True

    def due(self, now_s: float) -> list[T]:
        """What has come due since the last call, in order."""
        found = []
        while self._heap and self._heap[0][0] <= now_s:
            found.append(heapq.heappop(self._heap)[2])
        return found

    def wait_s(self, now_s: float) -> float:
        """Until something is due."""
        return max(self._heap[0][0] - now_s, 0.0) if self._heap else math.inf
