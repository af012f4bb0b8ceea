"""Where DaVinci Resolve, TouchDesigner and Reaper keep a user's scripts, on Windows, macOS and Linux.

Pure: a machine is a value, so that every system's answer can be asked for on any. Knows nothing of what is put there.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..core.errors import BridgeError

Name = Literal["resolve", "touchdesigner", "reaper"]
NAMES: tuple[Name, ...] = ("resolve", "touchdesigner", "reaper")
TITLES: Mapping[Name, str] = {"resolve": "DaVinci Resolve", "touchdesigner": "TouchDesigner", "reaper": "Reaper"}


@dataclass(frozen=True)
class Machine:
    """`system` as `sys.platform` has it. `documents` is the user's; Windows may keep it outside of `home`."""

    system: str
    home: Path
    documents: Path
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Location:
    """`own` is a folder that the host makes when it is first started; our files go to `folder` below it."""

    own: Path
    folder: Path


def this_machine() -> Machine:
    import platformdirs

    return Machine(sys.platform, Path.home(), platformdirs.user_documents_path(), os.environ)


def find(name: Name, machine: Machine) -> Location:
    """Raises BridgeError where `name` does not exist for this system."""
    own, below = _FIND[name](machine)
    return Location(own, own / below)


def _resolve(machine: Machine) -> tuple[Path, str]:
    """Resolve also looks for everybody's scripts (%PROGRAMDATA%, /opt/resolve); a user can write to their own."""
    match machine.system:
        case "win32":
            return _roaming(machine) / "Blackmagic Design/DaVinci Resolve", "Support/Fusion/Scripts/Utility"
        case "darwin":
            return _library(machine) / "Blackmagic Design/DaVinci Resolve", "Fusion/Scripts/Utility"
    return machine.home / ".local/share/DaVinciResolve", "Fusion/Scripts/Utility"


def _touchdesigner(machine: Machine) -> tuple[Path, str]:
    """It looks for no scripts by itself; this is beside its user's palette and plugins."""
    match machine.system:
        case "win32":
            return machine.documents / "Derivative", "deepsing"
        case "darwin":
            return _library(machine) / "Derivative", "deepsing"
    raise BridgeError("TouchDesigner runs on Windows and macOS only; --to FOLDER puts its files where you like")


def _reaper(machine: Machine) -> tuple[Path, str]:
    match machine.system:
        case "win32":
            return _roaming(machine) / "REAPER", "OSC"
        case "darwin":
            return _library(machine) / "REAPER", "OSC"
    return machine.home / ".config/REAPER", "OSC"


_FIND = {"resolve": _resolve, "touchdesigner": _touchdesigner, "reaper": _reaper}


def _roaming(machine: Machine) -> Path:
    return Path(machine.environment.get("APPDATA") or machine.home / "AppData/Roaming")


def _library(machine: Machine) -> Path:
    return machine.home / "Library/Application Support"
