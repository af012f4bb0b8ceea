"""Checks that the readers of published data sets share: files that are missing, tables, numbers, ids that differ."""

import csv
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..core.errors import BridgeError, first_few
from ..core.files import read_text

Row = dict[str, str]


def refuse_missing(folder: Path, names: Iterable[str], expected: str) -> None:
    """Raises BridgeError that names the files and folders (ending in /) that `folder` lacks."""
    if not folder.is_dir():
        raise BridgeError(f"{folder}: no such folder; expected {expected}")
    missing = [name for name in names if not _is_there(folder / name, name.endswith("/"))]
    if missing:
        raise BridgeError(f"{folder}: {first_few(missing)} missing; expected {expected}")


def _is_there(path: Path, folder: bool) -> bool:
    return path.is_dir() if folder else path.is_file()


def read_rows(path: Path, key: str, needed: Sequence[str] = ()) -> dict[str, Row]:
    """The rows of a table with heads, by what they have under `key`, spaces around heads and cells removed.

    Raises BridgeError for a column that is missing, a `key` that is there twice, and a file that is no such table.
    """
    try:
        rows = [_stripped(row) for row in csv.DictReader(read_text(path).splitlines(keepends=True))]
    except csv.Error as error:
        raise BridgeError(f"{path}: not a table of comma-separated values ({error})") from error
    if missing := [name for name in (key, *needed) if not rows or name not in rows[0]]:
        raise BridgeError(f"{path}: has no column {first_few(missing)}, or no rows")
    named = [row[key] for row in rows if row[key]]
    if twice := sorted(name for name, count in Counter(named).items() if count > 1):
        raise BridgeError(f"{path}: {first_few(twice)} more than once under {key}; expected once")
    return {row[key]: row for row in rows if row[key]}


def _stripped(row: dict[str | None, str | list[str] | None]) -> Row:
    return {name.strip(): str(cell or "").strip() for name, cell in row.items() if name is not None}


def number(path: Path, row: str, column: str, cell: str) -> float:
    """The finite number in a cell. Raises BridgeError that tells where there is none."""
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BridgeError(f"{path}: {row}, {column}: expected a number, found {cell!r:.40}")
    return value


def refuse_unmatched(place: Path, rated: Iterable[str], there: Iterable[str], what: str) -> None:
    """Raises BridgeError that tells which `rated` have no `what`; of those there that nobody rated it tells too,
    since a name that is misspelt is both."""
    missing, extra = sorted(set(rated) - set(there)), sorted(set(there) - set(rated))
    if missing:
        unrated = f"; there without a rating: {first_few(extra)}" if extra else ""
        raise BridgeError(f"{place}: no {what} for {len(missing)} that are rated: {first_few(missing)}{unrated}")
