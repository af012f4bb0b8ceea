"""The errors that a user sees. Everything else is a bug and is let through with its traceback."""

from collections.abc import Iterable

MOST_NAMED = 6


class BridgeError(Exception):
    """Something from outside was wrong.

    The message is one plain sentence: what was wrong, where, and what is allowed.
    The command line prints it and exits with 2.
    """


class Taken(BridgeError):
    """Another program has the port or the name that was asked for."""


def first_few(names: Iterable[object]) -> str:
    """The first MOST_NAMED of `names` for a sentence, and how many more there are."""
    every = list(map(str, names))
    more = f" and {len(every) - MOST_NAMED} more" if len(every) > MOST_NAMED else ""
    return ", ".join(every[:MOST_NAMED]) + more
