"""What was installed for a host, as a small JSON file in the user's data folder: never beside the host's own scripts.

Knows nothing of hosts.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core import json_text
from ..core.errors import BridgeError
from ..core.files import is_there, write_text

MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class InstallRecord:
    """`files` by name, each with the sha256 that it had; `made` are the folders that were not there before."""

    version: str
    folder: Path
    files: Mapping[str, str]
    made: tuple[Path, ...] = ()


def write(path: Path, record: InstallRecord) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    facts = {
        "version": record.version,
        "folder": str(record.folder),
        "files": dict(record.files),
        "made": list(map(str, record.made)),
    }
    write_text(path, json.dumps(facts, indent=1, ensure_ascii=False) + "\n")


def read(path: Path) -> InstallRecord | None:
    """None if nothing was installed. Raises BridgeError for a file that `write` did not write."""
    if not is_there(path):
        return None
    try:
        return _checked(json_text.read(path, MOST_BYTES))
    except (BridgeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BridgeError(f"{path}: does not say what was installed; remove it, and install again") from error


def _checked(facts: Any) -> InstallRecord:
    """Names are nothing but names, and folders those above the files: what is read here is later removed."""
    folder = Path(facts["folder"])
    made = tuple(map(Path, facts["made"]))
    files = {str(name): str(digest) for name, digest in facts["files"].items()}
    if not folder.is_absolute() or any(Path(name).name != name or name == ".." for name in files):
        raise ValueError("a path where a name should be")
    if not {folder, *folder.parents} >= set(made):
        raise ValueError("a folder from elsewhere")
    return InstallRecord(str(facts["version"]), folder, files, made)
