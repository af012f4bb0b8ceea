"""What an iterator gives is made ahead, on a thread of its own, while what came before is used."""

from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
AHEAD = 4


def ahead(items: Iterable[Item], count: int = AHEAD) -> Generator[Item]:
    """`items` in their order, at most `count` of them made before they are asked for, one after the other.

    An exception comes where its item would have come. Whoever closes it waits for the item that is being made.
    """
    iterator, end = iter(items), object()
    with ThreadPoolExecutor(1, "ahead") as thread:
        begun = deque(thread.submit(next, iterator, end) for _ in range(count))
        try:
            while (item := begun.popleft().result()) is not end:
                begun.append(thread.submit(next, iterator, end))
                yield item  # type: ignore[misc]
        finally:
            for each in begun:
                each.cancel()
