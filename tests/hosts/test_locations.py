"""Where each host looks on each system."""

from pathlib import Path

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.hosts.locations import Machine, Name, find

HOME = Path("/home/ada")


def machine(system: str, home: Path = HOME, **environment: str) -> Machine:
    return Machine(system, home, home / "Dokumente", environment)


@pytest.mark.parametrize(
    ("name", "system", "folder"),
    [
        ("resolve", "linux", HOME / ".local/share/DaVinciResolve/Fusion/Scripts/Utility"),
        (
            "resolve",
            "darwin",
            HOME / "Library/Application Support/Blackmagic Design/DaVinci Resolve/Fusion/Scripts/Utility",
        ),
        (
            "resolve",
            "win32",
            HOME / "AppData/Roaming/Blackmagic Design/DaVinci Resolve/Support/Fusion/Scripts/Utility",
        ),
        ("touchdesigner", "darwin", HOME / "Library/Application Support/Derivative/deepsing"),
        ("touchdesigner", "win32", HOME / "Dokumente/Derivative/deepsing"),
        ("reaper", "linux", HOME / ".config/REAPER/OSC"),
        ("reaper", "darwin", HOME / "Library/Application Support/REAPER/OSC"),
        ("reaper", "win32", HOME / "AppData/Roaming/REAPER/OSC"),
    ],
)
def test_each_host_looks_there(name: Name, system: str, folder: Path) -> None:
    location = find(name, machine(system))
    assert location.folder == folder
    assert location.own in folder.parents


@pytest.mark.parametrize("name", ["resolve", "reaper"])
def test_windows_may_keep_a_profile_elsewhere(name: Name) -> None:
    roaming = Path("/profiles/ada")
    assert roaming in find(name, machine("win32", APPDATA=str(roaming))).folder.parents


def test_touchdesigner_has_no_location_on_linux() -> None:
    with pytest.raises(BridgeError, match="Windows and macOS only; --to FOLDER"):
        find("touchdesigner", machine("linux"))
