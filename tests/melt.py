"""Render a story with melt, a real editor's engine, and look at the film.

Traps on the way from OpenTimelineIO to melt:

- otio-mlt-adapter writes only the frame rate into the profile (a fraction, from `global_start_time`): without
  the size and the pixels' shape melt renders 720×576 PAL.
- it copies bare numbers, so every range must be at the timeline's frame rate; a sound's range in samples
  would be taken for frames. Bare paths are what it wants.
- melt's default film is a lossy .mp4 whose sound outlasts its picture: FFV1 and PCM in Matroska keep the
  clips' pictures and end together. Matroska knows only milliseconds, so frames are counted, not timed.
- `real_time=-1` renders every frame however slow the machine is.
"""

import shutil
import subprocess
from collections.abc import Collection
from pathlib import Path

import av
import numpy as np
import opentimelineio as otio
import pytest
from numpy.typing import NDArray

from deepsing_bridge.adapters.storyfile import scene_frames
from deepsing_bridge.types import Storyboard

needs_melt = pytest.mark.skipif(
    shutil.which("melt") is None or "mlt_xml" not in otio.adapters.available_adapter_names(),
    reason="needs melt (Debian: apt-get install melt) and otio-mlt-adapter (pip install otio-mlt-adapter)",
)


def render(otio_path: Path, out: Path) -> Path:
    """Convert `otio_path` to MLT's XML beside `out` and let melt render it to `out` (.mkv)."""
    timeline = otio.adapters.read_from_file(str(otio_path))
    width, height = _size_of_first_clip(timeline)
    xml = out.with_suffix(".mlt")
    otio.adapters.write_to_file(timeline, str(xml), "mlt_xml", **_profile(width, height))
    consumer = [f"avformat:{out}", "vcodec=ffv1", "pix_fmt=yuv422p", "acodec=pcm_s16le", "real_time=-1"]
    subprocess.run(["melt", str(xml), "-consumer", *consumer], check=True, capture_output=True, timeout=600)
    return out


def middle_frames(film: Path, storyboard: Storyboard) -> list[NDArray[np.uint8]]:
    """The (H, W, 3) RGB picture that `film` shows in the middle of every scene."""
    return frames_at(film, {(start + end) // 2 for start, end in scene_frames(storyboard)})


def frames_at(film: Path, wanted: Collection[int]) -> list[NDArray[np.uint8]]:
    """The frames of `film` whose numbers are `wanted`, in order, counted by decoding from the start."""
    with av.open(film) as container:
        numbered = enumerate(container.decode(video=0))
        return [frame.to_ndarray(format="rgb24") for number, frame in numbered if number in wanted]


def frame_count(film: Path) -> int:
    with av.open(film) as container:
        return sum(1 for _ in container.decode(video=0))


def _size_of_first_clip(timeline: otio.schema.Timeline) -> tuple[int, int]:
    clip = timeline.video_tracks()[0][0]
    with av.open(clip.media_reference.target_url) as container:
        stream = container.streams.video[0]
        return stream.width, stream.height


def _profile(width: int, height: int) -> dict[str, str]:
    return {
        "width": str(width),
        "height": str(height),
        "progressive": "1",
        "sample_aspect_num": "1",
        "sample_aspect_den": "1",
        "display_aspect_num": str(width),
        "display_aspect_den": str(height),
        "colorspace": "709",
    }
