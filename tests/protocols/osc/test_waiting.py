"""What waits for its moment."""

import math

from deepsing_bridge.protocols.osc.waiting import Waiting


def test_what_is_due_comes_in_order_of_its_time_and_then_of_its_coming() -> None:
    waiting: Waiting[str] = Waiting()
    assert waiting.wait_s(0.0) == math.inf
    for value, due_s in (("c", 3.0), ("a", 1.0), ("b", 1.0)):
        assert waiting.put(value, due_s)
    assert (waiting.wait_s(0.25), waiting.wait_s(9.0)) == (0.75, 0.0)
    assert [waiting.due(now_s) for now_s in (0.5, 1.0, 2.0, 3.0)] == [[], ["a", "b"], [], ["c"]]


def test_no_more_waits_than_may() -> None:
    waiting: Waiting[int] = Waiting(most=2)
    assert [waiting.put(number, 1.0) for number in range(3)] == [True, True, False]
    assert waiting.due(1.0) == [0, 1]
    assert waiting.put(3, 1.0)
