"""Mistakes in the log: told, but no flood of them."""

import json
import logging
import warnings
from collections.abc import Iterator

import pytest

from deepsing_bridge.core.log import LIMIT, MISTAKES, OF_MISTAKES, RateLimit, log_mistake, set_up

AT_ONCE, EVERY_S = OF_MISTAKES


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lines(clock: Clock, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What comes through a handler with the filter."""
    limit = RateLimit(clock=clock)
    caplog.handler.addFilter(limit)
    yield caplog
    caplog.handler.removeFilter(limit)


def test_a_flood_is_a_few_lines_and_is_counted(lines: pytest.LogCaptureFixture, clock: Clock) -> None:
    for number in range(1000):
        log_mistake("osc", f"wrong {number}")
    assert lines.messages == [f"wrong {number}" for number in range(AT_ONCE)]
    clock.now_s += EVERY_S
    log_mistake("osc", "wrong again")
    log_mistake("osc", "and again")
    assert lines.messages[-1] == f"wrong again ({1000 - AT_ONCE} before it are not written here)"
    assert len(lines.messages) == AT_ONCE + 1


def test_after_a_long_silence_there_are_no_more_at_once_than_at_first(
    lines: pytest.LogCaptureFixture, clock: Clock
) -> None:
    log_mistake("osc", "wrong")
    clock.now_s += 1000 * EVERY_S
    for _ in range(100):
        log_mistake("osc", "wrong")
    assert len(lines.messages) == 1 + AT_ONCE


def test_a_flood_by_one_way_in_hides_nothing_of_another_nor_of_the_rest(lines: pytest.LogCaptureFixture) -> None:
    lines.set_level("INFO")
    for number in range(100):
        log_mistake("osc", f"wrong {number}")
        logging.getLogger("deepsing_bridge").info("scene %d", number)
    log_mistake("zeromq", "wrong too")
    assert lines.messages[-2:] == ["scene 99", "wrong too"]
    assert len(lines.messages) == AT_ONCE + 100 + 1


def test_what_happens_too_often_is_a_line_a_second_of_each_event(lines: pytest.LogCaptureFixture, clock: Clock) -> None:
    lines.set_level("INFO")

    def happens(event: str) -> None:
        logging.getLogger("deepsing_bridge").info("it is %s", event, extra={"event": event})

    for _ in range(1000):
        happens("cue/fired")
    happens("scene")
    assert lines.messages == ["it is cue/fired"] * LIMIT.at_once + ["it is scene"]
    clock.now_s += LIMIT.every_s
    happens("cue/fired")
    happens("cue/fired")
    assert lines.messages[LIMIT.at_once + 1 :] == [
        f"it is cue/fired ({1000 - LIMIT.at_once} before it are not written here)"
    ]


def test_nothing_from_outside_moves_the_cursor(lines: pytest.LogCaptureFixture) -> None:
    log_mistake("osc", "/deepsing/\x1b[2J\n%s: not known")
    logging.getLogger("deepsing_bridge").warning("%s: has several sound tracks", "a\x1b]0;song\x07\u202e.wav\n")
    assert lines.messages == ["/deepsing/ [2J %s: not known", "a ]0;song  .wav : has several sound tracks"]


@pytest.fixture
def logging_before() -> Iterator[None]:
    """What is set up within is taken back."""
    root, package = logging.getLogger(), logging.getLogger("deepsing_bridge")
    before = root.handlers, root.level, package.level
    yield
    root.handlers, root.level = before[:2]
    package.setLevel(before[2])
    logging.captureWarnings(False)


@pytest.mark.usefixtures("logging_before")
@pytest.mark.parametrize("as_json", [False, True])
def test_what_is_set_up_is_limited_and_names_the_event(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    set_up(as_json, verbose=False)
    for _ in range(2 * AT_ONCE):
        log_mistake("osc", "wrong")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == AT_ONCE
    if as_json:
        line = json.loads(lines[0])
        assert (line["message"], line["event"], line["fields"]) == ("wrong", "error", {"text": "wrong"})
        assert line["name"] == f"{MISTAKES}.osc"
    else:
        assert lines[0].endswith("  wrong")


@pytest.mark.usefixtures("logging_before")
def test_a_warning_of_pythons_is_a_line_of_json_as_all_others(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(as_json=True, verbose=False)
    warnings.warn("a library's", stacklevel=1)
    (line,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert "a library's" in line["message"]
    assert line["level"] == "WARNING"
