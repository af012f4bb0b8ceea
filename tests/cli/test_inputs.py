"""`inputs` and `serve --input` without sound: what cannot be heard is told in one line, before any model is loaded."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import soundfile

from deepsing_bridge.listening import jack, portaudio
from deepsing_bridge.listening.device import Device, Input
from tests.cli.test_cli import bridge
from tests.jack import jack_name
from tests.sounds import music

NOTHING = "no sound card with an input, and no JACK server; connect one, or start JACK"


def device(name: str) -> Device:
    def closed() -> Input:
        raise OSError

    return Device(name, "ALSA", 2, 48_000, False, closed)


@pytest.fixture
def cards(monkeypatch: pytest.MonkeyPatch) -> list[Device]:
    """Those of this machine."""
    found: list[Device] = []
    monkeypatch.setattr(jack, "devices", list)
    monkeypatch.setattr(portaudio, "devices", lambda: found)
    monkeypatch.setattr(jack, "installed", lambda: True)
    monkeypatch.setattr(portaudio, "installed", lambda: True)
    return found


def refused(*words: object) -> str:
    """The one line with which `serve` ends."""
    result = bridge("serve", "--no-midi", "--no-announce", *words)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1), result.stderr
    return result.stderr


def test_nothing_to_hear_is_a_line_and_no_error_where_one_only_asks(cards: list[Device]) -> None:
    result = bridge("inputs")
    assert (result.returncode, result.stdout) == (0, f"no live sound: {NOTHING}\n")
    assert NOTHING in refused("--input", "default")


def test_what_there_is_is_listed_by_both_ways_to_ask(cards: list[Device]) -> None:
    cards += [device("USB Audio"), device("USB Audio 2")]
    expected = "USB Audio (ALSA, stereo, 48000 Hz)\nUSB Audio 2 (ALSA, stereo, 48000 Hz)\n"
    assert bridge("inputs").stdout == bridge("serve", "--input", "list").stdout == expected


def test_no_such_device_or_several_are_told_with_those_that_there_are(cards: list[Device]) -> None:
    cards += [device("USB Audio"), device("USB Audio 2")]
    assert "expected one of USB Audio, USB Audio 2" in refused("--input", "Traktor")
    assert "several have that in their names: USB Audio, USB Audio 2" in refused("--input", "usb")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("song.wav",), "expected no song beside it"),
        (("--loop",), "expected no --loop beside it"),
        (("--hold",), "expected no --hold beside it"),
        (("--songs", "."), "expected no --songs beside it"),
        (("--every", "4bars"), "--every in seconds"),
        (("--cut", "interval"), "expected --cut bars"),
    ],
    ids=str,
)
def test_what_only_songs_have_is_refused_beside_it(
    words: tuple[str, ...], told: str, cards: list[Device], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    soundfile.write("song.wav", music(1), 21_504)
    cards.append(device("USB Audio"))
    assert told in refused("--input", "USB Audio", *words)


def test_without_its_library_portaudio_has_no_devices_and_the_log_says_why(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Missing:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    caplog.set_level("INFO")
    assert portaudio.devices() == []
    assert "PortAudio library not found" in caplog.text


def test_a_card_that_another_program_has_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is there, so the bridge starts; that it is busy shows only when it is opened, in its own process."""

    class PortAudioError(Exception):
        pass

    def busy(**_: object) -> None:
        raise PortAudioError("Error opening InputStream: Device unavailable [PaErrorCode -9985]")

    monkeypatch.setitem(sys.modules, "sounddevice", SimpleNamespace(InputStream=busy))
    with pytest.raises(PortAudioError, match="Device unavailable"):
        portaudio.Stream(0, 2, 48_000)
    assert portaudio.Stream.opened == 0


def test_no_server_and_no_library_of_jack_are_no_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("jack", reason="JACK-Client is not installed", exc_type=ImportError)
    with jack_name():
        assert jack.devices() == []
        with pytest.raises(OSError, match="no JACK server is running"):
            jack.Connection(("system:capture_1",))
