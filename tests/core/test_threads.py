"""What is made ahead is what is made in turn, no more than wanted, and while something else is done."""

import threading
from collections.abc import Iterator

import pytest

from deepsing_bridge.core.threads import WORKERS, parallel_map, prefetch

LONG_S = 10.0  # a wait that only a broken thread outlasts


def test_all_comes_in_its_order() -> None:
    assert list(prefetch(range(20), 3)) == list(range(20))
    assert list(prefetch([])) == []
    assert list(prefetch([None, None])) == [None, None]


def test_the_next_is_made_while_one_is_used_and_not_more_than_wanted() -> None:
    made, third = list[int](), threading.Event()

    def items() -> Iterator[int]:
        for number in range(9):
            made.append(number)
            if number == 2:
                third.set()
            yield number

    coming = prefetch(items(), 2)
    assert next(coming) == 0
    assert third.wait(LONG_S)
    coming.close()
    assert made == [0, 1, 2]


def test_an_exception_comes_where_its_item_would_have() -> None:
    def items() -> Iterator[int]:
        yield 0
        yield 1
        raise KeyError("lost")

    coming = prefetch(items())
    assert [next(coming), next(coming)] == [0, 1]
    with pytest.raises(KeyError, match="lost"):
        next(coming)


def test_nothing_goes_on_after_it_is_closed() -> None:
    coming = prefetch(iter(int, 1))
    next(coming)
    coming.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("prefetch")]


def test_what_is_done_side_by_side_comes_in_its_order_and_at_the_same_time() -> None:
    together = threading.Barrier(WORKERS, timeout=LONG_S)

    def work(number: int) -> int:
        together.wait()
        return number**2

    assert list(parallel_map(work, range(3 * WORKERS))) == [number**2 for number in range(3 * WORKERS)]
    assert list(parallel_map(work, [])) == []


def test_no_more_is_done_side_by_side_than_wanted() -> None:
    done = list[int]()
    coming = parallel_map(done.append, range(20))
    next(coming)
    coming.close()
    assert len(done) <= WORKERS + 1


def test_an_exception_side_by_side_comes_where_its_item_would_have() -> None:
    coming = parallel_map(lambda number: 1 // number, [1, 0, 1])
    assert next(coming) == 1
    with pytest.raises(ZeroDivisionError):
        next(coming)
