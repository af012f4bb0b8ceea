"""Real MIDI: another process with nothing but mido, and a JACK server without sound in between."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from fractions import Fraction
from itertools import islice
from pathlib import Path
from threading import enumerate as all_threads
from typing import Any

import pytest
from mido import Message

from deepsing_bridge.live.clock import SystemClock
from deepsing_bridge.live.commands import Chase, Command, SetParam
from deepsing_bridge.live.events import Echo
from deepsing_bridge.live.hub import Hub
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.midi.adapter import MidiAdapter
from deepsing_bridge.protocols.midi.map import Button, Control, MidiMap, default_map, load_map
from deepsing_bridge.protocols.midi.rtmidi import Backend
from deepsing_bridge.protocols.midi.tools import learn, list_ports, monitor
from tests.jack import JACK, Player, jack_server, until
from tests.protocols.midi.senders import DROP, clocks, quarter_frames

pytest.importorskip("rtmidi", reason="python-rtmidi is not installed")
pytestmark = pytest.mark.program("jackd")

VOCABULARY = vocabulary()


@pytest.fixture(scope="module", autouse=True)
def jack() -> Iterator[None]:
    with jack_server():
        yield


@pytest.fixture
def player() -> Iterator[Player]:
    found = Player()
    yield found
    found.close()


@pytest.fixture
def hub() -> Hub:
    return Hub(VOCABULARY, SystemClock())


@pytest.fixture
def started(hub: Hub) -> Iterator[Callable[..., MidiAdapter]]:
    adapters: list[MidiAdapter] = []

    def start(mapping: MidiMap | None = None, **options: Any) -> MidiAdapter:
        adapter = MidiAdapter(hub, mapping or default_map(VOCABULARY), ports=["nanoKONTROL2"], backend=JACK, **options)
        adapters.append(adapter)
        adapter.start()
        until(lambda: "nanoKONTROL2" in adapter.describe())
        return adapter

    yield start
    for adapter in adapters:
        adapter.stop()
        assert adapter.failed_sends == adapter.overflows == adapter.bad_messages == 0


def turns(controller: int, values: Iterable[int]) -> list[Message]:
    return [Message("control_change", control=controller, value=value) for value in values]


def heard(hub: Hub, enough: Callable[[list[Any]], object], again: Callable[[], object] = lambda: None) -> list[Any]:
    found: list[Command] = []
    until(lambda: found.extend(hub.inbox.take(0.05)) or enough(found), again)
    return found


def test_a_knob_in_another_process_turns_a_parameter(
    player: Player, hub: Hub, started: Callable[..., MidiAdapter]
) -> None:
    started()
    sweep = turns(21, [0, 40, 80, 127])  # it crosses 0.1, where blend is
    found = heard(hub, lambda found: found and found[-1].value == 1.0, lambda: player.send(sweep))
    assert {command.name for command in found} == {"blend"}
    assert isinstance(found[-1], SetParam) and found[-1].sender.port.startswith("nanoKONTROL2")  # type: ignore[union-attr]


def test_values_come_back_to_the_other_process_coarse_half_first(
    player: Player, hub: Hub, started: Callable[..., MidiAdapter]
) -> None:
    started(MidiMap((Control("noise", 7, kind="absolute14"), Control("blend", 21))))
    until(lambda: {control for _, control, _ in player.heard} == {7, 39, 21})  # all that is mapped, when it is there

    def post(*values: float) -> None:
        for value in values:
            hub.post(Echo("noise", value))
            time.sleep(0.05)

    until(lambda: player.heard[-2:] == [(0xB0, 7, 127), (0xB0, 39, 127)], lambda: post(0.2, 1.0))
    until(lambda: player.heard[-2:] == [(0xB0, 7, 64), (0xB0, 39, 0)], lambda: post(0.2, 0.5))


def test_a_knobs_own_moves_do_not_come_back(player: Player, hub: Hub, started: Callable[..., MidiAdapter]) -> None:
    started(MidiMap((Control("noise", 20), Control("blend", 21, takeover="jump"))))
    until(lambda: {control for _, control, _ in player.heard} == {20, 21})
    moves = heard(hub, lambda found: found and found[-1].value == 1.0, lambda: player.send(turns(21, range(60, 128))))
    for move in moves:
        hub.post(Echo("blend", move.value))
    until(
        lambda: player.heard[-1][1:] == (20, 127), lambda: (hub.post(Echo("noise", 0.0)), hub.post(Echo("noise", 1.0)))
    )
    assert not [value for _, control, value in player.heard if control == 21 and value > 50]


@pytest.mark.parametrize(("fps", "start"), [(Fraction(25), 90_000), (DROP, 107_892 + 1790)])
def test_time_code_is_locked_to(
    fps: Fraction, start: int, player: Player, hub: Hub, started: Callable[..., MidiAdapter]
) -> None:
    """The second begins before a minute whose first two frames have no number."""
    started(mtc_start="01:00:00:00")
    song_s = float((start - (90_000 if fps == 25 else 107_892)) / fps)
    end_s = song_s + float(300 / fps / 4)
    player.send(quarter_frames(start, fps, 300))
    found = heard(hub, lambda found: found and not found[-1].moving and found[-1].time_s > end_s - 0.2)
    began_s = player.sent()
    moving = [chase for chase in found if isinstance(chase, Chase) and chase.moving]
    off_s = sorted(abs(chase.time_s - song_s - (chase.clock_s - began_s)) for chase in moving)
    assert len(moving) > 20
    assert off_s[len(off_s) * 9 // 10] < 1 / fps, off_s[-5:]  # a busy machine may send a few too late


def test_the_clock_runs_from_a_song_position(player: Player, hub: Hub, started: Callable[..., MidiAdapter]) -> None:
    """More than once if need be: clocks that JACK has lost make another tempo."""
    started()
    tempo = list(clocks(150, 150))  # 2.5 s, to measure it
    located_s, starts_s = tempo[-1][0] + 0.005, tempo[-1][0] + 1 / 60
    where = [(located_s, Message("songpos", pos=20)), (located_s, Message("continue"))]  # 5 quarter notes: 2 s
    performance = [*tempo, *where, *clocks(150, 100, start_s=starts_s), (4.3, Message("stop"))]

    def off_s() -> float:
        player.send(performance)
        found = heard(hub, lambda found: found and not found[-1].moving and found[-1].time_s > 3)
        began_s = player.sent()
        moving = [chase for chase in found if isinstance(chase, Chase) and chase.moving]
        return sorted(abs(c.time_s - 2 - (c.clock_s - began_s - starts_s)) for c in moving)[len(moving) * 9 // 10]

    assert any(off_s() < 0.05 for _ in range(4))


def test_a_device_that_is_closed_and_opened_again_goes_on_working(
    player: Player, hub: Hub, started: Callable[..., MidiAdapter]
) -> None:
    adapter, shown = started(), {control.controller for control in default_map(VOCABULARY).controls}
    player.close()
    until(lambda: "nanoKONTROL2" not in adapter.describe())
    again = Player()
    try:
        until(lambda: "nanoKONTROL2" in adapter.describe())
        until(lambda: {control for _, control, _ in again.heard} == shown)
        sweep = turns(21, [0, 40, 80, 127])
        heard(hub, lambda found: found and found[-1].value == 1.0, lambda: again.send(sweep))
    finally:
        again.close()


@pytest.mark.parametrize(
    ("parameter", "messages", "control"),
    [
        ("blend", turns(17, range(20, 60)), Control("blend", 17, "nanoKONTROL2:Fader", 1)),
        ("noise", turns(16, [1] * 6 + [127] * 9), Control("noise", 16, "nanoKONTROL2:Fader", 1, "relative")),
        (
            "morph",
            [message for n in range(0, 3000, 90) for message in (*turns(3, [n >> 7]), *turns(35, [n & 127]))],
            Control("morph", 3, "nanoKONTROL2:Fader", 1, "absolute14"),
        ),
    ],
)
def test_a_knob_is_learned_into_the_file(
    parameter: str, messages: list[Message], control: Control, player: Player, tmp_path: Path
) -> None:
    path = tmp_path / "midi.toml"

    def say(line: str) -> None:
        if "nanoKONTROL2" in line:
            player.send(messages)

    said = learn(parameter, path, VOCABULARY, backend=JACK, timeout_s=20, say=say)
    assert f"{parameter} is turned by controller {control.controller} on channel 1 of nanoKONTROL2:Fader" in said
    player.sent()
    found = load_map(path, VOCABULARY)
    assert control in found.controls and len(found.controls) == len(default_map(VOCABULARY).controls)


def test_a_pad_is_learned_for_a_cue(player: Player, tmp_path: Path) -> None:
    path, press = tmp_path / "midi.toml", [Message("note_on", channel=9, note=36, velocity=90)]

    def say(line: str) -> None:
        if "nanoKONTROL2" in line:
            player.send(press)

    said = learn("cue/drop", path, VOCABULARY, backend=JACK, timeout_s=20, say=say)
    assert said.startswith("cue/drop is started by note 36 on channel 10 of nanoKONTROL2:Fader")
    player.sent()
    assert load_map(path, VOCABULARY).buttons == (Button("note", 36, "cue/drop", "nanoKONTROL2:Fader", 10),)


def test_what_was_learned_turns_the_parameter(
    player: Player, hub: Hub, started: Callable[..., MidiAdapter], tmp_path: Path
) -> None:
    path = tmp_path / "midi.toml"
    sweep = turns(17, range(20, 60))
    learn("blend", path, VOCABULARY, ["nano"], JACK, 20, lambda line: player.send(sweep) if "nano" in line else None)
    player.sent()
    started(load_map(path, VOCABULARY))
    assert heard(hub, lambda found: found, lambda: player.send(turns(17, range(100))))[0].name == "blend"


def test_when_nothing_moves_the_file_is_not_there(player: Player, tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"no knob moved clearly within 0\.3 s \(nothing came\)"):
        learn("blend", tmp_path / "midi.toml", VOCABULARY, backend=JACK, timeout_s=0.3)
    assert not list(tmp_path.iterdir())


def test_what_came_instead_of_a_knob_is_said(player: Player, tmp_path: Path) -> None:
    def say(line: str) -> None:
        if "nanoKONTROL2" in line:
            player.send([Message("note_on", channel=9, note=36, velocity=90)] * 20)

    said = r"no knob moved .* \(what came last: nanoKONTROL2:Fader: channel 10, note on, note 36, velocity 90\)"
    with pytest.raises(Exception, match=said):
        learn("blend", tmp_path / "midi.toml", VOCABULARY, backend=JACK, timeout_s=2, say=say)
    player.sent()


def test_what_is_there_is_listed(player: Player) -> None:
    lines = [str(port) for port in list_ports(default_map(VOCABULARY), ["nano"], JACK)]
    (fader,) = [line for line in lines if "Fader" in line]
    (ring,) = [line for line in lines if "Ring" in line]
    assert fader.startswith("input   nanoKONTROL2:Fader  (noise, by controller 20; blend, by controller 21;")
    assert ring.startswith("output  nanoKONTROL2") and "blend, by controller 21" in ring


def test_what_arrives_is_said_in_words(player: Player) -> None:
    lines = monitor(default_map(VOCABULARY), backend=JACK)
    try:
        assert next(lines) == "nanoKONTROL2:Fader: there"
        player.send(turns(21, [64] * 5))
        assert next(lines) == "nanoKONTROL2:Fader: channel 1, controller 21, value 64 → blend"
        player.close()
        assert "nanoKONTROL2:Fader: gone" in islice(lines, 5)
    finally:
        lines.close()  # type: ignore[attr-defined]


def test_after_stopping_nothing_is_left(player: Player, started: Callable[..., MidiAdapter]) -> None:
    adapter = started()
    adapter.stop()
    until(lambda: not [thread for thread in all_threads() if thread.name == "midi"])
    with closing(Backend(JACK)) as backend:
        names = [name for names in backend.names() for name in names]
    assert sorted(name.partition("-")[0].partition(":")[0] for name in names) == ["nanoKONTROL2", "nanoKONTROL2"]
