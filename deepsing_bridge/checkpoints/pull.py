"""`bridge.py models pull`: fetch, compare with what came the first time, convert, put in place.

The sha256 of every file that came is kept in the set's `sources.json`. Whoever pulls a broken set again gets the same
files or an error: what an address gives may change, and then somebody should look before it is used.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ..core import json_text
from ..core.errors import BridgeError
from ..core.files import is_there, sha256, write_text
from ..core.invocation import command
from ..core.types import Progress
from ..weights import model_sets
from .catalogue import Download, Offer, addresses, checked_url, offer
from .convert import convert
from .download import Fetched, fetch

SOURCES = "sources.json"
Stages = Callable[[str], Progress]


@dataclass(frozen=True)
class Source:
    """Where a file came from, and what it was."""

    url: str
    sha256: str
    bytes: int


def pull(name: str, stage: Stages, place: str | None = None) -> Path:
    """The folder of the set called `name`, fetched and converted unless it is there and whole.

    `place` is a folder, or an address without the file's name, to take the files from instead of where the catalogue
    says. Raises BridgeError for what is not in the catalogue, cannot be had, or is not what it should be; then what
    was there before is untouched, and what has arrived waits for the next try. Two processes take turns.
    """
    wanted = offer(name)
    if not _is_whole(wanted):
        with model_sets.alone_with(name):
            if not _is_whole(wanted):  # or another process has pulled it meanwhile
                _install(wanted, stage, place)
    return model_sets.folder_of(name)


def _is_whole(wanted: Offer) -> bool:
    folder = model_sets.folder_of(wanted.name)
    before = read_sources(folder)
    return all(file.name in before for file in wanted.files) and not model_sets.faults(folder)


def _install(wanted: Offer, stage: Stages, place: str | None) -> None:
    arrivals = model_sets.arrivals_of(wanted.name)
    model_sets.make(arrivals)
    came = {file.name: _bring(wanted, file, place, arrivals, stage(file.name)) for file in wanted.files}
    _refuse_changed(came, read_sources(model_sets.folder_of(wanted.name)))
    with model_sets.installing(wanted.name) as being_made:
        convert(wanted, {file: fetched.path for file, fetched in came.items()}, being_made)
        write_sources(being_made, came)
        model_sets.carry_over(wanted.name, being_made)
    model_sets.clear(arrivals)


def read_sources(folder: Path) -> dict[str, Source]:
    """File → where it came from when the set in `folder` was made; nothing if there is no set."""
    path = folder / SOURCES
    try:
        listed = json_text.read(path) if is_there(path) else {}
        return {file: Source(**entry) for file, entry in listed.items()}
    except (BridgeError, AttributeError, TypeError) as error:
        raise BridgeError(f"{path}: broken; {command(f'models remove {folder.name}')} clears it away") from error


def write_sources(folder: Path, came: dict[str, Fetched]) -> None:
    """Note down in `folder` where each file that it was made of came from."""
    sources = {name: Source(file.url, file.sha256, file.path.stat().st_size) for name, file in came.items()}
    listed = {name: asdict(source) for name, source in sources.items()}
    write_text(folder / SOURCES, json.dumps(listed, indent=1) + "\n")


def _bring(wanted: Offer, file: Download, place: str | None, arrivals: Path, progress: Progress) -> Fetched:
    if place is None:
        return fetch(file, addresses(wanted.name, file), arrivals, progress)
    if "://" in place:
        there = [checked_url(f"{place.rstrip('/')}/{file.name}")]
        return fetch(replace(file, mirrors=()), there, arrivals, progress)
    return _found(file, Path(place) / file.name, progress)


def _found(file: Download, path: Path, progress: Progress) -> Fetched:
    """A file that somebody brought; it is read where it is."""
    if not path.is_file():
        raise BridgeError(f"{path}: no such file; --from takes a folder that holds {file.name}")
    found = sha256(path)
    if not found.startswith(file.sha256):
        raise BridgeError(f"{path}: not the file that the catalogue lists (sha256 {found[:12]}…)")
    progress(file.bytes, file.bytes)
    return Fetched(path, path.absolute().as_uri(), found)


def _refuse_changed(came: dict[str, Fetched], before: dict[str, Source]) -> None:
    for name, file in came.items():
        if name in before and before[name].sha256 != file.sha256:
            raise BridgeError(
                f"{name}: {file.url} gives another file than when it was first pulled (sha256 {file.sha256[:12]}…, "
                f"then {before[name].sha256[:12]}…); if that is right, {command('models remove')} it first"
            )
