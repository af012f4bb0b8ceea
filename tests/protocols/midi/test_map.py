import tomllib
from pathlib import Path

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.midi import map as midi_map
from deepsing_bridge.protocols.midi.map import Button, Control, MidiMap, default_map, load_map, parse_map
from deepsing_bridge.protocols.midi.map_file import learn_into, write_map
from deepsing_bridge.protocols.midi.port_names import choose, is_named, steady_name

VOCABULARY = vocabulary()
EXAMPLE = Path(__file__).parents[3] / "examples" / "midi.toml"

BY_HAND = """\
# my stage set-up

# the big one
[[control]]
parameter = "noise"  # left hand
controller = 20

# quiet songs
[[control]]
parameter = "blend"
controller = 21
takeover = "jump"
low = 0.1
# high = 0.5

# a spare one for noise
[[control]]
parameter = "noise"
device = "LaunchControl"
controller = 3

# foot
[[button]]
action = "play"
note = 36
# end
"""


def test_the_default_map_has_every_parameter_that_has_a_controller() -> None:
    controls = {control.parameter: control.controller for control in default_map(VOCABULARY).controls}
    assert controls == {p.name: p.cc for p in VOCABULARY.parameters.values() if p.cc is not None}


def test_the_example_is_what_the_default_map_writes_and_reads_back_as_it(tmp_path: Path) -> None:
    write_map(tmp_path / "new" / "midi.toml", default_map(VOCABULARY), VOCABULARY)
    assert (tmp_path / "new" / "midi.toml").read_bytes() == EXAMPLE.read_bytes()
    assert load_map(EXAMPLE, VOCABULARY) == default_map(VOCABULARY)


def test_the_example_in_its_comments_is_right_too() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").split("For example:")[1].split("# noise:")[0].splitlines()
    found = parse_map("\n".join(line.removeprefix("#") for line in lines), VOCABULARY, "comment")
    assert found == MidiMap(
        (Control("valence_offset", 0, "nanoKONTROL2", low=-1, high=1),),
        (Button("controller", 41, "toggle", "nanoKONTROL2"),),
    )


def test_all_that_can_be_said_of_an_entry_is_written_and_read(tmp_path: Path) -> None:
    mapping = MidiMap(
        (
            Control(
                "noise", 7, 'a "quoted" ünit', 16, "absolute14", takeover="jump", low=0.5, high=0.25, feedback=False
            ),
            Control("view", 90, "b", 1, "relative", "signed-bit", low=1, high=4),
            Control("fps", 0),
        ),
        (Button("note", 127, "freeze", "pads", 10), Button("program", 0, "stop"), Button("controller", 41, "toggle")),
    )
    write_map(tmp_path / "midi.toml", mapping, VOCABULARY)
    assert load_map(tmp_path / "midi.toml", VOCABULARY) == mapping


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[control]\n", "not TOML"),
        ("[[knob]]\n", "'knob' is not known; there are [[control]] and [[button]]"),
        ("control = 3\n", "control: expected tables that begin with [[control]]"),
        ("# one\n\n[[control]]\n", "line 3, control 1: parameter is missing: noise, blend, "),
        ('[[control]]\nparameter = "size"\ncontroller = 1', "control 1, parameter: expected noise, blend, "),
        (
            '[[control]]\nparameter = "noise"\ncontroller = 128',
            "controller: expected a whole number in 0..127, got 128",
        ),
        (
            '[[control]]\nparameter = "noise"\ncontroller = "1"',
            "controller: expected a whole number in 0..127, got '1'",
        ),
        (
            '[[control]]\nparameter = "noise"\ncontroler = 1',
            "'controler' is not known; there are parameter, controller",
        ),
        ('[[control]]\nparameter = "noise"\ncontroller = 1\nchannel = 0', "channel: expected a whole number in 1..16"),
        ('[[control]]\nparameter = "noise"\ncontroller = 1\nkind = "x"', "expected absolute, absolute14 or relative"),
        (
            '[[control]]\nparameter = "noise"\ncontroller = 32\nkind = "absolute14"',
            "expected 0..31 with absolute14, got 32",
        ),
        ('[[control]]\nparameter = "noise"\ncontroller = 1\nlow = 2', "low: expected 0..1, got 2"),
        (
            '[[control]]\nparameter = "noise"\ncontroller = 1\nlow = 1\nhigh = 1',
            "expected two different values, got 1 for both",
        ),
        ('[[control]]\nparameter = "noise"\ncontroller = 1\nlow = 1', "low and high: expected two different values"),
        ('[[control]]\nparameter = "style"\ncontroller = 1\nlow = 1', "low: style has no range; it is auto, "),
        ('[[control]]\nparameter = "noise"\ncontroller = 1\nfeedback = "yes"', "feedback: expected 0 or 1, got 'yes'"),
        ('[[control]]\nparameter = "noise"\ncontroller = 1\ndevice = 2026-01-01', "device: expected text"),
        ('[[button]]\naction = "play"', "button 1: expected one of note, program, controller, got none"),
        ('[[button]]\naction = "play"\nnote = 1\nprogram = 2', "got note and program"),
        ('[[button]]\naction = "noise"\nnote = 1', "action: expected play, pause, stop, toggle or freeze, got 'noise'"),
        ("[[button]]\nnote = 1", "action is missing: play, "),
        (
            '[[control]]\nparameter = "noise"\ncontroller = 1\nkind = "absolute14"\n\n'
            '[[control]]\nparameter = "blend"\ncontroller = 33',
            "line 6, control 2: controller 33 is taken already, by control 1",
        ),
    ],
)
def test_a_bad_file_is_one_sentence_with_place_and_what_is_allowed(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "midi.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BridgeError) as error:
        load_map(path, VOCABULARY)
    assert str(error.value).startswith(f"{path}")
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)


