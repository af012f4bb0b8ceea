"""What is shipped for each host, and how what is installed compares with it. Changes nothing.

Knows where `plugins/` is: in the checkout, or inside an installed wheel.
"""

from collections.abc import Mapping
from pathlib import Path

from ..core.errors import BridgeError
from ..core.user_folders import data_folder
from ..core.version import __version__
from . import record
from .install import Step, digest, installing, uninstalling
from .locations import TITLES, Machine, Name, find
from .record import InstallRecord

_PACKAGE = Path(__file__).parent.parent
PLUGINS = _PACKAGE / "plugins" if (_PACKAGE / "plugins").is_dir() else _PACKAGE.parent / "plugins"

KINDS: Mapping[Name, tuple[str, ...]] = {
    "resolve": (".py", ".lua"),
    "touchdesigner": (".py",),
    "reaper": (".ReaperOSC",),
}
"""What a host reads; the rest of its folder is for people."""

_MODELS = _PACKAGE / "models" if (_PACKAGE / "models").is_dir() else _PACKAGE.parent / "models"
SHARED: Mapping[Name, tuple[Path, ...]] = {
    "touchdesigner": (_PACKAGE / "client.py", *sorted((_MODELS / "worlds").glob("*.fs")))
}
"""What a host's scripts need of the package: files that stand alone, put beside them."""


def shipped(name: Name, plugins: Path = PLUGINS) -> dict[str, Path]:
    """Files by name. Raises BridgeError if there are none."""
    files = {path.name: path for path in sorted((plugins / name).glob("*")) if path.suffix in KINDS[name]}
    if not files:
        raise BridgeError(
            f"{plugins / name}: holds nothing for {TITLES[name]}; the repository does, restore it from there"
        )
    return files | {path.name: path for path in SHARED.get(name, ())}


def record_file(name: Name) -> Path:
    """Where it is written down what was installed."""
    return data_folder() / "plugins" / f"{name}.json"


def plan_install(name: Name, machine: Machine, to: Path | None = None, plugins: Path = PLUGINS) -> list[Step]:
    """Into `to`, or where the host looks. Raises BridgeError if the host was never there, or is not for this system."""
    folder = to.absolute() if to else _where(name, machine)
    return installing(shipped(name, plugins), folder, __version__, record_file(name))


def plan_uninstall(name: Name) -> list[Step]:
    """From where it was installed. Raises BridgeError if it was not."""
    return uninstalling(record_file(name))


def state(name: Name, machine: Machine, plugins: Path = PLUGINS) -> str:
    """What is there now, in words."""
    there = record.read(record_file(name))
    return _absent(name, machine) if there is None else f"{_compared(there, shipped(name, plugins))}: {there.folder}"


def _where(name: Name, machine: Machine) -> Path:
    location = find(name, machine)
    if not location.own.is_dir():
        raise BridgeError(
            f"{location.own}: not there; {TITLES[name]} makes it when it is first started, "
            "so start it, or use --to FOLDER"
        )
    return location.folder


def _absent(name: Name, machine: Machine) -> str:
    try:
        location = find(name, machine)
    except BridgeError as error:
        return f"not installed: {error}"
    if not location.own.is_dir():
        return f"not installed: {location.own} is not there, so {TITLES[name]} is not, or was never started"
    return f"not installed: would go to {location.folder}"


def _compared(there: InstallRecord, files: Mapping[str, Path]) -> str:
    found = {name: (there.folder / name) for name in there.files}
    if gone := [name for name, path in found.items() if not path.is_file()]:
        return f"installed, but {', '.join(gone)} is gone"
    if changed := [name for name, path in found.items() if digest(path) != there.files[name]]:
        return f"installed, but {', '.join(changed)} was changed by hand"
    if there.files == {name: digest(path) for name, path in files.items()}:
        return f"installed, same version ({there.version})"
    another = f"version ({there.version}, this is {__version__})" if there.version != __version__ else "build"
    return f"installed, another {another}; install again"
