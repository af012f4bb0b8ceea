"""The errors that a user sees. Everything else is a bug and is let through with its traceback."""


class BridgeError(Exception):
    """Something from outside was wrong.

    The message is one plain sentence: what was wrong, where, and what is allowed.
    The command line prints it and exits with 2.
    """


class Taken(BridgeError):
    """Another program has the port or the name that was asked for."""
