"""An NDI receiver that knows nothing of the bridge: tells, as JSON, what came from the source of that name.

    python ndi_receiver.py NAME SECONDS

A line for each frame: when the sender stamped it, its size and rate, the mean colours of its quarters, from the upper
left one in reading order, and by how much the rows of the last one differ, as those of a torn picture do.
"""

import json
import sys
import time

import numpy as np
from cyndilib.finder import Finder
from cyndilib.receiver import Receiver
from cyndilib.video_frame import VideoFrameSync
from cyndilib.wrapper import RecvBandwidth, RecvColorFormat

PATIENCE_S = 30.0


def main(name: str, seconds: float) -> None:
    finder = Finder()
    finder.open()
    receiver = Receiver(color_format=RecvColorFormat.RGBX_RGBA, bandwidth=RecvBandwidth.highest)
    frame = VideoFrameSync()
    receiver.frame_sync.set_video_frame(frame)
    receiver.set_source(found(finder, name))
    stamp, end_s = 0.0, time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        receiver.frame_sync.capture_video()
        width, height = frame.get_resolution()
        if min(width, height) > 0 and frame.get_timestamp_posix() != stamp:
            end_s = end_s if stamp else time.monotonic() + seconds
            stamp = frame.get_timestamp_posix()
            sys.stdout.write(json.dumps(told(frame, stamp, width, height)) + "\n")
            sys.stdout.flush()
        time.sleep(0.004)


def told(frame: VideoFrameSync, stamp: float, width: int, height: int) -> dict[str, object]:
    pixels = frame.get_array().reshape(height, -1, 4)[:, :width]
    halves = slice(0, height // 2), slice(height // 2, height)
    sides = slice(0, width // 2), slice(width // 2, width)
    quarters = [pixels[rows, columns].mean((0, 1)).round(1).tolist() for rows in halves for columns in sides]
    torn = float(np.ptp(pixels[height // 2 + 8 : -8, width // 2 + 8 : -8].mean((1, 2))))
    rate = float(frame.get_frame_rate())
    return {"stamp": stamp, "size": [width, height], "rate": rate, "quarters": quarters, "torn": torn}


def found(finder: Finder, name: str) -> object:
    end_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        finder.wait_for_sources(0.2)
        for source in finder.iter_sources():
            if source.stream_name == name:
                return source
    raise SystemExit(f"no source called {name}")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
