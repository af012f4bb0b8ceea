"""Opens a device in a process of its own, so that nothing there keeps a sound card's thread waiting.

That thread has a few milliseconds for each block, and what it does not take is lost. In a process that also paints and
feels it would have to wait for Python's lock, on a busy machine for a tenth of a second.

Run as a module with a device's system and name it is that process. Its standard output has a line of JSON, with the
rate or what is wrong, and then block after block: HEADER, how many samples it has and how many were lost before it, and
the samples (n, 2) as they are in memory.
"""

import json
import signal
import struct
import subprocess
import sys
import time
from contextlib import ExitStack, closing, suppress
from io import BufferedReader
from threading import Event, Thread
from typing import BinaryIO

import numpy as np

from ..core.worker_process import own_output, worker_process
from .device import RING_S, Device, Input
from .inputs import devices
from .ring import CHANNELS, SampleRing

HEADER = struct.Struct("<II")
LOOK_S = 0.002  # how often what came is handed over
ALIVE_S = 0.25  # how often the device is asked whether it is still there
PATIENCE_S, END_S = 15.0, 1.0  # for a device to open, and to close
MOST_LINE = 10_000

_MODULE = __spec__.name if __spec__ else __name__


class InputProcess:
    """`device`, open. Raises OSError where it cannot be had."""

    def __init__(self, device: Device) -> None:
        self.rate, self.ring = device.rate, SampleRing(round(RING_S * device.rate))
        self._error, self._opened = f"{device.name} does not answer", Event()
        with ExitStack() as opening:
            process = opening.enter_context(worker_process(_MODULE, device.system, device.name))
            assert isinstance(process.stdout, BufferedReader)
            self._thread = Thread(target=self._receive, args=(process.stdout,), name="sound", daemon=True)
            self._thread.start()
            if not self._opened.wait(PATIENCE_S) or self._error:
                raise OSError(self._error)
            self._process, self._running = process, opening.pop_all()

    def _receive(self, output: BufferedReader) -> None:
        """Until the process ends."""
        try:
            first = json.loads(output.readline(MOST_LINE) or '{"error": "its process ended"}')
            self._error = first.get("error", "")
            if not self._error:
                self.rate, self.ring = first["rate"], SampleRing(round(RING_S * first["rate"]))
        finally:
            self._opened.set()
        while len(header := output.read(HEADER.size)) == HEADER.size:
            count, lost = HEADER.unpack(header)
            samples = np.frombuffer(output.read(count * CHANNELS * 4), np.float32)
            if len(samples) < count * CHANNELS:
                return
            self.ring.lose(lost)
            self.ring.write(samples.reshape(-1, CHANNELS))

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def close(self) -> None:
        """Asked first, so that the device is given back in order."""
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(END_S)
        self._running.close()
        self._thread.join()


def main(system: str, name: str) -> None:
    """Within the process."""
    output = own_output()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        found = [device for device in devices() if (device.system, device.name) == (system, name)]
        if not found:
            raise OSError(f"{name} is not there")
        source = found[0].open()
    except Exception as error:  # PortAudio's, JACK's: it is told where somebody waits for it
        output.write(json.dumps({"error": str(error)}).encode() + b"\n")
        output.flush()
        return
    with closing(source), suppress(BrokenPipeError):  # who listened is gone
        _hand_over(source, output)


def _hand_over(source: Input, output: BinaryIO) -> None:
    """Until the device is gone."""
    output.write(json.dumps({"rate": source.rate}).encode() + b"\n")
    lost, asked_s = 0, time.monotonic()
    while True:
        samples, missing = source.ring.read(), source.ring.lost - lost
        if len(samples) or missing:
            lost += missing
            output.write(HEADER.pack(len(samples), missing) + samples.tobytes())
            output.flush()
        if time.monotonic() - asked_s > ALIVE_S:
            asked_s = time.monotonic()
            if not source.alive:
                return
        time.sleep(LOOK_S)


if __name__ == "__main__":
    main(*sys.argv[1:])
