"""What tests of adapters share."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from deepsing_bridge.app.adapters import Adapter

A = TypeVar("A", bound="Adapter")


@contextmanager
def running(adapter: A) -> Iterator[A]:
    """Started, and stopped in the end."""
    adapter.start()
    try:
        yield adapter
    finally:
        adapter.stop()
