"""A DAW that nobody here wrote: Ardour without its window, playing to the bridge by JACK.

    python -m bench.ardour SONG

It needs Debian's ardour and jackd2, and a song of 20 s or more. Ardour rolls, goes to another place, and stops; first with
its MIDI time code, then with its MIDI clock, then with both. For each it is told when the bridge began to follow after
Ardour rolled, how far from Ardour's own position it was (median, and what 95 % are below), and what it did when Ardour
stopped. Positions are compared twenty times a second by one clock, the machine's.
"""

import argparse
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

from tests.jack import jack_server
from tests.process import Bridge, bridge

ROLLS_S = 5.0
PLACE_S = 9.0  # where it goes while it rolls
SETTLED_S = 1.5  # after it rolled or jumped
PATIENCE_S = 120.0

SESSION = """\
assert(AudioEngine:set_backend("JACK", "ardour", ""))
assert(AudioEngine:start(false) == 0)
local session = assert(create_session("{folder}", "session", 48000))
local ui, settings = ARDOUR.TransportRequestSource.TRS_UI, ARDOUR.config()
local function tell(what)
  print("told", what, session:transport_sample() / 48000, session:transport_rolling() and 1 or 0)
  io.flush()
end
for _, sends in ipairs({{ {{ true, false }}, {{ false, true }}, {{ true, true }} }}) do
  settings:set_send_mtc(sends[1])
  settings:set_send_midi_clock(sends[2])
  session:goto_start()
  ARDOUR.LuaAPI.usleep(2000000)
  tell("begin")
  session:request_roll(ui)
  for step = 1, {steps} do
    ARDOUR.LuaAPI.usleep(50000)
    if step == {half} then
      session:request_locate({place} * 48000, false, ARDOUR.LocateTransportDisposition.MustRoll, ui)
    end
    tell("at")
  end
  session:request_stop(false, false, ui)
  ARDOUR.LuaAPI.usleep(2000000)
  tell("end")
end
session = nil
close_session()
quit()
"""


@dataclass(frozen=True)
class Sample:
    """Where both were at one moment, s; `at_s` by the machine's clock."""

    what: str
    at_s: float
    ardour_s: float
    bridge_s: float
    state: str


@contextmanager
def ardour(folder: Path) -> Iterator[Queue[str]]:
    """The lines that its script prints."""
    script = folder / "session.lua"
    steps = round(2 * ROLLS_S / 0.05)
    script.write_text(SESSION.format(folder=folder / "session", steps=steps, half=steps // 2, place=PLACE_S))
    process = subprocess.Popen(
        ["ardour7-lua", str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    lines: Queue[str] = Queue()

    def read() -> None:
        assert process.stdout
        for line in process.stdout:
            lines.put(line)
        lines.put("")

    reader = Thread(target=read)
    reader.start()
    try:
        yield lines
    finally:
        process.kill()
        process.wait()
        reader.join()


def samples(lines: Queue[str], running: Bridge) -> Iterator[Sample]:
    """As Ardour tells them; the bridge is asked at once."""
    while True:
        try:
            line = lines.get(timeout=PATIENCE_S)
        except Empty:
            raise TimeoutError("Ardour says nothing") from None
        if not line:
            return
        if line.startswith("told"):
            _, what, position, _ = line.split()
            told = running.ask("get", name="transport")
            yield Sample(what, time.monotonic(), float(position), float(str(told["time_s"])), str(told["state"]))


def report(name: str, heard: list[Sample]) -> str:
    """One line of the table."""
    rolling = [sample for sample in heard if sample.what == "at"]
    began = rolling[0].at_s - 0.05
    followed = next((sample.at_s - began for sample in rolling if sample.state == "playing"), None)
    jumped = next((b.at_s for a, b in pairwise(rolling) if b.ardour_s - a.ardour_s > 2), None)
    settled = [
        abs(sample.bridge_s - sample.ardour_s)
        for sample in rolling
        if sample.at_s - began > SETTLED_S and not (jumped and 0 <= sample.at_s - jumped < SETTLED_S)
    ]
    before = [s.bridge_s - s.ardour_s for s in rolling if jumped and SETTLED_S < s.at_s - began < jumped - began]
    worst = sorted(settled)[int(0.95 * len(settled))]
    began_text = "never" if followed is None else f"{followed:.2f} s"
    return (
        f"{name:<12} follows after {began_text:<8} off by {statistics.median(settled) * 1000:.0f} ms "
        f"(95 %: {worst * 1000:.0f}; before the jump, median {statistics.median(before) * 1000:+.0f}), "
        f"then {heard[-1].state} at {heard[-1].bridge_s:.2f} s, Ardour at {heard[-1].ardour_s:.2f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("song", type=Path)
    song = parser.parse_args().song
    words = (song, "--hold", "--size", "64x64", "--fps", 5, "--midi-port", "MTC out", "--midi-port", "MIDI Clock out")
    with tempfile.TemporaryDirectory() as name, jack_server(), bridge(Path(name), *words) as running:
        running.wait_for("stopped")
        with ardour(Path(name)) as lines:
            parts: list[list[Sample]] = []
            for sample in samples(lines, running):
                if sample.what == "begin":
                    parts.append([])
                parts[-1].append(sample)
        for title, part in zip(("MTC", "MIDI clock", "both"), parts, strict=True):
            print(report(title, part))


if __name__ == "__main__":
    main()
