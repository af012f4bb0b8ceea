"""What was seen in films and photos, kept in the user's cache: by their content, and by the model that judged them.

A database of SQLite's, so that what was written is whole, whoever is killed, and several processes may use it. It can
be removed at any time.
"""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import fields
from fractions import Fraction
from pathlib import Path
from typing import Any

from ..core.errors import BridgeError
from ..core.files import made
from ..core.user_folders import cache_folder
from .judge import Judged
from .media import MediaFile
from .probe import Facts
from .shot import Look, Shot

VERSION = 2  # of what is kept, and of how it is seen: another one begins anew
MOST_BYTES = 1 << 28  # of what is kept: films of some 2,000 hours
PATIENCE_S = 60.0  # while another process writes
_TABLES = """
create table if not exists files (path text primary key, size int, changed int, digest text) without rowid;
create table if not exists judged (digest text, model text, told text, used real, primary key (digest, model));
"""


def default_path() -> Path:
    return cache_folder() / "footage.sqlite"


@contextmanager
def open_store(path: Path | None = None) -> Iterator["Store"]:
    """The one at `path`, else the user's own; made if it is not there, and made anew if it is damaged.

    Raises BridgeError where it cannot be written.
    """
    path = path or default_path()
    made(path.parent)
    try:
        with closing(_connected(path)) as database:
            yield Store(database)
    except sqlite3.Error as error:
        raise BridgeError(f"{path}: cannot be read or written ({error}); make room, or remove that file") from error


def _connected(path: Path) -> sqlite3.Connection:
    try:
        return _prepared(path)
    except sqlite3.OperationalError:  # locked, or not to be written: nothing that removing it would mend
        raise
    except sqlite3.DatabaseError:
        path.unlink()
        return _prepared(path)


def _prepared(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=PATIENCE_S, isolation_level=None)
    try:
        if database.execute("pragma user_version").fetchone()[0] != VERSION:
            database.executescript(
                f"drop table if exists files; drop table if exists judged; pragma user_version={VERSION}"
            )
        database.executescript(_TABLES)
    except sqlite3.Error:
        database.close()
        raise
    return database


class Store:
    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def digest(self, path: Path, size: int, changed: int) -> str | None:
        """Of the file `path`, if it has the `size` and time of change (ns) that it had when `keep_digest` was told."""
        row = self._database.execute(
            "select digest from files where path=? and size=? and changed=?", (str(path), size, changed)
        ).fetchone()
        return row[0] if row else None

    def keep_digest(self, path: Path, size: int, changed: int, digest: str) -> None:
        self._database.execute("insert or replace into files values (?, ?, ?, ?)", (str(path), size, changed, digest))

    def has(self, digest: str, model: str) -> bool:
        found = self._database.execute("select 1 from judged where digest=? and model=?", (digest, model))
        return found.fetchone() is not None

    def judged(self, path: Path, digest: str, model: str) -> Judged | None:
        """What `keep` was told of that content and `model`, for the file `path` that has it now."""
        row = self._database.execute("select told from judged where digest=? and model=?", (digest, model)).fetchone()
        if row is None:
            return None
        with suppress(LookupError, TypeError, ValueError):
            return from_text(row[0], path, digest)
        return None

    def keep(self, digest: str, model: str, told: str) -> None:
        """`told`: as `to_text` writes it."""
        self._database.execute("insert or replace into judged values (?, ?, ?, ?)", (digest, model, told, time.time()))

    def tidy(self, digests: list[str], model: str) -> None:
        """Note that these were of use, and forget what was of none for the longest time, beyond MOST_BYTES."""
        now = time.time()
        with self._database:
            self._database.execute("begin")
            used = [(now, digest, model) for digest in digests]
            self._database.executemany("update judged set used=? where digest=? and model=?", used)
            self._database.execute(
                "delete from judged where rowid in (select rowid from (select rowid, sum(length(told)) over"
                " (order by used desc, rowid desc) as bytes from judged) where bytes > ?)",
                (MOST_BYTES,),
            )
            self._database.execute("delete from files where digest not in (select digest from judged)")


def to_text(judged: Judged) -> str:
    """All but the path and the digest."""
    facts, shots = judged
    media = facts.media
    told: dict[str, Any] = {field.name: getattr(facts, field.name) for field in fields(Facts) if field.name != "media"}
    told |= {"pixel_aspect": str(facts.pixel_aspect), "rate": str(media.rate)}
    told |= {name: getattr(media, name) for name in ("frames", "start", "width", "height")}
    names = [field.name for field in fields(Look)]
    looks = [[[getattr(look, name) for name in names] for look in shot.looks] for shot in shots]
    told["shots"] = [[shot.first, shot.frames, seen] for shot, seen in zip(shots, looks, strict=True)]
    return json.dumps(told)


def from_text(text: str, path: Path, digest: str) -> Judged:
    """Raises LookupError, TypeError or ValueError for what `to_text` did not write."""
    told = json.loads(text)
    media = MediaFile(
        path, digest, Fraction(told.pop("rate")), *(told.pop(name) for name in ("frames", "start", "width", "height"))
    )
    shots = told.pop("shots")
    told["pixel_aspect"] = Fraction(told["pixel_aspect"])
    seen = (Shot(media, first, frames, tuple(Look(*look) for look in looks)) for first, frames, looks in shots)
    return Facts(media, **told), tuple(seen)
