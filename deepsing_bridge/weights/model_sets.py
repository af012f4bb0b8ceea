"""Model sets: folders of weight files, each laid out as `models/` is. One ships; others are installed by name.

A set holds what it holds: a generator, or a stylizer, or everything that the authors released. Who needs a file asks
the chosen sets in order, and the shipped one last. What is in the files, this module does not know.
"""

import logging
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from ..core.errors import BridgeError
from ..core.files import copy_file, sha256
from ..core.invocation import command
from ..core.user_folders import data_folder
from . import files

log = logging.getLogger(__name__)

HOME = "DEEPSING_MODELS"
"""The environment variable that names another folder for what is installed."""

CARD = "README.md"
"""The model card in a set's folder, if something was trained into it."""


def home() -> Path:
    """The folder in which sets are installed: `$DEEPSING_MODELS`, else `models` among the user's own data."""
    return Path(os.environ.get(HOME) or data_folder() / "models")


def folder_of(name: str) -> Path:
    """Where the set called `name` lies, installed or not. Raises BridgeError for what is not a plain name."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", name):
        raise BridgeError(f"model set {name!r}: expected a name of small letters, digits and hyphens")
    return home() / name


def trained_for(generator: str) -> Path:
    """Where what was trained here for `generator` lies: not with its weights, which may be removed or pulled again."""
    return folder_of(f"{generator}-trained")


def installed() -> list[str]:
    """The names of the sets that are there, in alphabetical order."""
    return sorted(path.parent.name for path in home().glob("[!.]*/manifest.json"))


def installed_folder(name: str) -> Path:
    """The folder of the set called `name`. Raises BridgeError if it is not installed."""
    folder = folder_of(name)
    if not (folder / "manifest.json").is_file():
        there = ", ".join(installed()) or "none"
        raise BridgeError(f"model set {name}: not installed in {home()} (there: {there}); see {command('models list')}")
    return folder


@contextmanager
def alone_with(name: str) -> Iterator[None]:
    """Keep every other process from changing the set called `name`; waits, and says so, while one is at it.

    The lock is the system's: it ends with the process that has it, however that ends. May be entered within itself.
    Raises BridgeError where nothing can be written.
    """
    lock = FileLock(folder_of(name).with_name(f".{name}.lock"), is_singleton=True)
    make(home())
    try:
        _acquire(lock, name)
    except OSError as error:
        raise BridgeError(f"{lock.lock_file}: cannot be locked ({error.strerror})") from error
    try:
        yield
    finally:
        lock.release()


def _acquire(lock: BaseFileLock, name: str) -> None:
    try:
        lock.acquire(blocking=False)
    except Timeout:
        log.warning("model set %s: another process is at work on it; waiting until it is done (Ctrl-C gives up)", name)
        lock.acquire()


@contextmanager
def installing(name: str) -> Iterator[Path]:
    """Lend an empty folder to put a set in. It takes its name's place at the end, or goes away on an exception.

    What the set had before is gone then: `carry_over` keeps what somebody else may have put there. Until then no
    other process changes the set.
    """
    target = folder_of(name)
    part, before = target.with_name(f".{name}.part"), target.with_name(f".{name}.before")
    with alone_with(name):
        _put_back(target, before)
        clear(part, before)
        make(part)
        try:
            yield part
            _replace(target, part, before)
        finally:
            _put_back(target, before)
            clear(part, before)
    files.forget_digests()


def _replace(target: Path, new: Path, before: Path) -> None:
    """Move `target` aside to `before`, if it is there, and `new` to its place."""
    try:
        if target.exists():
            target.rename(before)
        new.rename(target)
    except OSError as error:  # on Windows, if somebody is using it
        raise BridgeError(f"{target}: cannot be replaced ({error.strerror}); end what uses it and try again") from error


def _put_back(target: Path, before: Path) -> None:
    """If whoever replaced `target` was stopped half-way, what was there is still aside, and it is all there is."""
    if before.exists() and not target.exists():
        before.rename(target)


def carry_over(name: str, being_made: Path) -> None:
    """Copy what the set called `name` has, whole, and `being_made` has not: somebody may have trained it for hours.

    Its card comes with that.
    """
    folder = folder_of(name)
    entries = files.manifest(folder)
    for file in entries.keys() - files.manifest(being_made).keys():
        if _fault(folder, file, entries[file]) is None:
            files.copy(file, folder, being_made)
    if (folder / CARD).is_file() and not (being_made / CARD).exists():
        copy_file(folder / CARD, being_made / CARD)


def arrivals_of(name: str) -> Path:
    """The folder in which downloads for the set called `name` wait until all are there."""
    folder = folder_of(name)
    return folder.with_name(f".{name}.arrivals")


def remove(name: str) -> Path:
    """Delete an installed set and what has arrived of it; gives the folder that it was in.

    Raises BridgeError if there is neither.
    """
    arrivals, folder = arrivals_of(name), folder_of(name)
    if not arrivals.exists():
        installed_folder(name)
    with alone_with(name):
        clear(arrivals, folder)
    files.forget_digests()
    return folder


def make(folder: Path) -> None:
    """Make `folder` if need be. Raises BridgeError where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BridgeError(f"{folder}: cannot be made ({error.strerror}); {HOME} may name another place") from error


def clear(*folders: Path) -> None:
    """Delete those of `folders` that are there. Raises BridgeError where one cannot be."""
    for folder in folders:
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise BridgeError(f"{folder}: cannot be deleted ({error.strerror or error})") from error


def faults(folder: Path) -> list[str]:
    """A sentence for each file of a set that is missing or is not what its manifest lists; none if all is well."""
    return [fault for name, entry in files.manifest(folder).items() if (fault := _fault(folder, name, entry))]


def _fault(folder: Path, name: str, entry: dict[str, str]) -> str | None:
    path = folder / Path(name).name
    if not path.is_file():
        return f"{path}: missing"
    return None if sha256(path) == entry["sha256"] else f"{path}: altered or broken"


@dataclass(frozen=True)
class ModelSets:
    """The `folders` to look in, in order; the last one is the shipped set."""

    folders: tuple[Path, ...]

    def holding(self, file: str) -> Path:
        """The first folder whose manifest lists `file`; the shipped one if none does."""
        return next((folder for folder in self.folders if file in files.manifest(folder)), self.folders[-1])

    def digests(self, names: list[str]) -> dict[str, str]:
        """Name → sha256 of each of `names`, those of installed files with their set's, as in `authors/…`."""
        return {self._label(name): files.digest(name, self.holding(name)) for name in names}

    def _label(self, file: str) -> str:
        folder = self.holding(file)
        return file if folder == self.folders[-1] else f"{folder.name}/{file}"


SHIPPED = ModelSets((files.MODELS,))


def chosen(names: str, generator: str) -> ModelSets:
    """The sets of `"authors,wct-16x"`, then what was trained and installed for `generator`, then what ships.

    Raises BridgeError for a set that is not installed.
    """
    wanted = [installed_folder(name.strip()) for name in names.split(",") if name.strip()]
    return ModelSets((*wanted, trained_for(generator), folder_of(generator), files.MODELS))
