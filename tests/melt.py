"""Render a story with melt, a real editor's engine, and look at the film.

melt's default film is a lossy .mp4 whose sound outlasts its picture: FFV1 and PCM in Matroska keep the clips'
pictures and end together. Matroska knows only milliseconds, so frames are counted, not timed. `real_time=-1` renders
every frame however slow the machine is. melt 7.12 starts its thread before it says that it runs (consumer_start of
consumer_avformat.c): on a busy machine the thread finds now and then that it does not, and closes an empty film, upon
which melt ends, or waits for ever. It is then run again.
"""

import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, Popen, TimeoutExpired

import av
import numpy as np
import psutil
from numpy.typing import NDArray

from deepsing_bridge.export.editors.export import export
from deepsing_bridge.story.storyboard import Storyboard

ATTEMPTS = 3
FAREWELL_S = 5.0  # for melt to go, once the film is closed


def render(otio_path: Path, out: Path) -> Path:
    """Export `otio_path` for melt beside `out` and let melt render it to `out` (.mkv)."""
    ((_, project, _),) = export(otio_path, ["mlt"], out.with_suffix(""))
    return render_project(project, out)


def render_project(project: Path, out: Path, frames: int | None = None) -> Path:
    """Let melt render an .mlt or .kdenlive to `out` (.mkv), or its first `frames`: what Kdenlive has saved goes on in
    black. Raises RuntimeError if it gives no film."""
    part = [] if frames is None else ["in=0", f"out={frames - 1}"]
    consumer = [f"avformat:{out}", "vcodec=ffv1", "pix_fmt=yuv422p", "acodec=pcm_s16le", "real_time=-1"]
    for _ in range(ATTEMPTS):
        out.unlink(missing_ok=True)
        with Popen(["melt", str(project), *part, "-consumer", *consumer], stdout=DEVNULL, stderr=DEVNULL) as melt:
            while melt.poll() is None and not _is_closed(out, melt):
                time.sleep(0.05)
            with suppress(TimeoutExpired):
                melt.wait(FAREWELL_S)
            melt.kill()
        if out.is_file() and out.stat().st_size:
            return out
    raise RuntimeError(f"melt made no film of {project}")


def _is_closed(film: Path, melt: "Popen[bytes]") -> bool:
    """Whether it was begun, and is not written to any more."""
    with suppress(psutil.Error):
        return film.exists() and str(film.resolve()) not in (
            file.path for file in psutil.Process(melt.pid).open_files()
        )
    return False


def middle_frames(film: Path, storyboard: Storyboard) -> list[NDArray[np.uint8]]:
    """The (H, W, 3) RGB picture that `film` shows in the middle of every scene."""
    return frames_at(film, {(start + end) // 2 for start, end in storyboard.scene_frames()})


def frames_at(film: Path, wanted: Collection[int]) -> list[NDArray[np.uint8]]:
    """The frames of `film` whose numbers are `wanted`, in order, counted by decoding from the start."""
    with av.open(film) as container:
        numbered = enumerate(container.decode(video=0))
        return [frame.to_ndarray(format="rgb24") for number, frame in numbered if number in wanted]


def frame_count(film: Path) -> int:
    with av.open(film) as container:
        return sum(1 for _ in container.decode(video=0))
