"""Where live sound comes from: what there is, and which of it is meant by a name.

PortAudio by sounddevice and JACK by JACK-Client, each where it is installed: the extra `live` brings both.
"""

from collections.abc import Sequence

from ..core.errors import BridgeError
from ..core.invocation import command, extra
from . import jack, portaudio
from .device import Device

DEFAULT = "default"


def devices() -> list[Device]:
    """All that can be heard now, the default first. Raises BridgeError where nothing is installed to look for them.

    Where a JACK server runs it has the sound card, and what it has is all.
    """
    systems = [system for system in (portaudio, jack) if system.installed()]
    if not systems:
        raise BridgeError(f"live sound: neither sounddevice nor JACK-Client is installed; {extra('live')} brings both")
    found = (jack.devices() if jack in systems else []) or (portaudio.devices() if portaudio in systems else [])
    return sorted(found, key=lambda device: not device.default)


def find(name: str, among: Sequence[Device]) -> Device:
    """The device that is called `name`, or whose name has that in it; DEFAULT is the system's choice.

    Raises BridgeError where there is none, or several.
    """
    if not among:
        raise BridgeError("live sound: no sound card with an input, and no JACK server; connect one, or start JACK")
    if name == DEFAULT:
        return among[0]
    exact = [device for device in among if device.name == name]
    partly = [device for device in among if name.lower() in device.name.lower()]
    if len(found := exact[:1] or partly) == 1:
        return found[0]
    known = ", ".join(device.name for device in (found or among))
    what = "expected one of" if not found else "several have that in their names:"
    raise BridgeError(f"--input {name!r:.80}: {what} {known}; `{command('inputs')}` lists them")
