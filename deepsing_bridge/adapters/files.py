"""Files that appear whole or not at all.

Knows nothing of what is in them.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import BridgeError


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """Lend `path` plus ".part" to write to; it becomes `path` at the end, or is removed on an exception.

    Raises BridgeError where the disk is full.
    """
    part = path.with_name(path.name + ".part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise BridgeError(f"{path}: no space left on the disk; make room and run the same command again") from error
    finally:
        part.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8 with Unix line ends, so that every system writes the same bytes."""
    with appearing(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")
