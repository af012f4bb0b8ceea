"""Decodes a song in a process of its own: a file that makes a library crash does not end the program that asked.

Run as a module with a path it is that process. Its standard output has a line of JSON for each step, warning or
error, and at last one with the number of samples, which follow as they are in memory.
"""

import json
import logging
import sys
from io import BufferedReader
from mmap import mmap
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..core.errors import BridgeError
from ..core.types import Progress, Song, no_progress
from ..core.worker_process import ending, own_output, worker_process
from .decode import decode, refuse_missing, samples_to_song

log = logging.getLogger(__name__)

PATIENCE_S = 0.1  # how often `progress` is called while nothing happens, as it may want to give up

_MODULE = __spec__.name if __spec__ else __name__


def file_to_song(path: Path, progress: Progress = no_progress) -> Song:
    """As `decode.file_to_song`; raises BridgeError, too, where a library crashes over `path`.

    What `progress` raises ends the other process, even one that hangs.
    """
    refuse_missing(path)  # no process can be given every name
    with worker_process(_MODULE, str(path)) as process:
        messages: Queue[dict[str, Any]] = Queue()
        assert isinstance(process.stdout, BufferedReader)
        Thread(target=_listen, args=(process.stdout, messages), daemon=True).start()
        step = (0, 100)
        while True:
            try:
                message = messages.get(timeout=PATIENCE_S)
            except Empty:
                message = {"step": step}
            if "step" in message:
                step = message["step"]
                progress(*step)
            elif "warning" in message:
                log.warning("%s", message["warning"])
            elif "error" in message:
                raise BridgeError(message["error"])
            elif "samples" in message:
                return samples_to_song(message["samples"], path)
            else:
                raise BridgeError(f"{path}: ended the process that decodes it ({ending(process)}); convert it to wav")


def _listen(output: BufferedReader, messages: "Queue[dict[str, Any]]") -> None:
    """Puts what the process tells into `messages`, and at its end an empty one."""
    try:
        for line in output:
            message = json.loads(line)
            if "samples" in message:
                message = {"samples": _read(output, message["samples"])}
            messages.put(message)
    except (ValueError, OSError):  # closed meanwhile, or a line or samples that a crash has cut
        pass
    messages.put({})


def _read(output: BufferedReader, samples: int) -> NDArray[np.float32]:
    """Into memory that is no heap's. glibc has eight heaps for each core; where there are more threads, a new one, as
    the one that listens, gets the next in turn, and a heap keeps what it grew to: twice a song, for song after song.

    Raises ValueError if there are fewer.
    """
    memory = mmap(-1, 4 * samples)
    if output.readinto(memory) < len(memory):
        raise ValueError(f"expected {samples} samples")
    return np.frombuffer(memory, np.float32)


class _Told(logging.Handler):
    def __init__(self, output: BinaryIO) -> None:
        super().__init__(logging.WARNING)
        self._output = output

    def emit(self, record: logging.LogRecord) -> None:
        _tell(self._output, warning=record.getMessage())


def _tell(output: BinaryIO, **message: object) -> None:
    output.write(json.dumps(message).encode() + b"\n")
    output.flush()


def _main(path: Path) -> None:
    with own_output() as output:
        logging.getLogger().addHandler(_Told(output))
        logging.captureWarnings(True)
        last = -1

        def progress(done: int, total: int) -> None:
            nonlocal last
            if done != last:
                last = done
                _tell(output, step=(done, total))

        try:
            samples = decode(path, progress)
        except BridgeError as error:
            _tell(output, error=str(error))
            return
        _tell(output, samples=len(samples))
        output.write(samples.tobytes())


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
