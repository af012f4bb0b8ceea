"""Devices are found by name, and what is wrong with a name is told in a sentence."""

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.listening import inputs, jack, portaudio
from deepsing_bridge.listening.device import Device, Input


def device(name: str, channels: int = 2, default: bool = False) -> Device:
    def closed() -> Input:
        raise OSError

    return Device(name, "ALSA", channels, 48_000, default, closed)


CARDS = [device("Built-in Microphone", 1, default=True), device("USB Audio"), device("USB Audio 2", 8)]


def test_a_device_is_found_by_its_name_or_a_part_of_it() -> None:
    assert inputs.find("default", CARDS) == CARDS[0]
    assert inputs.find("USB Audio", CARDS) == CARDS[1]
    assert inputs.find("microphone", CARDS) == CARDS[0]


@pytest.mark.parametrize(
    ("name", "told"), [("usb", "several .* USB Audio, USB Audio 2"), ("Scarlett", "expected one of")]
)
def test_what_is_meant_by_nothing_or_by_several_is_told(name: str, told: str) -> None:
    with pytest.raises(BridgeError, match=told):
        inputs.find(name, CARDS)


def test_no_sound_card_is_one_line() -> None:
    with pytest.raises(BridgeError, match="no sound card") as error:
        inputs.find("default", [])
    assert "\n" not in str(error.value)


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for system in (jack, portaudio):
        monkeypatch.setattr(system, "installed", lambda: False)
    with pytest.raises(BridgeError, match="live"):
        inputs.devices()


def test_a_device_is_told_in_words() -> None:
    assert str(CARDS[0]) == "Built-in Microphone (ALSA, mono, 48000 Hz), default"
    assert str(CARDS[2]) == "USB Audio 2 (ALSA, 8 channels, 48000 Hz)"