def test_what_is_no_text_or_not_there_is_a_sentence_too(tmp_path: Path) -> None:
    (tmp_path / "midi.toml").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "midi.toml", tmp_path / "none.toml", tmp_path):
        with pytest.raises(BridgeError, match="cannot be read as UTF-8 text"):
            load_map(path, VOCABULARY)


def test_without_a_path_it_is_the_users_own_or_else_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(midi_map, "default_path", lambda: tmp_path / "midi.toml")
    assert load_map(None, VOCABULARY) == default_map(VOCABULARY)
    (tmp_path / "midi.toml").write_text('[[control]]\nparameter = "fps"\ncontroller = 9\n')
    assert load_map(None, VOCABULARY) == MidiMap((Control("fps", 9),))


def test_who_names_the_device_goes_first_and_then_who_names_the_channel() -> None:
    anywhere, on_three = Control("noise", 20), Control("blend", 20, channel=3)
    nano, nano_three = Control("morph", 20, "nanoKONTROL2"), Control("view", 20, "nanokontrol2", 3)
    mapping = MidiMap((anywhere, on_three, nano, nano_three))
    assert mapping.find("BCR2000:BCR2000 MIDI 1 20:0", 1, "controller", 20) == anywhere
    assert mapping.find("BCR2000:BCR2000 MIDI 1 20:0", 3, "controller", 20) == on_three
    assert mapping.find("nanoKONTROL2:nanoKONTROL2 MIDI 1 24:0", 1, "controller", 20) == nano
    assert mapping.find("nanoKONTROL2:nanoKONTROL2 MIDI 1 24:0", 3, "controller", 20) == nano_three
    assert mapping.find("nanoKONTROL2:nanoKONTROL2 MIDI 1 24:0", 3, "note", 20) is None


def test_learning_replaces_the_entry_and_keeps_comments_order_and_range(tmp_path: Path) -> None:
    path = tmp_path / "midi.toml"
    path.write_text(BY_HAND)
    assert learn_into(path, Control("blend", 7, "BCR2000", 2, "absolute14"), VOCABULARY) == []
    text = path.read_text()
    assert [line for line in BY_HAND.splitlines() if "#" in line] == [line for line in text.splitlines() if "#" in line]
    assert load_map(path, VOCABULARY).controls == (
        Control("noise", 20),
        Control("blend", 7, "BCR2000", 2, "absolute14", takeover="jump", low=0.1),
        Control("noise", 3, "LaunchControl"),
    )
    assert load_map(path, VOCABULARY).buttons == (Button("note", 36, "play"),)


