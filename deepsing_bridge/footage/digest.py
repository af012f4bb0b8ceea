"""What tells one film or photo from another, whatever it is called and wherever it lies.

Of up to WHOLE bytes all are read; of more, so many in PIECES pieces from the first byte to the last, and how many there
are. So a film of an hour takes as long as a photo, where reading all of it would take as long as judging it. What is
encoded or cut anew differs in every piece; only what was patched in place, to the same length, between them does not.
"""

import hashlib
from pathlib import Path

from ..core.errors import BridgeError

WHOLE = 1 << 24
PIECES = 16


def content_digest(path: Path) -> str:
    """In 64 hexadecimal digits. Raises BridgeError for a file that cannot be read."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            found = hashlib.sha256(size.to_bytes(8, "big"))
            for start, length in _pieces(size):
                file.seek(start)
                found.update(file.read(length))
    except (OSError, ValueError) as error:
        raise BridgeError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from error
    return found.hexdigest()


def _pieces(size: int) -> list[tuple[int, int]]:
    """Where each begins, and its length."""
    if size <= WHOLE:
        return [(0, size)]
    length = WHOLE // PIECES
    return [((size - length) * number // (PIECES - 1), length) for number in range(PIECES)]
