"""deepsing-bridge: songs become sentiment-aware visual stories.

As a library: `analyze`, `make_story`, `retake`, `Bridge`, `SharedFrames` and the values that they take and give. Each
is imported when it is first asked for, since torch and librosa take seconds.
"""

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .core.version import __version__ as __version__

if sys.platform == "darwin":  # before torch is imported: what Metal lacks is done by the processor
    os.environ.setdefault("PYTORCH_ENABLE_MPS_FALLBACK", "1")

if TYPE_CHECKING:  # `as` says to type checkers that they are given on
    from .api import analyze as analyze
    from .api import make_story as make_story
    from .api import redo_retake as redo_retake
    from .api import retake as retake
    from .api import undo_retake as undo_retake
    from .app.bridge import Bridge as Bridge
    from .app.config import BridgeConfig as BridgeConfig
    from .app.config import Midi as Midi
    from .app.config import ModelChoice as ModelChoice
    from .app.config import Network as Network
    from .app.config import Playback as Playback
    from .app.config import Ports as Ports
    from .app.made import Story as Story
    from .client import SharedFrames as SharedFrames
    from .core.errors import BridgeError as BridgeError
    from .story.analysis import SongAnalysis as SongAnalysis
    from .story.settings import Settings as Settings

_HOMES = {
    ".api": ("analyze", "make_story", "redo_retake", "retake", "undo_retake"),
    ".app.bridge": ("Bridge",),
    ".app.config": ("BridgeConfig", "Midi", "ModelChoice", "Network", "Playback", "Ports"),
    ".app.made": ("Story",),
    ".client": ("SharedFrames",),
    ".core.errors": ("BridgeError",),
    ".story.analysis": ("SongAnalysis",),
    ".story.settings": ("Settings",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}
__all__ = ["__version__", *_HOME]  # all are strings


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name], __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
