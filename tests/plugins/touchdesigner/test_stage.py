"""The frames of a real bridge in a fake TouchDesigner, in a process of its own; for longer: `bench.touchdesigner`."""

from contextlib import closing

import pytest

from tests.plugins.touchdesigner.audience import Published, in_its_place, stage
from tests.process import bridge

ARGUMENTS = ("examples/demo.ogg", "--no-midi", "--no-announce")
WAYS = {"zeromq": (), "sharedmemory": ("zmq",)}
"""How frames come, and what cannot be imported then."""

MORE = 48  # pictures of the second bridge; the one who counts may be joined to it half of them later
AT_THE_BREAK = 2  # pictures that a dying bridge may have sent to one of two who listen


@pytest.mark.parametrize("way", WAYS)
def test_it_shows_the_bridges_frames_right_way_up_and_whole_also_of_one_that_was_killed_and_came_back(way, tmp_path):
    (tmp_path / "second").mkdir()
    with (
        bridge(tmp_path, *ARGUMENTS) as running,
        closing(Published(running.frames)) as published,
        stage(running, forbidden=WAYS[way], Way="auto") as shown,
    ):
        shown.says("frames by " + {"zeromq": "ZeroMQ", "sharedmemory": "shared memory"}[way])
        shown.shows(24)
        running.process.kill()
        running.process.wait()
        shown.says("no bridge")
        before = len(shown.pictures)
        with in_its_place(running, tmp_path / "second", *ARGUMENTS) as other:
            shown.says("frames by")
            other.wait_for("playing")
            shown.shows(MORE)
            after = len(shown.pictures) - MORE // 2

            shown.do(edit="receiver")
            shown.shows(6)
            shown.until(lambda: len(shown.threads()) == 1, "the thread of the text before is still there")

            shown.do(set=["Blend", 0.3])
            shown.until(lambda: blend_of(other) == pytest.approx(0.3), "the knob never turned the bridge")
            end = shown.leave()
    compared = shown.pictures[: before - AT_THE_BREAK] + shown.pictures[after:]
    wrong = [each for each in compared if not published.has(each["sequence"], each["digest"])]
    assert not wrong and all(each["opaque"] and each["size"] == [256, 256] for each in shown.pictures)
    assert len({each["digest"] for each in shown.pictures}) > 10, "a still picture shows little"
    assert end["threads"] == [] and end["conflicts"] == []
    assert end["cooks"] == end["copies"] <= published.count + MORE // 2
    assert end["ways"] == [name for name in ("zmq",) if way == "zeromq"]


def blend_of(running):
    return running.ask(command="get", name="blend")["value"]
