"""Reaper and AbletonOSC, as they send."""

from collections.abc import Sequence

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.live.commands import Chase, Command, Pause, Play, SetParam, Stop
from deepsing_bridge.live.parameters import PARAMETERS, Parameter
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.osc.codec import TRIGGER, Incoming
from deepsing_bridge.protocols.osc.hosts import HOST_MESSAGES, TRACKS, Host, HostMessage, is_quiet, understand

NOW_S = 100.0
VOCABULARY = vocabulary()
UNTOLD = Host()


def told(*messages: tuple[object, ...], host: Host = UNTOLD) -> tuple[Host, list[Command]]:
    """The host and the commands after `messages`, each an address and its values."""
    commands: list[Command] = []
    for address, *values in messages:
        outcome = understand(host, Incoming(str(address), tuple(values)), NOW_S, VOCABULARY)
        assert outcome is not None, address
        host, command = outcome
        commands += [command] if command else []
    return host, commands


@pytest.mark.parametrize("entry", HOST_MESSAGES, ids=lambda entry: entry.address)
def test_every_address_of_the_table_is_understood(entry: HostMessage) -> None:
    value = {"bool": 1, "text": "deepsing noise"}.get(entry.field.kind, 96.0)
    host, commands = told((entry.address.replace("@", "3"), value), host=Host(tempo=120.0))
    assert commands or host != Host(tempo=120.0)
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


def test_the_fader_of_a_track_named_after_a_parameter_turns_it() -> None:
    host, commands = told(("/track/3/name", "deepsing noise"), ("/track/3/volume", 0.25), ("/track/4/volume", 0.5))
    assert commands == [SetParam("noise", 0.25)]
    assert told(("/track/3/volume", 0.75), host=host)[1] == [SetParam("noise", 0.75)]


@pytest.mark.parametrize("parameter", [p for p in PARAMETERS if p.turnable], ids=lambda parameter: parameter.name)
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_faders_ends_are_the_ranges_ends(parameter: Parameter, share: float) -> None:
    name = f"Deepsing {parameter.name.replace('_', ' ').title()}"
    _, commands = told(("/track/1/name", name), ("/track/1/volume", share))
    assert commands == [SetParam(parameter.name, parameter.from_share(share))]


def test_a_fader_beyond_its_end_is_at_its_end() -> None:
    assert told(("/track/1/name", "deepsing blend"), ("/track/1/volume", 1.2))[1] == [SetParam("blend", 1.0)]


@pytest.mark.parametrize(
    "name", ["noise", "Noise 2", "deepsing", "deepsing size", "deepsing noises", "not deepsing noise", ""]
)
def test_other_tracks_turn_nothing(name: str) -> None:
    """A track called noise is a sound in many songs."""
    assert told(("/track/3/name", name), ("/track/3/volume", 0.25))[1] == []


def test_a_fader_counts_from_the_moment_the_track_is_named() -> None:
    """Reaper does not tell a fader again that has not moved."""
    assert told(("/track/2/volume", 0.5), ("/track/2/name", "deepsing morph"))[1] == [SetParam("morph", 0.5)]


def test_a_track_that_is_renamed_or_gone_lets_go() -> None:
    """Reaper calls a number without a track `Track 3`, with the fader at 0."""
    host, _ = told(("/track/3/name", "deepsing noise"), ("/track/3/volume", 0.25))
    assert told(("/track/3/name", "Track 3"), ("/track/3/volume", 0.0), host=host)[1] == []


def test_tracks_that_move_up_take_their_parameters_along() -> None:
    """The first of two is deleted; the second stood at the same volume, so that only the names are told."""
    host, _ = told(
        ("/track/1/name", "deepsing noise"),
        ("/track/1/volume", 0.5),
        ("/track/2/name", "deepsing blend"),
        ("/track/2/volume", 0.5),
    )
    host, _ = told(("/track/1/name", "deepsing blend"), ("/track/2/name", "Track 2"), ("/track/2/volume", 0), host=host)
    assert told(("/track/1/volume", 0.75), ("/track/2/volume", 1), host=host)[1] == [SetParam("blend", 0.75)]


def test_a_flood_of_tracks_is_not_remembered() -> None:
    host, _ = told(*((f"/track/{n}/volume", 0.5) for n in range(1, TRACKS + 1)))
    assert len(host.tracks) == TRACKS
    for number in (0, TRACKS + 1, 10**9, "01", "٣"):
        address = f"/track/{number}/volume"
        assert understand(host, Incoming(address, (0.5,)), NOW_S, VOCABULARY) is None
        assert is_quiet(address)


@pytest.mark.parametrize(
    ("address", "values", "complaint"),
    [
        ("/live/song/get/current_song_time", [4.0], "ask for /live/song/get/tempo too"),
        ("/live/song/get/tempo", [0.0], "expected 1..1000, got 0"),
        ("/live/song/get/tempo", [], "expected tempo, got 0 values"),
        ("/time", ["1:00"], "expected a number, got '1:00'"),
        ("/track/7/volume", ["loud"], "/track/7/volume: expected a number, got 'loud'"),
        ("/track/7/volume", [float("nan")], "expected a number, got nan"),
        ("/track/7/name", [1.0], "/track/7/name: expected text of at most 1024 printable characters, got 1"),
        ("/play", [7], "expected 0 or 1, got 7"),
    ],
)
def test_what_is_wrong_is_said(address: str, values: Sequence[object], complaint: str) -> None:
    with pytest.raises(BridgeError) as caught:
        understand(Host(), Incoming(address, tuple(values)), NOW_S, VOCABULARY)
    assert complaint in str(caught.value)


def test_the_rest_is_passed_over() -> None:
    assert understand(Host(), Incoming("/deepsing/play", ()), NOW_S, VOCABULARY) is None
    for address in ("/time/str", "/beat/str", "/track/3/vu", "/tempo", "/fxparam/1/value", "/live/song/beat"):
        assert understand(Host(), Incoming(address, (1.0,)), NOW_S, VOCABULARY) is None
        assert is_quiet(address)


def test_a_mistake_is_not_passed_over() -> None:
    for address in ("/deepsing/playy", "/blend", "/timeless", "/", "//"):
        assert not is_quiet(address)
