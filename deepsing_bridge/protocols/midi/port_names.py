"""Names of MIDI ports: which are the same device's, whatever numbers the system adds. Pure.

A port's name is what the system calls it now; its steady name is what stays when a cable is pulled and put back.
Knows nothing of how ports are opened.
"""

import re
import sys
from collections.abc import Collection, Iterable
from functools import lru_cache

_CHANGING = re.compile(
    r"""
    \s\d+:\d+$    # ALSA's client and port: "nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0"
  | \s\[\d+\]     # a2jmidid's client: "a2j:nanoKONTROL2 [20] (capture): nanoKONTROL2 MIDI 1"
  | \s?(?:\d+:)?\((?:capture|playback)(?:_\d+)?\)  # which way, also PipeWire's: "nanoKONTROL2 20:(capture_0) …"
    """,
    re.VERBOSE,
)
_INDEX = re.compile(r"\s\d+$")  # Windows: "nanoKONTROL2 1", counted separately for inputs and outputs
_LENT = re.compile(r"^(?:deepsing|RtMidi(?:In|Out) Client)(?:-\d+)?:(?:in|out|RtMidi (?:input|output))(?: \d+:\d+)?$")
_THROUGH = re.compile(r"\bMidi Through\b")


@lru_cache(maxsize=1024)
def steady_name(port: str, windows: bool = sys.platform == "win32") -> str:
    """`port` without what changes from one plugging in to the next and from input to output."""
    return (_INDEX if windows else _CHANGING).sub("", port).strip()


def is_named(port: str, part: str) -> bool:
    """Whether `part`, in whatever case, is in the steady name of `port`. An empty part is in every name."""
    return steady_name(part).casefold() in steady_name(port).casefold()


def choose(inputs: Iterable[str], outputs: Iterable[str], wanted: Collection[str]) -> tuple[list[str], list[str]]:
    """The inputs to hear and the outputs that may be sent to.

    `wanted` are parts of names; none: all inputs. An output is one that is wanted, or that has the name of an input
    that is heard: it is the same device. Never ALSA's Midi Through, for what is sent there comes back on an input.
    """
    heard = [port for port in inputs if _is_device(port) and (not wanted or _is_named_by_any(port, wanted))]
    names = {steady_name(port) for port in heard}
    own = [port for port in outputs if steady_name(port) in names or _is_named_by_any(port, wanted)]
    return heard, [port for port in own if _is_device(port) and not _THROUGH.search(port)]


def _is_named_by_any(port: str, parts: Iterable[str]) -> bool:
    return any(is_named(port, part) for part in parts)


def _is_device(port: str) -> bool:
    """False for the ends of connections that this program, and those that use mido, made: to hear those is a loop."""
    return not _LENT.match(port)
