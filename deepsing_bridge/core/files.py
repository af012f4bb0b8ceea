"""Files that appear whole or not at all, files that are read within limits, the folders that they lie in, and what
tells one from another.

Knows nothing of what is in them.
"""

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import BridgeError

MOST_BYTES = 1 << 26  # of a file that is read whole; what people write by hand is far smaller
FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
_LONGEST_NAME = 200  # bytes; file systems have 255, and a draft's name is longer than the file's


def draft(path: Path) -> Path:
    """`.NAME.PID.part` beside `path`, where this process writes it: another one has a draft of its own."""
    name = path.name if len(os.fsencode(path.name)) <= _LONGEST_NAME else hashlib.sha256(os.fsencode(path)).hexdigest()
    return path.with_name(f".{name}.{os.getpid()}.part")


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """Lend the `draft` of `path` to write to; it becomes `path` at the end, or is removed on an exception.

    Raises BridgeError where `path` cannot be written.
    """
    part = draft(path)
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


def clear_drafts(folder: Path, *names: str) -> None:
    """Remove what killed runs have left half-written in `folder`, of files that match `names`.

    For who knows that nobody else is writing them.
    """
    for part in (part for name in names for part in folder.glob(f".{name}.*part")):
        with suppress(OSError):  # what cannot be removed is in nobody's way
            shutil.rmtree(part) if part.is_dir() and not part.is_symlink() else part.unlink()


def read_bytes(path: Path, most: int = MOST_BYTES) -> bytes:
    """What is in `path`. Raises BridgeError where it cannot be read, has more than `most` bytes, or is no plain file:
    a folder, a pipe or a device, which may never end."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise BridgeError(f"{path}: not a file")
        with path.open("rb") as file:
            data = file.read(most + 1)
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        raise BridgeError(f"{path}: cannot be read ({_why(error)})") from error
    if len(data) > most:
        raise BridgeError(f"{path}: has more than {most:,} bytes; expected less")
    return data


def read_text(path: Path, most: int = MOST_BYTES) -> str:
    """The UTF-8 text in `path`, with or without a byte order mark, its line ends as Unix has them.

    Raises BridgeError as `read_bytes` does, and for what is no such text.
    """
    try:
        text = read_bytes(path, most).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BridgeError(f"{path}: not text in UTF-8") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_there(path: Path) -> bool:
    """Whether there is anything at `path`. A name that no file can have, or that may not be looked at, is nothing."""
    try:
        return path.exists()
    except OSError:
        return False


def is_file(path: Path) -> bool:
    """Whether `path` is a file, and neither a folder, a pipe nor a device. Otherwise as `is_there`."""
    try:
        return path.is_file()
    except OSError:
        return False


def refuse_no_text(path: Path) -> None:
    """Raises BridgeError for a name that is no Unicode, which no text file can hold: bytes that are not UTF-8."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        told = str(path).encode(errors="replace").decode()
        raise BridgeError(f"{told}: this name is not in UTF-8; rename that folder or file") from error


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


def remove(path: Path) -> None:
    """What is not there is removed already. Raises BridgeError where it cannot be."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise BridgeError(f"{path}: cannot be removed ({error.strerror})") from error


def remove_oldest(folder: Path, pattern: str, most: int) -> None:
    """Of the files in `folder` that match `pattern`, those that were touched last stay, `most` bytes at most. Raises
    OSError where they cannot be looked at; what cannot be removed stays."""
    total = 0
    for path in sorted(folder.glob(pattern), key=lambda path: path.stat().st_mtime, reverse=True):
        total += path.stat().st_size
        if total > most:
            with suppress(OSError):
                path.unlink()


def move(source: Path, target: Path) -> None:
    """`source` becomes `target`, in place of what is there. Raises BridgeError where that cannot be."""
    try:
        source.replace(target)
    except OSError as error:
        raise BridgeError(
            f"{source}: cannot be moved to {target} ({error.strerror}); is a program using it?"
        ) from error


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
    if error.errno in FULL:
        return f"{path}: no space left on the disk; make room and run the same command again"
    return f"{path}: cannot be written ({error.strerror})"


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
