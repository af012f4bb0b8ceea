"""deepsing-bridge: songs become sentiment-aware visual stories.

As a library: `analyze`, `make_story`, `Bridge`, `SharedFrames` and the values that they take and give. Each is imported
when it is first asked for, since torch and librosa take seconds.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .core.version import __version__

if TYPE_CHECKING:
    from .api import (
        Bridge,
        BridgeConfig,
        BridgeError,
        Midi,
        ModelChoice,
        Network,
        Playback,
        Ports,
        Settings,
        SharedFrames,
        SongAnalysis,
        Story,
        analyze,
        make_story,
    )

__all__ = [
    "Bridge",
    "BridgeConfig",
    "BridgeError",
    "Midi",
    "ModelChoice",
    "Network",
    "Playback",
    "Ports",
    "Settings",
    "SharedFrames",
    "SongAnalysis",
    "Story",
    "__version__",
    "analyze",
    "make_story",
]

_IN = {"SharedFrames": ".client", "BridgeError": ".core.errors"}
"""Where a name is that needs no models; the others are in `.api`."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_IN.get(name, ".api"), __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
