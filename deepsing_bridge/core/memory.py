"""Memory that runs out, whosever it is: told apart from other mistakes, and in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from .errors import BridgeError

NEEDS_LESS = "a smaller --size or generator, or --precision bfloat16, needs less"


def is_out_of_memory(error: Exception) -> bool:
    """torch has a class for CUDA's; Metal's and the processor's are told apart by their words."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return any(words in str(error) for words in ("out of memory", "can't allocate memory"))


def shortage(what: str, error: Exception) -> BridgeError:
    """That there was not enough memory for `what`, with the first line of what was said."""
    said = str(error).partition("\n")[0][:200] or type(error).__name__
    return BridgeError(f"not enough memory for {what}: {NEEDS_LESS} ({said})")


@contextmanager
def told_if_short(what: str) -> Iterator[None]:
    """Raises BridgeError where there is not enough memory for `what`, which is done within."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if is_out_of_memory(error):
            raise shortage(what, error) from error
        raise