def test_learning_takes_the_knob_from_whoever_had_it_and_all_old_entries_go(tmp_path: Path) -> None:
    path = tmp_path / "midi.toml"
    path.write_text(BY_HAND + '\n[[button]]\naction = "stop"\ncontroller = 7\ndevice = "bcr"\nchannel = 2\n# bye\n')
    learn_into(path, Control("blend", 8, "BCR2000", 2), VOCABULARY)
    assert learn_into(path, Control("noise", 8, "BCR2000", 2), VOCABULARY) == ["blend"]
    assert learn_into(path, Control("noise", 7, "BCR2000", 2), VOCABULARY) == ["stop"]
    found = load_map(path, VOCABULARY)
    assert found == MidiMap((Control("noise", 7, "BCR2000", 2),), (Button("note", 36, "play"),))
    assert "# bye" in path.read_text() and "# quiet songs" in path.read_text() and "# end" in path.read_text()


def test_a_new_entry_goes_to_the_end_of_its_kind_and_hides_who_had_the_knob_on_any_device(tmp_path: Path) -> None:
    path = tmp_path / "midi.toml"
    path.write_text(BY_HAND.rstrip("\n"))  # no line end either
    assert learn_into(path, Control("fps", 20, "BCR2000", 1), VOCABULARY) == ["noise"]
    found = load_map(path, VOCABULARY)
    assert found.controls[-1] == Control("fps", 20, "BCR2000", 1)
    assert found.controls[0] == Control("noise", 20)
    assert found.find("BCR2000", 1, "controller", 20) == found.controls[-1]


def test_only_buttons_or_nothing_is_a_map_to_learn_into(tmp_path: Path) -> None:
    path = tmp_path / "midi.toml"
    path.write_text('# pads\n[[button]]\naction = "play"\nnote = 3\n')
    learn_into(path, Control("fps", 20, "BCR2000", 1), VOCABULARY)
    assert load_map(path, VOCABULARY) == MidiMap((Control("fps", 20, "BCR2000", 1),), (Button("note", 3, "play"),))
    path.write_text("")
    learn_into(path, Control("fps", 20, "BCR2000", 1), VOCABULARY)
    assert load_map(path, VOCABULARY) == MidiMap((Control("fps", 20, "BCR2000", 1),))


def test_a_file_that_is_not_there_begins_as_the_default_map(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "midi.toml"
    learn_into(path, Control("noise", 3, "BCR2000", 1), VOCABULARY)
    expected = (Control("noise", 3, "BCR2000", 1), *default_map(VOCABULARY).controls[1:])
    assert load_map(path, VOCABULARY).controls == expected


@pytest.mark.parametrize(
    "text", ['[[control]]\nparameter = "nose"\ncontroller = 1\n', 'control = [{parameter = "noise", controller = 1}]\n']
)
def test_a_file_that_cannot_be_changed_stays_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "midi.toml"
    path.write_text(text)
    with pytest.raises(BridgeError, match=r"midi\.toml"):
        learn_into(path, Control("noise", 3, "BCR2000", 1), VOCABULARY)
    assert path.read_text() == text
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BridgeError, match="file: no folder can be made there"):
        write_map(tmp_path / "file" / "midi.toml", default_map(VOCABULARY), VOCABULARY)


def test_a_file_that_cannot_be_read_is_learned_into_by_nobody(tmp_path: Path) -> None:
    (tmp_path / "midi.toml").write_bytes(b"# M\xfcnchen")
    for path in (tmp_path, tmp_path / "midi.toml"):
        with pytest.raises(BridgeError, match="cannot be read as UTF-8 text"):
            learn_into(path, Control("blend", 7), VOCABULARY)
    assert (tmp_path / "midi.toml").read_bytes() == b"# M\xfcnchen"


def test_inline_entries_can_be_read() -> None:
    text = 'control = [{parameter = "noise", controller = 1}, {parameter = "nose", controller = 1}]'
    assert tomllib.loads(text)
    with pytest.raises(BridgeError, match=r"^f, control 2, parameter: expected noise"):
        parse_map(text, VOCABULARY, "f")


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
