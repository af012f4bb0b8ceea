"""Tries shaders in a process of its own: one that hangs the graphics driver, or makes it crash, ends nothing else.

Run as a module it is that process. Its standard input is a list of files as JSON; its standard output has a line of
JSON once it is ready, and then one for each file: why it cannot be shown, or nothing.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import BinaryIO

import numpy as np

from ..core.errors import BridgeError
from ..core.types import Progress, no_progress
from ..core.worker_process import ending, limit_memory, own_output, worker_process
from ..shaders import isf
from ..shaders.opengl import shared
from .protocol import Instant
from .worlds import NATIVE_SIZE, WorldsGenerator

DRAWN = 8  # pictures of each, by chance
FLATTEST = 1.0  # of 255: a picture whose values spread less shows nothing
SLOWEST_S = 1.0  # for a small picture
START_S, PATIENCE_S = 120.0, 30.0  # for the process, and for one shader, which a busy machine may slow down
MOST_MEMORY = 4 << 30  # bytes of the process, which needs a tenth; a few lines of macros or arrays can ask for any

_MUCH = f"more than {MOST_MEMORY >> 30} GiB"
_MODULE = __spec__.name if __spec__ else __name__


def faults(files: Sequence[Path], progress: Progress = no_progress, patience_s: float = PATIENCE_S) -> dict[Path, str]:
    """Why those of `files` that cannot be shown cannot, a sentence each. `progress` counts files.

    Raises BridgeError where there is no OpenGL.
    """
    shared()
    found: dict[Path, str] = {}
    left = list(files)
    while left:
        for fault in _told(left, patience_s):
            if fault:
                found[left[0]] = fault
            left = left[1:]
            progress(len(files) - len(left), len(files))
    return found


def _told(files: Sequence[Path], patience_s: float) -> Iterator[str]:
    """The fault of each of `files`, or nothing; ends after one that the process did not survive."""
    with worker_process(_MODULE, stdin=subprocess.PIPE) as process:
        lines: Queue[bytes] = Queue()
        assert process.stdin is not None and process.stdout is not None
        Thread(target=_listen, args=(process.stdout, lines), daemon=True).start()
        process.stdin.write(json.dumps(list(map(str, files))).encode())
        process.stdin.close()
        if not _next(lines, START_S):
            raise BridgeError(f"the process that tries shaders did not start within {START_S:g} s")
        for path in files:
            line = _next(lines, patience_s)
            if line is None:
                yield f"{path}: is not drawn within {patience_s:g} s"
                return
            if not line:
                yield f"{path}: makes the graphics driver crash, or takes {_MUCH} of memory ({ending(process)})"
                return
            yield str(json.loads(line))


def _next(lines: "Queue[bytes]", patience_s: float) -> bytes | None:
    """What the process told next, nothing if it has ended; None where that took too long."""
    try:
        return lines.get(timeout=patience_s)
    except Empty:
        return None


def _listen(output: BinaryIO, lines: "Queue[bytes]") -> None:
    """Puts what the process tells into `lines`, and at its end an empty one."""
    for line in output:
        lines.put(line)
    lines.put(b"")


def fault(path: Path) -> str:
    """Why the shader in `path` cannot be shown; nothing, if it can."""
    try:
        with closing(WorldsGenerator([isf.read(path)])) as world:
            latents = world.sample_latents(DRAWN, 0).numpy()
            pictures = [world.draw(0, latent, Instant(), NATIVE_SIZE, NATIVE_SIZE) for latent in latents]
            started = time.perf_counter()
            world.draw(0, latents[0], Instant(1.0), NATIVE_SIZE, NATIVE_SIZE)
            took_s = time.perf_counter() - started
    except BridgeError as error:
        return str(error)
    if took_s > SLOWEST_S:
        return f"{path}: takes {took_s:.1f} s for a picture of {NATIVE_SIZE}x{NATIVE_SIZE} here; at most {SLOWEST_S:g}"
    if np.median([float(np.std(picture)) for picture in pictures]) < FLATTEST:
        return f"{path}: most of its pictures show nothing"
    return ""


def _main() -> None:
    files = json.load(sys.stdin)
    limit_memory(MOST_MEMORY)
    with own_output() as output:
        shared()
        for told in chain([""], (fault(Path(file)) for file in files)):
            output.write(json.dumps(told).encode() + b"\n")
            output.flush()


if __name__ == "__main__":
    _main()
