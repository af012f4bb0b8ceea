"""Measurements of the running bridge. Each module is a command: `python -m bench.live`, `python -m bench.soak`."""
