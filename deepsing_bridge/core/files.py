"""Files that appear whole or not at all, the folders that they go into, and what tells one from another.

Knows nothing of what is in them.
"""

import errno
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import BridgeError


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """Lend `.NAME.part` beside `path` to write to; it becomes `path` at the end, or is removed on an exception.

    What a killed run left there is written over. Raises BridgeError where `path` cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        if not _is_of((part, path), error):
            raise
        raise BridgeError(_sentence(path, error)) from error
    finally:
        with suppress(OSError):  # what could not be made cannot be removed, and the first error is the one to tell
            part.unlink()


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8 with Unix line ends, so that every system writes the same bytes.

    Raises BridgeError where `path` cannot be written.
    """
    with appearing(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def write_bytes(path: Path, data: bytes | memoryview) -> None:
    """Raises BridgeError where `path` cannot be written."""
    with appearing(path) as part:
        part.write_bytes(data)


def copy_file(source: Path, target: Path) -> None:
    """`shutil.copyfile`, whole or not at all. Raises BridgeError where `target` cannot be written."""
    with appearing(target) as part:
        shutil.copyfile(source, part)


def copy_folder(source: Path, target: Path) -> None:
    """All that is in folder `source` into `target`. Raises BridgeError where that cannot be written."""
    shutil.copytree(source, target, copy_function=lambda a, b: copy_file(Path(a), Path(b)), dirs_exist_ok=True)


def sha256(path: Path) -> str:
    """Of what is in the file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def made(folder: Path) -> Path:
    """`folder`, made if need be with all that is above it. Raises BridgeError where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BridgeError(f"{folder}: no folder can be made there ({error.strerror})") from error
    return folder


def _is_of(paths: tuple[Path, ...], error: OSError) -> bool:
    """Whether `error` came of writing `paths`: the system names a file that it could not open, but not an open one.

    One without a number is not the system's, but that of a library which did not like what it read.
    """
    named = {str(name) for name in (error.filename, error.filename2) if name is not None}
    return error.errno is not None and (not named or not named.isdisjoint(map(str, paths)))


def _sentence(path: Path, error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return f"{path}: no space left on the disk; make room and run the same command again"
    return f"{path}: cannot be written ({error.strerror})"
