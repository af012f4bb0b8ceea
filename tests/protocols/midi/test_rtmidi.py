import random
from itertools import pairwise

import pytest

from deepsing_bridge.protocols.midi.rtmidi import Arrivals


def arrivals(sent: list[float], taken: list[float]) -> list[float]:
    found = Arrivals()
    pauses = [0.0, *(b - a for a, b in pairwise(sent))]
    return [found.at(pause, now_s) for pause, now_s in zip(pauses, taken, strict=True)]


def test_messages_that_waited_are_not_late() -> None:
    chance = random.Random(1)
    sent = [5 + 0.01 * i for i in range(500)]
    taken = [at_s + 0.001 + chance.random() * 0.005 for at_s in sent]
    taken[200:215] = [sent[214] + 0.002] * 15  # the interpreter was busy for 150 ms
    found = arrivals(sent, taken)
    assert max(abs(at_s - was_s - 0.001) for at_s, was_s in zip(found[50:], sent[50:], strict=True)) < 0.001
    assert all(at_s <= now_s for at_s, now_s in zip(found, taken, strict=True))


def test_clocks_that_drift_apart_are_followed() -> None:
    for speed in (1.0001, 0.9999):
        sent = [0.01 * i for i in range(60_000)]
        taken = [at_s * speed + 0.001 for at_s in sent]
        found = arrivals(sent, taken)
        assert abs(found[-1] - taken[-1]) < 0.002


@pytest.mark.parametrize("leap_s", [3.0, -3.0])
def test_a_clock_that_leaps_is_got_over_at_once(leap_s: float) -> None:
    sent = [0.01 * i for i in range(100)]
    leapt = [at_s + (leap_s if i >= 50 else 0) for i, at_s in enumerate(sent)]
    found = arrivals(leapt, [at_s + 0.001 for at_s in sent])
    assert all(abs(a - b) < 0.002 for a, b in zip(found, sent, strict=True))
