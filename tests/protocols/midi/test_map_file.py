"""Learning into a map that somebody keeps by hand."""

from pathlib import Path

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.midi.map import Button, Control, MidiMap, default_map, load_map
from deepsing_bridge.protocols.midi.map_file import learn_into, write_map

VOCABULARY = vocabulary()
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
    for path, said in ((tmp_path, "not a file"), (tmp_path / "midi.toml", "UTF-8")):
        with pytest.raises(BridgeError, match=said):
            learn_into(path, Control("blend", 7), VOCABULARY)
    assert (tmp_path / "midi.toml").read_bytes() == b"# M\xfcnchen"


def test_a_button_is_learned_and_takes_the_place_of_its_old_one_and_of_whoever_had_it(tmp_path: Path) -> None:
    path = tmp_path / "midi.toml"
    path.write_text(BY_HAND)
    assert learn_into(path, Button("note", 40, "cue/drop", "LaunchPad", 1), VOCABULARY) == []
    assert learn_into(path, Button("program", 2, "cue/drop", "LaunchPad", 1), VOCABULARY) == []
    assert load_map(path, VOCABULARY).buttons == (
        Button("note", 36, "play"),
        Button("program", 2, "cue/drop", "LaunchPad", 1),
    )
    assert 'cue = "drop"' in path.read_text()
    assert learn_into(path, Button("controller", 3, "tap", "LaunchControl", None), VOCABULARY) == ["noise"]
    assert [control.parameter for control in load_map(path, VOCABULARY).controls] == ["noise", "blend"]
    assert [line for line in BY_HAND.splitlines() if "#" in line] == [
        line for line in path.read_text().splitlines() if "#" in line
    ]
