import tomllib
from pathlib import Path

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.midi import map as midi_map
from deepsing_bridge.protocols.midi.map import Button, Control, MidiMap, default_map, load_map, parse_map
from deepsing_bridge.protocols.midi.map_file import write_map

VOCABULARY = vocabulary()
EXAMPLE = Path(__file__).parents[3] / "examples" / "midi.toml"


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
        ("[[control]]\ncontroller = " + "9" * 5000, "not TOML: nested too deeply, or a number of thousands of digits"),
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
        (
            '[[button]]\naction = "noise"\nnote = 1',
            "action: expected play, pause, stop, toggle, next, previous, tap, scene/next, ",
        ),
        ("[[button]]\nnote = 1", "button 1: expected one of action, which is play, pause, "),
        ('[[button]]\nnote = 1\naction = "play"\ncue = "drop"', "expected one of action, which is play, pause, "),
        ('[[button]]\nnote = 1\ncue = "the drop"', "cue: expected up to 40 of A-Z, a-z"),
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
        with pytest.raises(BridgeError, match=r"not text in UTF-8|cannot be read|not a file"):
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


def test_inline_entries_can_be_read() -> None:
    text = 'control = [{parameter = "noise", controller = 1}, {parameter = "nose", controller = 1}]'
    assert tomllib.loads(text)
    with pytest.raises(BridgeError, match=r"^f, control 2, parameter: expected noise"):
        parse_map(text, VOCABULARY, "f")


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000 + "]" * 100_000,
        "a = " + "{a=" * 100_000 + "1" + "}" * 100_000,
        "a" + ".a" * 100_000 + " = 1",
        "a = " + "9" * 5000,
        '[[control]]\nparameter = "blend"\ncontroller = 0x' + "f" * 10_000,
        '[[control]]\nparameter = "blend"\ncontroller = 1\nlow = nan',
        '[[control]]\nparameter = "blend"\ncontroller = 1\nlow = -inf',
        '[[control]]\nparameter = "blend"\ncontroller = 1\ncontroller = 2',
        '[[control]]\nparameter = ["blend"]\ncontroller = 1979-05-27',
        '[[button]]\naction = "play"\nnote = 1\ndevice = "a\\u0007"',
        "\0" * 1000,
        "a" * (1 << 21),
    ],
    ids=lambda text: ascii(text[:24]),
)
def test_a_hostile_file_is_one_short_sentence(text: str, tmp_path: Path) -> None:
    (tmp_path / "midi.toml").write_text(text)
    with pytest.raises(BridgeError, match=r"midi\.toml") as told:
        load_map(tmp_path / "midi.toml", VOCABULARY)
    assert len(str(told.value)) < 1000 and "\n" not in str(told.value)


def test_a_map_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "midi.toml").write_text('[[control]]\nparameter = "blend"\ncontroller = 1\n', encoding="utf-8-sig")
    assert load_map(tmp_path / "midi.toml", VOCABULARY).controls == (Control("blend", 1),)
