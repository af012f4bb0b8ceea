"""Putting shipped files where a host looks, and taking them away again: steps that can be shown before they are done.

What is not ours is never lost: a file of the same name that we did not put there, or that was changed since, is kept
under another name before ours takes its place, and left alone when ours are removed. Knows no host.
"""

import glob
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain, count, takewhile
from pathlib import Path

from ..core.errors import BridgeError
from ..core.files import appearing
from ..core.invocation import command
from . import record
from .record import InstallRecord

ASIDE = ".before-deepsing"
"""What is appended to the name of a file that was there before: no host takes such a file for a script."""


@dataclass(frozen=True)
class Step:
    """What is done with `path`; `remark` is for people."""

    verb: str
    path: Path
    do: Callable[[], object] = lambda: None
    remark: str = ""

    def __str__(self) -> str:
        return f"{self.verb:<7} {self.path}" + (f"  ({self.remark})" if self.remark else "")


def installing(shipped: Mapping[str, Path], folder: Path, version: str, record_file: Path) -> list[Step]:
    """The steps that bring `shipped`, files by name, to `folder`, and write it down in `record_file`.

    Raises BridgeError if they are in another folder already.
    """
    before = record.read(record_file)
    if before and before.folder != folder:
        raise BridgeError(
            f"{before.folder}: installed there already; {command('plugins uninstall')} comes before another place"
        )
    known = before.files if before else {}
    missing = tuple(takewhile(lambda path: not path.exists(), (folder, *folder.parents)))
    made = tuple(dict.fromkeys((*(before.made if before else ()), *missing)))
    after = InstallRecord(version, folder, {name: digest(path) for name, path in shipped.items()}, made)
    return [
        *(Step("make", path, path.mkdir) for path in reversed(missing)),
        *chain.from_iterable(_put(path, folder / name, known.get(name)) for name, path in shipped.items()),
        *chain.from_iterable(_take(folder / name, known[name]) for name in known if name not in shipped),
        Step("note", record_file, partial(record.write, record_file, after)),
    ]


def uninstalling(record_file: Path) -> list[Step]:
    """The steps that remove what `record_file` says, but for what was changed. Raises BridgeError if there is none."""
    known = record.read(record_file)
    if known is None:
        raise BridgeError("not installed, so nothing is removed")
    files = [step for name, was in known.files.items() for step in _take(known.folder / name, was)]
    going = {step.path for step in files if step.verb == "remove"}
    asides = chain.from_iterable(sorted(known.folder.glob(f"{glob.escape(name)}{ASIDE}*")) for name in known.files)
    return [
        *files,
        *(Step("leave", path, remark="yours, from before") for path in asides),
        *(Step("remove", path, path.rmdir, "empty") for path in _emptied(known.made, going)),
        Step("remove", record_file, record_file.unlink),
    ]


def carry_out(steps: Iterable[Step]) -> Iterator[Step]:
    """Do each step, and hand it on once it is done. Raises BridgeError where the system refuses one."""
    for step in steps:
        try:
            step.do()
        except OSError as error:
            raise BridgeError(f"{step.path}: {error.strerror or error}; what was done before is told above") from error
        yield step


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _put(source: Path, target: Path, ours: str | None) -> Iterator[Step]:
    found = _found(target)
    if found == digest(source):
        yield Step("same", target)
        return
    if found and found != ours:
        aside = _aside(target)
        yield Step("keep", target, partial(target.rename, aside), f"not ours, or changed since: becomes {aside.name}")
    yield Step("update" if found and found == ours else "write", target, partial(_copy, source, target))


def _take(target: Path, ours: str) -> Iterator[Step]:
    match _found(target):
        case "":
            yield Step("gone", target)
        case found if found == ours:
            yield Step("remove", target, target.unlink)
        case _:
            yield Step("leave", target, remark="changed since, so it is yours")


def _found(target: Path) -> str:
    """The digest of what lies there, "" for nothing, and another word for what is no file."""
    if target.is_file():
        return digest(target)
    return "no file" if os.path.lexists(target) else ""


def _copy(source: Path, target: Path) -> None:
    with appearing(target) as part:
        shutil.copyfile(source, part)


def _aside(target: Path) -> Path:
    """A name that is free."""
    names = chain([ASIDE], (f"{ASIDE}-{number}" for number in count(2)))
    return next(path for name in names if not os.path.lexists(path := target.with_name(target.name + name)))


def _emptied(made: Iterable[Path], going: set[Path]) -> Iterator[Path]:
    """Those of our own folders that hold nothing once `going` is gone, the deepest first."""
    going = set(going)
    for folder in sorted(made, key=lambda path: len(path.parts), reverse=True):
        if folder.is_dir() and going.issuperset(folder.iterdir()):
            going.add(folder)
            yield folder
