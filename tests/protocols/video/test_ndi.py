"""NDI, received by another process that knows nothing of the bridge."""

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import Frame
from deepsing_bridge.live.clock import SystemClock
from deepsing_bridge.live.hub import Hub, LiveFrame
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.video import sink
from deepsing_bridge.protocols.video.ndi import NdiSink
from deepsing_bridge.protocols.video.output import VideoOutput
from deepsing_bridge.protocols.video.sink import Pixels
from tests.adapters import running

RECEIVER = Path(__file__).with_name("ndi_receiver.py")
THIS_MACHINE = {"ndi": {"networks": {"ips": "127.0.0.1"}}}  # found without mDNS
COLOURS = ((200, 60, 40), (40, 160, 60), (60, 80, 190), (120, 120, 120))
LEVELS, STEP = 25, 8
NEAR = 14  # of 255: the codec's colours have half the resolution, and are rounded


def quarters(level: int) -> Pixels:
    """The colours above in reading order, but for the last quarter, which is as grey as `level`."""
    picture = np.zeros((180, 320, 3), np.uint8)
    for number, colour in enumerate((*COLOURS[:3], (level,) * 3)):
        row, column = divmod(number, 2)
        picture[90 * row : 90 * (row + 1), 160 * column : 160 * (column + 1)] = colour
    return picture


@contextmanager
def receiver(name: str, seconds: float, folder: Path) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Gives what ends the wait for the receiver: all that it has told."""
    (folder / "ndi-config.v1.json").write_text(json.dumps(THIS_MACHINE))
    words = [sys.executable, str(RECEIVER), name, str(seconds)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, env={**os.environ, "NDI_CONFIG_DIR": str(folder)}) as process:
        assert process.stdout is not None
        lines = process.stdout
        try:
            yield lambda: [json.loads(line) for line in lines]
        finally:
            process.kill()


def put(hub: Hub, number: int, pixels: Pixels) -> None:
    hub.frames.put(LiveFrame(number, Frame(number, number / 24, pixels, 0), "lake"))


@pytest.mark.slow
def test_another_process_gets_frames_in_order_the_right_way_up_and_in_their_colours(tmp_path: Path) -> None:
    pytest.importorskip("cyndilib", reason="cyndilib is not installed")
    hub, name = Hub(vocabulary(), SystemClock()), f"deepsing test {uuid.uuid4().hex[:8]}"
    with running(VideoOutput(hub, NdiSink(name))), receiver(name, 3.0, tmp_path) as told:
        levels, begun_s = list[int](), time.monotonic()
        while time.monotonic() - begun_s < 12:
            levels.append(len(levels) % LEVELS * STEP + 20)
            put(hub, len(levels), quarters(levels[-1]))
            time.sleep(1 / 24)
        frames = told()
    assert len(frames) > 30
    assert all(frame["size"] == [320, 180] and frame["rate"] == 24 for frame in frames)
    for number, colour in enumerate(COLOURS[:3]):
        seen = np.array([frame["quarters"][number][:3] for frame in frames])
        assert np.abs(seen - colour).max() <= NEAR
    assert max(frame["torn"] for frame in frames) < 4
    greys = np.array([frame["quarters"][3][0] for frame in frames])
    steps = np.diff(np.round((greys - 20) / STEP)) % LEVELS
    assert set(steps) <= {1, 2, 3, 4}  # in order, none twice; what the receiver is too busy for is left out
    assert np.mean(steps == 1) > 0.7


def test_who_has_no_cyndilib_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sink, "find_spec", lambda name: None)
    with pytest.raises(BridgeError, match=r"cyndilib is not installed; pip install .*\[ndi\]"):
        NdiSink("deepsing")


@pytest.mark.parametrize("name", ["", " deepsing", "deep\nsing", "x" * 101])
def test_a_name_that_cannot_be_shown_is_refused(name: str) -> None:
    with pytest.raises(BridgeError, match=r"--ndi .*: expected a name of 1 to 100 printable characters"):
        NdiSink(name)
