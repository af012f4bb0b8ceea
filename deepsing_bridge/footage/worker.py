"""Judges films and photos in a process of its own, one after the other, with models that are loaded once. A file that
makes a library crash ends no more than this.

Run as a module with an image model's name, the folder of its weights and a number of threads. Each line of its standard
input is JSON, a path and a digest; to each it answers with lines of JSON: steps in hundredths, and at last what was
told, or an error. It ends when its standard input does: whoever asked is gone.
"""

import json
import os
import sys
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import BinaryIO

import torch

from ..attributes import image_models
from ..core.errors import BridgeError
from ..core.worker_process import own_output
from .judge import judge
from .store import to_text


def _listen(asked: "Queue[tuple[str, str]]") -> None:
    for line in sys.stdin.buffer:
        asked.put(tuple(json.loads(line)))
    os._exit(0)  # at once, whatever is being decoded


def _tell(output: BinaryIO, **message: object) -> None:
    output.write(json.dumps(message).encode() + b"\n")
    output.flush()


def _answer(output: BinaryIO, path: Path, digest: str, model: image_models.ImageEstimator, threads: int) -> None:
    last = 0

    def progress(done: int, total: int) -> None:
        nonlocal last
        if done != last:
            last = done
            _tell(output, step=done)

    try:
        _tell(output, told=to_text(judge(path, digest, model, progress, threads)))
    except BridgeError as error:
        _tell(output, error=str(error))
    except MemoryError:
        _tell(output, error=f"{path}: takes more memory than there is")


def _main(name: str, models: Path, threads: int) -> None:
    torch.set_num_threads(threads)
    asked: Queue[tuple[str, str]] = Queue()
    with own_output() as output:
        Thread(target=_listen, args=(asked,), daemon=True).start()
        model = image_models.load(name, models)
        while True:
            path, digest = asked.get()
            _answer(output, Path(path), digest, model, threads)


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
