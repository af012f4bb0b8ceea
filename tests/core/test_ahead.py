"""What is made ahead is what is made in turn, no more than wanted, and while something else is done."""

import threading
from collections.abc import Iterator

import pytest

from deepsing_bridge.core.ahead import ahead

LONG_S = 10.0  # a wait that only a broken thread outlasts


def test_all_comes_in_its_order() -> None:
    assert list(ahead(range(20), 3)) == list(range(20))
    assert list(ahead([])) == []
    assert list(ahead([None, None])) == [None, None]


def test_the_next_is_made_while_one_is_used_and_not_more_than_wanted() -> None:
    made, third = list[int](), threading.Event()

    def items() -> Iterator[int]:
        for number in range(9):
            made.append(number)
            if number == 2:
                third.set()
            yield number

    coming = ahead(items(), 2)
    assert next(coming) == 0
    assert third.wait(LONG_S)
    coming.close()
    assert made == [0, 1, 2]


def test_an_exception_comes_where_its_item_would_have() -> None:
    def items() -> Iterator[int]:
        yield 0
        yield 1
        raise KeyError("lost")

    coming = ahead(items())
    assert [next(coming), next(coming)] == [0, 1]
    with pytest.raises(KeyError, match="lost"):
        next(coming)


def test_nothing_goes_on_after_it_is_closed() -> None:
    coming = ahead(iter(int, 1))
    next(coming)
    coming.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]
