"""Paints scenes in a process of its own, one after the other, with models that are loaded once.

Run as a module. Its standard input begins with the pickled `SceneJob` of the process that started it; each line after
that is JSON, a scene's number and the path of its clip. To each it answers with a line of JSON, an error or none. It
ends when its standard input does: whoever asked is gone.
"""

import json
import os
import pickle
import sys
from pathlib import Path
from queue import Queue
from threading import Thread

from ..core.errors import BridgeError
from ..core.worker_process import own_output
from .scenes import ScenePainter


def _listen(asked: "Queue[tuple[int, str]]") -> None:
    for line in sys.stdin.buffer:
        asked.put(tuple(json.loads(line)))
    os._exit(0)  # at once, whatever is being painted


def _main() -> None:
    with own_output() as output:

        def answer(**message: object) -> None:
            output.write(json.dumps(message).encode() + b"\n")
            output.flush()

        job = pickle.load(sys.stdin.buffer)  # noqa: S301  # from the process that started this one, by a pipe of its own
        asked: Queue[tuple[int, str]] = Queue()
        Thread(target=_listen, args=(asked,), daemon=True).start()
        painter = None
        while True:
            index, path = asked.get()
            try:
                painter = painter or ScenePainter(job)
                painter.paint(index, Path(path))
                answer()
            except BridgeError as error:
                answer(error=str(error))


if __name__ == "__main__":
    _main()
