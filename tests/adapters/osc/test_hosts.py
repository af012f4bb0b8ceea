"""Reaper and AbletonOSC, as they send."""

from collections.abc import Sequence

import pytest

from deepsing_bridge.adapters.osc.codec import TRIGGER, Incoming
from deepsing_bridge.adapters.osc.hosts import HOST_MESSAGES, Host, HostMessage, is_quiet, understand
from deepsing_bridge.errors import BridgeError
from deepsing_bridge.live.messages import Chase, Command, Pause, Play, Stop

NOW_S = 100.0
UNTOLD = Host()


def told(*messages: tuple[object, ...], host: Host = UNTOLD) -> tuple[Host, list[Command]]:
    """The host and the commands after `messages`, each an address and its values."""
    commands: list[Command] = []
    for address, *values in messages:
        outcome = understand(host, Incoming(str(address), tuple(values)), NOW_S)
        assert outcome is not None, address
        host, command = outcome
        commands += [command] if command else []
    return host, commands


@pytest.mark.parametrize("entry", HOST_MESSAGES, ids=lambda entry: entry.address)
def test_every_address_of_the_table_is_understood(entry: HostMessage) -> None:
    value = 1 if entry.field.kind == "bool" else 96.0
    host, commands = told((entry.address, value), host=Host(tempo=120.0))
    assert commands or host == Host(tempo=96.0)
    assert entry.meaning
    assert entry.host in ("Reaper", "AbletonOSC")


@pytest.mark.parametrize("entry", [e for e in HOST_MESSAGES if e.field is TRIGGER], ids=lambda entry: entry.address)
def test_a_button_that_is_off_is_ignored(entry: HostMessage) -> None:
    assert told((entry.address, 0.0)) == (Host(), [])
    assert told((entry.address, 1.0)) == told((entry.address,))


def test_reaper_plays_and_is_followed() -> None:
    host, commands = told(("/stop", 0.0), ("/play", 1.0), ("/time", 12.5))
    assert commands == [Play(), Chase(12.5, NOW_S, moving=True)]
    assert host.playing


def test_reapers_pause_does_not_go_to_the_start() -> None:
    """It is told as stop, pause and no play, all at once, then where the cursor is."""
    host, commands = told(("/stop", 1.0), ("/pause", 1.0), ("/play", 0.0), ("/time", 7.5), host=Host(playing=True))
    assert commands == [Pause(), Pause(), Chase(7.5, NOW_S, moving=False)]
    assert not host.playing


def test_before_the_start_is_the_start() -> None:
    assert told(("/time", -2.0))[1] == [Chase(0.0, NOW_S, moving=False)]


def test_live_tells_beats() -> None:
    _, commands = told(
        ("/live/song/get/tempo", 90.0), ("/live/song/get/is_playing", True), ("/live/song/get/current_song_time", 6.0)
    )
    assert commands == [Play(), Chase(4.0, NOW_S, moving=True)]


def test_live_stands_still_where_it_is() -> None:
    host, commands = told(("/live/song/get/is_playing", False), host=Host(playing=True))
    assert (host.playing, commands) == (False, [Pause()])


def test_live_buttons() -> None:
    addresses = [f"/live/song/{button}" for button in ("start_playing", "stop_playing", "continue_playing")]
    assert told(*((address,) for address in addresses))[1] == [Play(), Stop(), Play()]


def test_a_new_tempo_counts_from_then_on() -> None:
    host, _ = told(("/live/song/get/tempo", 60.0))
    _, commands = told(("/live/song/get/tempo", 120.0), ("/live/song/get/current_song_time", 8), host=host)
    assert commands == [Chase(4.0, NOW_S, moving=False)]


@pytest.mark.parametrize(
    ("address", "values", "complaint"),
    [
        ("/live/song/get/current_song_time", [4.0], "ask for /live/song/get/tempo too"),
        ("/live/song/get/tempo", [0.0], "expected 1..1000, got 0"),
        ("/live/song/get/tempo", [], "expected tempo, got 0 values"),
        ("/time", ["1:00"], "expected a number, got '1:00'"),
        ("/play", [7], "expected 0 or 1, got 7"),
        ("/play", [1, 1], "expected no values"),
    ],
)
def test_what_is_wrong_is_said(address: str, values: Sequence[object], complaint: str) -> None:
    with pytest.raises(BridgeError) as caught:
        understand(Host(), Incoming(address, tuple(values)), NOW_S)
    assert complaint in str(caught.value)


def test_the_rest_is_passed_over() -> None:
    assert understand(Host(), Incoming("/deepsing/play", ()), NOW_S) is None
    for address in ("/time/str", "/beat/str", "/track/3/vu", "/tempo", "/fxparam/1/value", "/live/song/beat"):
        assert understand(Host(), Incoming(address, (1.0,)), NOW_S) is None
        assert is_quiet(address)


def test_a_mistake_is_not_passed_over() -> None:
    for address in ("/deepsing/playy", "/blend", "/timeless", "/", "//"):
        assert not is_quiet(address)
