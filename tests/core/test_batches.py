"""Where memory runs out, fewer are made at a time, and nothing is left out."""

from collections.abc import Sequence

import pytest
import torch

from deepsing_bridge.core.batches import in_batches
from deepsing_bridge.core.errors import BridgeError

WORDS = "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried …"
SHORTAGES = (
    MemoryError(),
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    RuntimeError("MPS backend out of memory"),
    RuntimeError(WORDS),
)


class Card:
    """Has room for so many at a time; remembers what it was asked for."""

    def __init__(self, room: int, shortage: Exception = SHORTAGES[1]) -> None:
        self.room, self.shortage, self.asked = room, shortage, list[int]()

    def double(self, numbers: Sequence[int]) -> list[int]:
        self.asked.append(len(numbers))
        if len(numbers) > self.room:
            raise self.shortage
        return [2 * number for number in numbers]


def test_what_fits_is_done_at_once() -> None:
    card = Card(8)
    assert [*in_batches(range(20), 8, card.double)] == [[*range(0, 16, 2)], [*range(16, 32, 2)], [*range(32, 40, 2)]]
    assert card.asked == [8, 8, 4]


@pytest.mark.parametrize("shortage", SHORTAGES, ids=repr)
def test_what_does_not_fit_is_halved_and_stays_so(shortage: Exception) -> None:
    card = Card(3, shortage)
    found = [number for numbers in in_batches(range(9), 8, card.double) for number in numbers]
    assert found == [2 * number for number in range(9)]
    assert card.asked == [8, 4, 2, 2, 2, 2, 1]


def test_where_one_does_not_fit_it_is_told() -> None:
    with pytest.raises(BridgeError, match=r"not enough memory.*--precision bfloat16.*CUDA out of memory"):
        [*in_batches(range(4), 4, Card(0).double)]


def test_other_mistakes_are_not_tried_again() -> None:
    card = Card(0, RuntimeError("expected all tensors to be on the same device"))
    with pytest.raises(RuntimeError, match="same device"):
        [*in_batches(range(4), 4, card.double)]
    assert card.asked == [4]
