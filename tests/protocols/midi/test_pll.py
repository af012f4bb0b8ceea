"""The loop itself; how well it follows jittery time is tested with the readers, in test_time."""

import pytest

from deepsing_bridge.protocols.midi.pll import PhaseLockedLoop


def test_a_loop_with_two_ticks_at_once_has_a_period_all_the_same() -> None:
    loop = PhaseLockedLoop(0.02, window=10, jump_s=0.1)
    for tick in range(5):
        loop.hear(tick, 1.0)
    assert loop.period_s > 0
    for tick in range(5, 200):
        loop.hear(tick, 1.0 + (tick - 5) * 0.02)
    assert loop.period_s == pytest.approx(0.02, rel=1e-3)
    assert loop.tick_at(loop.time_of(199)) == pytest.approx(199)
