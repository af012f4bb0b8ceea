"""What compares two ways in time compares their results, too, and writes down what it found and nothing else."""

import numpy as np
import pytest

from bench.performance import lengths
from bench.performance.__main__ import BEGIN, END, page
from bench.performance.compare import Figure, Row, Taken, measure
from bench.performance.outputs import outputs
from bench.performance.processes import run
from deepsing_bridge.core.device import CPU


def nothing() -> None:
    pass


def test_ways_are_timed_in_turn_and_compared() -> None:
    order: list[str] = []

    def way(name: str, value: float):  # type: ignore[no-untyped-def]
        def run() -> np.ndarray:
            order.append(name)
            return np.full(3, value)

        return run

    (figure,) = measure(Row("a row", way("plain", 1.0), {"fast": way("ours", 1.5)}, 2.0, "of two"), 3, nothing)
    assert order == ["plain", "ours"] * 4
    assert (figure.row, figure.way, figure.differs, figure.unit) == ("a row", "fast", pytest.approx(1.0), "of two")
    assert figure.plain_s is not None and len(figure.ratios) == 3


def test_a_way_may_take_its_own_time_and_memory() -> None:
    told = iter((Taken(9.0), Taken(1.5, 60.0), Taken(2.5, 50.0)))
    (figure,) = measure(Row("a row", None, {"ours": lambda: next(told)}), 2, nothing)
    assert (figure.ours_s, figure.memory_mb) == (2.0, 60.0)


def test_what_takes_minutes_is_done_once() -> None:
    calls: list[int] = []
    measure(Row("a row", None, {"ours": lambda: calls.append(1)}, once=True), 5, nothing)
    assert calls == [1]


def test_a_process_is_timed_and_its_memory_is_its_own() -> None:
    small = run("-c", "import time; time.sleep(0.3)")
    large = run("-c", "import time; kept = bytearray(b'x' * 100_000_000); time.sleep(0.3)")
    assert small.seconds >= 0.3 and small.memory_mb is not None and large.memory_mb is not None
    assert 90 < large.memory_mb - small.memory_mb < 210


def test_what_a_process_said_is_told_where_it_fails() -> None:
    with pytest.raises(RuntimeError, match="no such song"):
        run("-c", "raise SystemExit('no such song')")


@pytest.mark.slow
def test_songs_of_any_length_are_heard_in_a_process_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lengths, "MINUTES", (0.1,))
    (figure,) = (figure for row in lengths.lengths(CPU) for figure in measure(row, 5, nothing))
    assert figure.row == "hearing 0.1 min" and figure.memory_mb is not None and figure.memory_mb > 100


def test_every_way_out_is_named_by_the_bytes_of_a_frame() -> None:
    rows = {row.name: row for row in outputs(CPU)}
    assert [*rows["ZeroMQ, rgb, 512x512"].ours] != [*rows["ZeroMQ, rgba, 512x512"].ours]
    assert [*rows["shared memory, 512x512"].ours] == ["1,048,576 bytes"]
    assert [*rows["OSC: time, sentiment and levels"].ours] == ["128 bytes"]


def test_what_cannot_be_compared_is_timed_alone() -> None:
    (figure,) = measure(Row("a row", None, {"ours": nothing}), 2, nothing)
    assert (figure.plain_s, figure.ratios, figure.differs) == (None, (), None)


def test_a_page_keeps_what_is_written_around_its_figures() -> None:
    text = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    figure = Figure("WCT", "ours", 2.0, 0.0000456, (3.0, 4.0, 5.0), 1.25, "of 255", 812.4)
    written = page(text, {"machine": "a machine", "rounds": 3, "load": 0.0}, [figure])
    assert written.startswith(f"before\n{BEGIN}\n") and written.endswith(f"\n{END}\nafter\n") and "old" not in written
    assert "| WCT | ours | 2 | 0.0000456 | 4.00 | 3.00 to 5.00 | 1.2 of 255 | 812 |" in written
