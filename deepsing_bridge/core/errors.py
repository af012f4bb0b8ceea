"""The errors that a user sees. Everything else is a bug and is let through with its traceback."""

import re
from collections.abc import Iterable

MOST_NAMED = 6
MOST_QUOTED = 160  # characters of what was raised over a file: it may quote the file


class BridgeError(Exception):
    """Something from outside was wrong.

    The message is one plain sentence: what was wrong, where, and what is allowed.
    The command line prints it and exits with 2.
    """


class Taken(BridgeError):
    """Another program has the port or the name that was asked for."""


def in_words(error: Exception) -> str:
    """What was wrong, as a complaint about a file tells it, if `error` was raised as its parts were taken out.

    What Python says of types and methods tells a user nothing, and is left out.
    """
    match error:
        case KeyError(args=(name, *_)):
            return f"{str(name)[:MOST_QUOTED]!r} is missing"
        case LookupError():
            return "a part of it is missing"
        case TypeError() | AttributeError():
            return "a part of it is of another kind than it should be"
        case UnicodeError():
            return "a text that no file could hold"
        case ValueError():
            return re.sub(r"^.*(?:to float|base 10): (.+)$", r"\1 is no number", str(error))[:MOST_QUOTED]
        case _:
            return str(error)


def first_few(names: Iterable[object]) -> str:
    """The first MOST_NAMED of `names` for a sentence, and how many more there are."""
    every = list(map(str, names))
    more = f" and {len(every) - MOST_NAMED} more" if len(every) > MOST_NAMED else ""
    return ", ".join(every[:MOST_NAMED]) + more
