"""How the process logs: lines for a person, or JSON lines for a machine, both on stderr."""

import logging
import sys


def set_up(as_json: bool, verbose: bool) -> None:
    """Events carry `event` (the vocabulary's name) and `fields`, which a JSON line shows as they are."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_json() if as_json else logging.Formatter("%(asctime)s  %(message)s", "%H:%M:%S"))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("deepsing_bridge").setLevel(logging.DEBUG if verbose else logging.INFO)


def _json() -> logging.Formatter:
    from pythonjsonlogger.json import JsonFormatter

    renamed = {"asctime": "time", "levelname": "level"}
    return JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", rename_fields=renamed)
