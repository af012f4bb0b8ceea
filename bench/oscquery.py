"""How soon an OSCQuery client sees what is turned: the figures of docs/live.md.

    python -m bench.oscquery [--generator worlds] [--trials 200]

Starts the real process with the demo song, a JACK server without sound, and a MIDI controller that another program is.
From when that one's knob is turned, to when the value has arrived by websocket, and by OSC, for comparison: JACK and the
look at its ports take most of it; and the same from an OSC surface, which they do not.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import numpy as np
from mido import Message
from pythonosc.osc_message import OscMessage
from websockets.sync.client import ClientConnection, connect

from bench.clients import Fader
from bench.controllers import MORPH, NAME
from tests.jack import Player, jack_server, until
from tests.process import ROOT, bridge

PATH = "/deepsing/param/morph"
PAUSE_S = 0.05
WAIT_S = 20.0


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--generator", default="embedded")
    options.add_argument("--trials", type=int, default=200)
    given = options.parse_args()
    words = (ROOT / "examples" / "demo.ogg", "--loop", "--generator", given.generator, "--midi-port", NAME)
    with ExitStack() as opened:
        opened.enter_context(jack_server())
        knob = opened.enter_context(closing(Player(NAME)))
        folder = opened.enter_context(tempfile.TemporaryDirectory())
        running = opened.enter_context(bridge(Path(folder), *words))
        running.wait_for("playing", 120)
        until(lambda: NAME in running.log)
        client = opened.enter_context(connect(f"ws://127.0.0.1:{running.http}/", proxy=None))
        client.send(json.dumps({"COMMAND": "LISTEN", "DATA": PATH}))
        _arrival(client)
        fader, watcher = (opened.enter_context(closing(Fader(running.osc))) for _ in range(2))
        watcher.send("/deepsing/subscribe")
        _report("a MIDI knob", [_took(client, watcher, _turned(knob, trial)) for trial in range(given.trials)])
        _report("an OSC fader", [_took(client, watcher, _sent(fader, trial)) for trial in range(given.trials)])


def _turned(knob: Player, trial: int) -> Callable[[], float]:
    """A knob that goes up and down by one: to take hold it has to come past the value, as the first turns do."""
    value = 127 - abs(trial % 254 - 127)

    def turn() -> float:
        knob.send([Message("control_change", control=MORPH, value=value)])
        return knob.sent()

    return turn


def _sent(fader: Fader, trial: int) -> Callable[[], float]:
    return lambda: fader.send(PATH, 0.2 + 0.001 * trial)


def _took(client: ClientConnection, watcher: Fader, turn: Callable[[], float]) -> tuple[float, float] | None:
    """By websocket and by OSC; None if nothing came of it."""
    watcher.drain()
    began_s = turn()
    try:
        by_websocket_s = _arrival(client, 1.0) - began_s
    except TimeoutError:
        return None
    by_osc_s = watcher.hear(PATH)[0] - began_s
    time.sleep(PAUSE_S)
    return by_websocket_s, by_osc_s


def _arrival(client: ClientConnection, timeout_s: float = WAIT_S) -> float:
    frame = client.recv(timeout_s)
    arrived_s = time.perf_counter()
    assert isinstance(frame, bytes) and OscMessage(frame).address == PATH
    return arrived_s


def _report(what: str, took_s: list[tuple[float, float] | None]) -> None:
    seen = 1000 * np.array([took for took in took_s if took is not None])
    for way, times in zip(("websocket", "OSC"), seen.T, strict=True):
        median, late = np.percentile(times, (50, 95))
        print(f"{what} to {way}: median {median:.1f} ms, 95 % within {late:.1f} ms, at most {times.max():.1f} ms")
    print(f"{len(seen)} of {len(took_s)} took hold; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
