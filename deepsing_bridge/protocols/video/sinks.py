"""Which sinks there are, by what they are called on the command line."""

from collections.abc import Callable, Iterator, Mapping

from .camera import CameraSink
from .ndi import NdiSink
from .sink import Sink
from .spout import SpoutSink
from .syphon import SyphonSink

SINKS: Mapping[str, Callable[[str], Sink]] = {
    "ndi": NdiSink,
    "spout": SpoutSink,
    "syphon": SyphonSink,
    "camera": CameraSink,
}


def sinks_of(**names: str | None) -> Iterator[Sink]:
    """Those that have names. Raises BridgeError for one that cannot be had here."""
    return (SINKS[kind](name) for kind, name in names.items() if name is not None)
