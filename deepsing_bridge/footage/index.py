"""Folders of films and photos → every shot in them, judged.

What was seen once is kept: by content, so that a file may be renamed or moved, and by model. A run that is killed loses
no more than the files that were at work; the next one goes on.
"""

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .. import weights
from ..attributes import image_models
from ..core.errors import BridgeError
from ..core.types import Progress, no_progress
from .digest import content_digest
from .files import find_media
from .probe import Facts
from .shot import Shot
from .store import Store, open_store
from .workers import Task, Workers

READERS = 4  # files whose digests are made at the same time
PATIENCE_S = 0.1  # how often `progress` is called while nothing happens, as it may want to give up
EACH = 4 << 20  # bytes: so much work is any file beside its size


@dataclass(frozen=True)
class Footage:
    """`shots` in the order of their files' paths. `files` are those that they are in. `passed_over`: a sentence for
    each file or folder that is not among them, and might be missed."""

    shots: tuple[Shot, ...]
    files: tuple[Facts, ...]
    passed_over: tuple[str, ...]

    @property
    def odd(self) -> tuple[str, ...]:
        """A sentence for each file that is shown otherwise than one might expect."""
        return tuple(sentence for facts in self.files for sentence in _odd(facts))


def index(
    places: Sequence[Path],
    model: str = image_models.PAPER,
    models: Path = weights.MODELS,
    progress: Progress = no_progress,
    store: Path | None = None,
) -> Footage:
    """All shots of the films and photos in `places`, folders or files, judged by the image `model` whose weights lie in
    `models`. What is known already lies at `store`, else in the user's cache.

    A file that cannot be read is passed over. What `progress` raises ends it, and leaves nothing running. Raises
    BridgeError for a place that is not there, one without a film or photo that can be read, and where the store cannot
    be written.
    """
    found = find_media(places)
    key = weights.digest(image_models.file_of(model), models)
    with open_store(store) as kept:
        digests = _digests(found.paths, kept, found.told)
        first = _first_of_each(digests, found.told)
        tasks = [Task(path, digest) for digest, path in first.items() if not kept.has(digest, key)]
        found.told.extend(_judge_all(tasks, model, models, key, kept, progress))
        judged = [kept.judged(path, digest, key) for digest, path in first.items()]
        kept.tidy(list(first), key)
    files = [one for one in judged if one is not None]
    if not files:
        named = ", ".join(map(str, places))
        why = f": {found.told[0]}" if found.told else "; expected a folder with some"
        raise BridgeError(f"{named}: no film or photo there that can be read{why}")
    shots = tuple(shot for _, shots in files for shot in shots)
    return Footage(shots, tuple(facts for facts, _ in files), tuple(found.told))


def _digests(paths: Iterable[Path], kept: Store, told: list[str]) -> dict[Path, str]:
    """Of all that can be read; known ones are not read again while size and time of change are what they were."""
    stats: dict[Path, os.stat_result] = {}
    known: dict[Path, str | None] = {}
    for path in paths:
        try:
            stats[path] = path.stat()
            known[path] = kept.digest(path, stats[path].st_size, stats[path].st_mtime_ns)
        except OSError as error:
            told.append(f"{path}: cannot be read ({error.strerror})")
    unknown = [path for path, digest in known.items() if digest is None]
    with ThreadPoolExecutor(READERS) as readers:
        for path, found in zip(unknown, readers.map(_digest, unknown), strict=True):
            if isinstance(found, BridgeError):
                told.append(str(found))
            else:
                known[path] = found
                kept.keep_digest(path, stats[path].st_size, stats[path].st_mtime_ns, found)
    return {path: digest for path, digest in known.items() if digest is not None}


def _digest(path: Path) -> str | BridgeError:
    try:
        return content_digest(path)
    except BridgeError as error:
        return error


def _first_of_each(digests: dict[Path, str], told: list[str]) -> dict[str, Path]:
    """A file that is there twice is one."""
    first: dict[str, Path] = {}
    for path, digest in digests.items():
        if digest in first:
            told.append(f"{path}: the same as {first[digest]}")
        first.setdefault(digest, path)
    return first


def _judge_all(tasks: Sequence[Task], model: str, models: Path, key: str, kept: Store, progress: Progress) -> list[str]:
    """Keeps what is seen in each, and returns a sentence for each that cannot be read."""
    work = {task: EACH + task.path.stat().st_size for task in tasks}
    done = dict.fromkeys(tasks, 0)
    errors: dict[Task, str] = {}
    with Workers(model, models, tasks) as workers:
        for new in workers.news(PATIENCE_S):
            if new is not None:
                done[new.task] = work[new.task] * new.step // 100
                if new.told:
                    kept.keep(new.task.digest, key, new.told)
                elif new.error:
                    errors[new.task] = new.error
            progress(sum(done.values()), sum(work.values()))
    return [errors[task] for task in tasks if task in errors]


def _odd(facts: Facts) -> Iterable[str]:
    path = facts.media.path
    if facts.hdr:
        yield f"{path}: of high dynamic range ({facts.hdr}); its highlights are pressed into standard range"
    if facts.varies:
        rate = float(facts.media.rate)
        yield f"{path}: its frame rate varies; editors take it for {rate:.5g} frames a second"
    if facts.interlaced:
        yield f"{path}: interlaced; its fields are woven to whole pictures"
