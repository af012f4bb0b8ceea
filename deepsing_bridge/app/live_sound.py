"""Live sound for a bridge: which device is meant, and who listens to it."""

from ..attributes.audio_models import AudioEstimator
from ..core.errors import BridgeError
from ..core.units import parse_period
from ..listening.cuts import LiveCuts
from ..listening.device import Input
from ..listening.input_process import InputProcess
from ..listening.inputs import devices, find
from ..listening.listener import Listener, forget
from ..live.hub import Hub
from ..live.live_input import telling
from ..story.settings import Settings
from .config import Playback


def refuse_what_songs_need(playback: Playback, settings: Settings) -> None:
    """For live sound. Raises BridgeError where what only songs have is wanted beside it, or the device is not there."""
    asked = {"song": playback.song, "--songs": playback.songs, "--loop": playback.loop, "--hold": not playback.play}
    if given := [name for name, value in asked.items() if value]:
        raise BridgeError(f"--input: expected no {', no '.join(given)} beside it; time runs with what is heard")
    if settings.cut != "bars" or parse_period(settings.every).unit != "s":
        raise BridgeError("--input: expected --cut bars and --every in seconds; live sound is cut on the bars it has")
    find(str(playback.input), devices())


def listener_of(playback: Playback, settings: Settings, model: AudioEstimator, hub: Hub) -> tuple[Listener, str]:
    """Whoever hears the device that `playback` names, and what that is called now. It is found anew when it comes back.

    Raises BridgeError where it is not there.
    """
    name = find(str(playback.input), devices()).name

    def opened() -> Input:
        return InputProcess(find(name, devices()))

    cuts = LiveCuts(period_s(settings))
    keep = hub.sound.put if playback.record else forget
    return Listener(opened, model, settings.alignment, cuts, hub.clock.now, telling(hub), keep), name


def period_s(settings: Settings) -> float:
    """How long scenes of live sound are wanted."""
    return parse_period(settings.every).amount
