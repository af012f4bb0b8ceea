"""Which ports are the same device's, whatever numbers the system adds."""

import pytest

from deepsing_bridge.protocols.midi.port_names import choose, is_named, steady_name


@pytest.mark.parametrize(
    ("one", "other", "steady"),
    [
        (
            "nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0",
            "nanoKONTROL2:nanoKONTROL2 MIDI 1 129:0",
            "nanoKONTROL2:nanoKONTROL2 MIDI 1",
        ),
        (
            "a2j:nanoKONTROL2 [20] (capture): nanoKONTROL2 MIDI 1",
            "a2j:nanoKONTROL2 [24] (playback): nanoKONTROL2 MIDI 1",
            "a2j:nanoKONTROL2: nanoKONTROL2 MIDI 1",
        ),
        (
            "Midi-Bridge:nanoKONTROL2 20:(capture_0) nanoKONTROL2 MIDI 1",
            "Midi-Bridge:nanoKONTROL2 24:(playback_0) nanoKONTROL2 MIDI 1",
            "Midi-Bridge:nanoKONTROL2 nanoKONTROL2 MIDI 1",
        ),
    ],
)
def test_a_device_keeps_its_name_when_numbers_change(one: str, other: str, steady: str) -> None:
    assert steady_name(one, windows=False) == steady_name(other, windows=False) == steady
    assert is_named(one, "NANOkontrol2") and is_named(one, other)


def test_windows_counts_inputs_and_outputs_separately() -> None:
    assert steady_name("nanoKONTROL2 1", windows=True) == steady_name("nanoKONTROL2 0", windows=True)
    assert steady_name("Port 1", windows=False) != steady_name("Port 2", windows=False)


def test_all_inputs_are_heard_and_their_own_outputs_answer_but_nobodys_synthesizer() -> None:
    nano, synth, through = "nano:nano MIDI 1 20:0", "FluidSynth:Synth 128:0", "Midi Through:Midi Through Port-0 14:0"
    lent_in, lent_out = "RtMidiIn Client:RtMidi input 130:0", "RtMidiOut Client:RtMidi output 129:0"
    own_in, own_out = "deepsing:in 131:0", "deepsing-01:out"
    inputs, outputs = [through, nano, lent_out, own_out], [through, nano, synth, lent_in, own_in]
    assert choose(inputs, outputs, ()) == ([through, nano], [nano])
    assert choose(inputs, outputs, ["NANO", "fluid"]) == ([nano], [nano, synth])
    assert choose(inputs, outputs, ["Through"]) == ([through], [])
