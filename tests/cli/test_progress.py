"""What a long command tells where nobody looks at a terminal."""

import io
import time
from collections.abc import Callable

from deepsing_bridge.cli.progress import lines
from tests.process import READY_S

OFTEN_S = 0.01


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + READY_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(OFTEN_S)


def test_the_stage_that_is_on_is_told_again_and_again_though_it_counts_nothing() -> None:
    log = io.StringIO()
    with lines(log, OFTEN_S) as stages:
        stages("listening")
        wait_until(lambda: log.getvalue().count("listening: 0:0") >= 2)


def test_it_is_told_how_far_a_stage_is_and_when_it_is_done() -> None:
    log = io.StringIO()
    with lines(log, OFTEN_S) as stages:
        painting = stages("painting scenes")
        painting(3, 12)
        wait_until(lambda: "painting scenes: 25 %, 0:0" in log.getvalue())
        assert " left\n" in log.getvalue() and "done" not in log.getvalue()
        painting(12, 12)
        stages("writing timelines")(1, 1)
    assert "painting scenes: done in 0:0" in log.getvalue()
    assert log.getvalue().splitlines()[-1].startswith("writing timelines: done in ")


def test_a_short_command_tells_each_stage_once() -> None:
    log = io.StringIO()
    with lines(log) as stages:
        for name in ("reading", "listening"):
            stages(name)(1, 1)
    assert [line.split(":")[0] for line in log.getvalue().splitlines()] == ["reading", "listening"]


def test_a_log_that_was_closed_ends_no_work() -> None:
    log = io.StringIO()
    log.close()
    with lines(log, OFTEN_S) as stages:
        stages("painting")(1, 2)
        stages("writing")(1, 1)
