"""A DAW that nobody here wrote: Ardour without its window, playing to the bridge by JACK.

    python -m bench.ardour

It needs Debian's ardour and jackd2. Ardour rolls for 5 s, goes back to 3 s while it rolls, rolls on for 5 s, and stops:
first with its MIDI time code, then with its MIDI clock, then with both. A line for each tells when the bridge said that it
played, counted from when Ardour rolled; how far it was from Ardour's own position before and after the jump, by the median
and by what 95 % are below; and where both stopped. Both sides are noted as they come, by one clock.
"""

import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import soundfile

from deepsing_bridge.client import Subscriber
from tests.jack import jack_server
from tests.process import bridge
from tests.sounds import music

ROLLS_S = 5.0
PLACE_S = 3.0  # where it goes while it rolls
SETTLED_S = 1.5  # after it rolled or jumped
SONG_S = 20
RATE = 21_504

SESSION = """\
assert(AudioEngine:set_backend("JACK", "ardour", ""))
assert(AudioEngine:start(false) == 0)
local session = assert(create_session("{folder}", "session", 48000))
local ui, settings = ARDOUR.TransportRequestSource.TRS_UI, ARDOUR.config()
local function tell(what)
  print("told", what, session:transport_sample() / 48000)
  io.flush()
end
for _, sends in ipairs({{ {{ true, false }}, {{ false, true }}, {{ true, true }} }}) do
  settings:set_send_mtc(sends[1])
  settings:set_send_midi_clock(sends[2])
  session:goto_start()
  ARDOUR.LuaAPI.usleep(3000000)
  tell("begin")
  session:request_roll(ui)
  for part = 1, 2 do
    for step = 1, {steps} do
      ARDOUR.LuaAPI.usleep(50000)
      tell("part" .. part)
    end
    if part == 1 then
      session:request_locate({place} * 48000, false, ARDOUR.LocateTransportDisposition.MustRoll, ui)
    end
  end
  session:request_stop(false, false, ui)
  ARDOUR.LuaAPI.usleep(3000000)
  tell("end")
end
session = nil
close_session()
quit()
"""


@dataclass(frozen=True)
class Told:
    """What one side said, and when, s by the machine's clock. `what`: a part of the session, or a state of the bridge."""

    at_s: float
    what: str
    time_s: float


@contextmanager
def noting(port: int) -> Iterator[list[Told]]:
    """What the bridge tells of its transport, as it comes."""
    told: list[Told] = []
    stop = Event()

    def note() -> None:
        subscriber, state = Subscriber(f"tcp://127.0.0.1:{port}"), ""
        while not stop.is_set():
            event = subscriber.receive(0.1)
            if isinstance(event, dict) and event["type"] in ("time", "transport"):
                state = event.get("state", state)
                told.append(Told(time.monotonic(), state, event["time_s"]))
        subscriber.close()

    thread = Thread(target=note)
    thread.start()
    try:
        yield told
    finally:
        stop.set()
        thread.join()


def played(folder: Path) -> list[Told]:
    """What Ardour tells, as it comes."""
    script = folder / "session.lua"
    script.write_text(SESSION.format(folder=folder / "session", steps=round(ROLLS_S / 0.05), place=PLACE_S))
    told = []
    with subprocess.Popen(
        ["ardour7-lua", str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        for line in process.stdout:
            if line.startswith("told"):
                _, what, position = line.split()
                told.append(Told(time.monotonic(), what, float(position)))
    return told


def report(name: str, ardour: Sequence[Told], ours: Sequence[Told]) -> str:
    """One line; `ardour` from "begin" to "end"."""
    began_s, stopped_s = ardour[0].at_s, ardour[-1].at_s
    while_it_rolls = [told for told in ours if began_s <= told.at_s <= stopped_s]
    playing = next((told.at_s - began_s for told in while_it_rolls if told.what == "playing"), None)
    follows = "never says that it plays" if playing is None else f"plays after {playing:.2f} s"
    parts = "; ".join(f"{part}: {_apart(ardour, ours, part)}" for part in ("part1", "part2"))
    last = [told for told in ours if told.at_s <= stopped_s][-1]
    stands = f"{last.what or 'standing'} at {last.time_s:.2f} s, Ardour at {ardour[-1].time_s:.2f} s"
    return f"{name}: {follows}; {parts}; {stands}"


def _apart(ardour: Sequence[Told], ours: Sequence[Told], part: str) -> str:
    rolled = [told for told in ardour if told.what == part]
    settled = [told for told in rolled if told.at_s - rolled[0].at_s > SETTLED_S]
    apart = [_ours(ours)(told.at_s) - told.time_s for told in settled]
    most = sorted(map(abs, apart))[int(0.95 * len(apart))]
    return f"{statistics.median(apart) * 1000:+.0f} ms, 95 % within {most * 1000:.0f}"


def _ours(ours: Sequence[Told]) -> Callable[[float], float]:
    """Where the bridge is at a moment: as last told, and on from there if it plays."""

    def position(at_s: float) -> float:
        last = [told for told in ours if told.at_s <= at_s][-1]
        return last.time_s + (at_s - last.at_s if last.what == "playing" else 0)

    return position


def main() -> None:
    with tempfile.TemporaryDirectory() as name, jack_server():
        folder = Path(name)
        soundfile.write(folder / "song.wav", music(SONG_S), RATE)
        ports = ("--midi-port", "MTC out", "--midi-port", "MIDI Clock out")
        words = (folder / "song.wav", "--hold", "--size", "64x64", "--fps", 5, *ports)
        with bridge(folder, *words) as running:
            running.wait_for("stopped")
            with noting(running.frames) as ours:
                ardour = played(folder)
    begins = [index for index, told in enumerate(ardour) if told.what == "begin"]
    for title, begin, end in zip(("MTC", "MIDI clock", "both"), begins, [*begins[1:], None], strict=True):
        print(report(title, ardour[begin:end], ours))


if __name__ == "__main__":
    main()
