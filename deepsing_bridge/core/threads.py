"""Work on threads: items are made before they are asked for, or several at once. Python's lock is free while NumPy,
PyTorch and PyAV are at work."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")
AHEAD = 4  # items
WORKERS = 2  # on any machine: each piece that is being done takes memory


def prefetch(items: Iterable[Item], count: int = AHEAD) -> Generator[Item]:
    """`items` in their order, at most `count` of them made before they are asked for, one after the other.

    An exception comes where its item would have come. Whoever closes it waits for the item that is being made.
    """
    iterator, end = iter(items), object()
    with ThreadPoolExecutor(1, "prefetch") as thread:
        begun = deque(thread.submit(next, iterator, end) for _ in range(count))
        try:
            while (item := begun.popleft().result()) is not end:
                begun.append(thread.submit(next, iterator, end))
                yield item  # type: ignore[misc]
        finally:
            for each in begun:
                each.cancel()


def parallel_map(work: Callable[[Item], Made], items: Iterable[Item]) -> Generator[Made]:
    """What `work` makes of each of `items`, in their order, WORKERS of them at a time.

    An exception comes where its item would have come. Whoever closes it waits for the items that are being worked on.
    """
    begun: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(WORKERS, "parallel map") as threads:
        try:
            for item in items:
                begun.append(threads.submit(work, item))
                if len(begun) > WORKERS:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        finally:
            for each in begun:
                each.cancel()
