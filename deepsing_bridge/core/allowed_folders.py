"""The folders whose songs may be asked for from outside."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .errors import BridgeError


@dataclass(frozen=True)
class AllowedFolders:
    """`folders` were named at the start; nothing outside them is ever opened for somebody who is not the user."""

    folders: tuple[Path, ...]

    @staticmethod
    def of(folders: Sequence[Path]) -> "AllowedFolders":
        """Each as it was named, and without links. Raises BridgeError for a folder that is not there."""
        for folder in folders:
            if not folder.is_dir():
                raise BridgeError(f"{folder}: no such folder; --songs takes a folder with songs")
        spelled = (spelling for folder in folders for spelling in (folder.absolute(), folder.resolve()))
        return AllowedFolders(tuple(dict.fromkeys(spelled)))

    def find(self, text: str) -> Path:
        """The file that `text` means: a path inside one of the folders, absolute or relative to it.

        Links are followed before it is compared. Raises BridgeError for anything else, which does not tell whether
        a file outside exists, but of one inside that it is not there.
        """
        missing = ""
        for folder in self.folders:
            path = folder / text
            if not path.is_relative_to(folder):  # not even looked at: Windows would log in at \\host\share
                continue
            with suppress(OSError, RuntimeError, ValueError):  # too long, links in a circle, or a zero byte
                path = path.resolve()
                if path.is_relative_to(folder.resolve()):
                    if path.is_file():
                        return path
                    missing = "" if path.exists() else ", which is not there"
        raise BridgeError(f"/deepsing/load path: expected a song below {self._named()}, got {text!r:.80}{missing}")

    def _named(self) -> str:
        return " or ".join(map(str, self.folders)) or "a folder named with --songs (none was)"
