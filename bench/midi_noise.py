"""Another program that sends MIDI messages that are none: `python -m bench.midi_noise PORT COUNT SEED`, through JACK."""

import random
import sys
import time

import rtmidi

WAIT_S = 2.0  # the bridge looks for devices twice a second


def main(port: str, count: int, seed: int) -> None:
    chance = random.Random(seed)
    out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name="noise")
    out.open_virtual_port(port)
    time.sleep(WAIT_S)
    for _ in range(count):
        send(out, message(chance))
        time.sleep(0.001)
    time.sleep(0.2)


def send(out: rtmidi.MidiOut, bytes: list[int]) -> None:
    try:
        out.send_message(bytes)
    except ValueError:  # rtmidi itself refuses some
        return


def message(chance: random.Random) -> list[int]:
    """A status byte with any bytes after it, or a system exclusive message of them, which may lack its end."""
    if chance.random() < 0.5:
        return [chance.randrange(0x80, 0x100), *chance.choices(range(256), k=chance.randrange(3))]
    return [0xF0, *chance.choices(range(256), k=chance.randrange(1, 200)), *chance.choice([(), (0xF7,)])]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
