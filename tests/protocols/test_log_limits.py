"""Mistakes in the log: told, but no flood of them."""

import pytest

from deepsing_bridge.live.clock import ManualClock
from deepsing_bridge.protocols.log_limits import EVERY_S, MOST, Complaints


def test_a_flood_is_a_few_lines_and_is_counted(caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock()
    complaints = Complaints(clock)
    for number in range(1000):
        complaints.write(f"wrong {number}")
    assert [record.message for record in caplog.records] == [f"wrong {number}" for number in range(MOST)]
    clock.now_s += EVERY_S
    complaints.write("wrong again")
    complaints.write("and again")
    assert caplog.records[-1].message == f"wrong again ({1000 - MOST} before it are not written here)"
    assert len(caplog.records) == MOST + 1


def test_nothing_from_outside_moves_the_cursor(caplog: pytest.LogCaptureFixture) -> None:
    Complaints(ManualClock()).write("/deepsing/\x1b[2J\n: not known")
    assert "\x1b" not in caplog.records[0].message and "\n" not in caplog.records[0].message
