"""Work in batches that become smaller where memory runs out, and a sentence where it does not even do for one."""

import gc
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import torch

from .memory import is_out_of_memory, shortage

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_batches(items: Sequence[Item], size: int, work: Callable[[Sequence[Item]], Result]) -> Iterator[Result]:
    """What `work` makes of `items`, `size` at a time, in their order; of half as many from where memory runs out.

    Raises BridgeError where it runs out over a single one.
    """
    start = 0
    while start < len(items):
        batch = items[start : start + size]
        try:
            result = work(batch)
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            if len(batch) == 1:
                raise shortage("one picture at a time", error) from error
            size = len(batch) // 2
        else:
            yield result
            start += len(batch)
            continue
        _give_back()  # here, where the error no longer holds what was being made


def _give_back() -> None:
    gc.collect()
    torch.cuda.empty_cache()  # does nothing where CUDA was never used
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()
