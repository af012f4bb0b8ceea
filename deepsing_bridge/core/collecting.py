"""When Python looks for garbage in cycles. What torch and librosa define on import stays, and looking through it again
and again takes a sixth of the time that importing them takes."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """For imports and loading of models: nothing is looked for meanwhile."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
