"""TOML that somebody wrote by hand, read within limits. Knows nothing of what is in it."""

import tomllib
from typing import Any

from .errors import BridgeError

MOST_BYTES = 1 << 18  # of a file; what people write by hand has a tenth of it
MOST_DOTS = 50  # of a line: the parser takes minutes over a key of a hundred thousand


def parse_toml(text: str, where: str) -> dict[str, Any]:
    """What `text` spells out; `where` is what complaints call the file. Raises BridgeError."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    if any(line.count(".") > MOST_DOTS for line in lines):
        raise BridgeError(f"{where}: expected at most {MOST_DOTS} dots in a line")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BridgeError(f"{where}: not TOML: {error!s:.200}") from error
    except (RecursionError, ValueError) as error:
        raise BridgeError(f"{where}: not TOML: nested too deeply, or a number of thousands of digits") from error
