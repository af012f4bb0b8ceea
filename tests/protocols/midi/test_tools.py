from pathlib import Path

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.midi.map import MidiMap
from deepsing_bridge.protocols.midi.rtmidi import SEQUENCER
from deepsing_bridge.protocols.midi.tools import learn, list_ports, monitor

VOCABULARY = vocabulary()


def test_what_cannot_be_turned_or_is_no_map_is_said_before_anything_is_opened(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"^midi learn: expected noise, blend, .* got 'size'"):
        learn("size", tmp_path / "midi.toml", VOCABULARY)
    (tmp_path / "midi.toml").write_text("[[knob]]")
    with pytest.raises(BridgeError, match="'knob' is not known"):
        learn("blend", tmp_path / "midi.toml", VOCABULARY)


def test_a_backend_that_is_none_is_said(tmp_path: Path) -> None:
    for backend in ("os", "mido.backends.portmidi", "mido.backends.rtmidi/NOPE"):
        with pytest.raises(BridgeError, match="MIDI backend"):
            list_ports(MidiMap(), backend=backend)


@pytest.mark.skipif(SEQUENCER.exists(), reason="there is a MIDI sequencer on this machine")
def test_a_machine_without_midi_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MIDO_BACKEND", raising=False)
    path = tmp_path / "midi.toml"
    for wish in (
        lambda: list_ports(MidiMap()),
        lambda: next(monitor(MidiMap())),
        lambda: learn("blend", path, VOCABULARY),
    ):
        with pytest.raises(BridgeError, match="there is no /dev/snd/seq"):
            wish()
    assert not path.exists()
