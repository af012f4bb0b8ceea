"""Another program that plays a sound file through JACK, once told to.

    python jack_player.py FILE NAME

Says `{"ready": true}` when its ports are there, plays when a line comes, and then says `{"began": clock}`: what
`time.perf_counter` was when JACK was given the first sample. It ends when its input does.
"""

import json
import sys
import time

import jack
import numpy as np
import soundfile
import soxr


def say(**line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main(path: str, name: str) -> None:
    client = jack.Client(name, no_start_server=True)
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    sound = soxr.resample(samples, rate, client.samplerate)[:, [0, -1]]
    ports = [client.outports.register(f"out_{number + 1}") for number in range(2)]
    place, began = -1, []

    @client.set_process_callback
    def process(frames: int) -> None:
        nonlocal place
        block = np.zeros((frames, 2), np.float32)
        if place >= 0:
            if not began:
                began.append(time.perf_counter())
            part = sound[place : place + frames]
            block[: len(part)] = part
            place += frames
        for column, port in enumerate(ports):
            port.get_array()[:] = block[:, column]

    with client:
        say(ready=True)
        for _ in sys.stdin:
            place = 0
            while not began:
                time.sleep(0.001)
            say(began=began[0])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
