"""Checkpoints of unfinished trainings, so that the same command goes on, and caches of what is slow to compute.

A checkpoint appears whole, and is named after all that decides what will come of the training. What is in it is tensors
and plain values, and is read as nothing else.
"""

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..core.errors import BridgeError
from ..core.files import made, write_bytes


def cache_key(facts: Mapping[str, object]) -> str:
    """Twelve letters and digits that stand for `facts`."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:12]


def checkpoint_path(folder: Path, what: str, facts: Mapping[str, object]) -> Path:
    """The checkpoint in `folder` of the training of `what` that `facts` decide; another training has another."""
    return folder / f"{what}-{cache_key(facts)}.pt"


def cached(path: Path, make: Callable[[], NDArray[Any]]) -> NDArray[Any]:
    """What `make` gives, which is then in `path` for the next time. Raises BridgeError for a file that is damaged."""
    if not path.exists():
        made(path.parent)
        data = io.BytesIO()
        np.save(data, make())
        write_bytes(path, data.getbuffer())
    try:
        return np.asarray(np.load(path))
    except (OSError, ValueError, EOFError) as error:
        raise BridgeError(f"{path}: a damaged file; delete it and run the same command again") from error


def save(state: Mapping[str, Any], path: Path) -> None:
    """Raises BridgeError where the disk is full; what was there before stays then."""
    made(path.parent)
    data = io.BytesIO()  # torch's own writing to a file tells nothing of a full disk but that it failed
    torch.save(dict(state), data)
    write_bytes(path, data.getbuffer())


def load(path: Path, remedy: str = "delete it and run the same command again") -> dict[str, Any]:
    """Raises BridgeError for a file that is damaged or holds more than tensors and plain values."""
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (EOFError, OSError, RuntimeError, UnpicklingError, ValueError) as error:
        raise BridgeError(f"{path}: a damaged checkpoint; {remedy}") from error
    if not isinstance(state, dict):
        raise BridgeError(f"{path}: expected a checkpoint of names and values; {remedy}")
    return state
