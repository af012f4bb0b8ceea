"""Styles' statistics, kept in the user's cache: by the picture, and by all that its features depend on to the last bit.

A file a style, which appears whole; it can be removed at any time. What cannot be kept is computed again.
"""

import hashlib
import json
import logging
import platform
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from ..core.errors import BridgeError
from ..core.files import made, read_bytes, remove_oldest, write_bytes
from ..core.user_folders import cache_folder
from .networks import LEVELS
from .wct import LevelStatistics, StyleStatistics, Stylizer

log = logging.getLogger(__name__)

VERSION = 1  # of what `Stylizer.statistics` computes: another one begins anew
MOST_FILE_BYTES = 1 << 23  # VGG-19's layers take 1.4 MB
MOST_BYTES = 1 << 26  # of all that is kept: some 700 styles of the shipped stylizer's, 45 of VGG-19's
SUFFIX = ".safetensors"


def statistics(stylizer: Stylizer, picture: Tensor) -> StyleStatistics:
    """`stylizer.statistics` of a style image (3, H, W) in 0..1, computed once on this machine."""
    if stylizer.digest is None:
        return stylizer.statistics(picture)
    path = cache_folder() / "styles" / f"{_key(stylizer, picture)}{SUFFIX}"
    if (kept := _read(path)) is not None:
        bring = stylizer.device.bring
        return StyleStatistics(tuple(LevelStatistics(bring(level.mean), bring(level.colouring)) for level in kept))
    found = stylizer.statistics(picture)
    _keep(path, found)
    return found


def _key(stylizer: Stylizer, picture: Tensor) -> str:
    """Another processor, and another number of threads, round otherwise: a story's bytes must not hang on what was
    kept."""
    facts = {
        "version": VERSION,
        "stylizer": stylizer.digest,
        "device": stylizer.device.name,
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "processor": [platform.machine(), torch.backends.cpu.get_cpu_capability()],
        "shape": list(picture.shape),
    }
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    digest.update(picture.float().cpu().contiguous().numpy().data)
    return digest.hexdigest()


def _read(path: Path) -> list[LevelStatistics] | None:
    """None where nothing is kept, or it is damaged."""
    try:
        tensors = load(read_bytes(path, MOST_FILE_BYTES))
        levels = [LevelStatistics(tensors[f"mean{level}"], tensors[f"colouring{level}"]) for level in LEVELS]
        path.touch()  # the oldest go first
    except (BridgeError, LookupError, OSError, SafetensorError, ValueError):
        return None
    return levels if all(map(_is_whole, levels)) else None


def _is_whole(level: LevelStatistics) -> bool:
    channels = len(level.mean)
    shapes = tuple(level.mean.shape), tuple(level.colouring.shape)
    both = level.mean, level.colouring
    return shapes == ((channels, 1), (channels, channels)) and all(
        tensor.dtype == torch.float32 and bool(tensor.isfinite().all()) for tensor in both
    )


def _keep(path: Path, found: StyleStatistics) -> None:
    tensors = {}
    for number, level in zip(LEVELS, found.levels, strict=True):
        tensors[f"mean{number}"] = level.mean.cpu().contiguous()
        tensors[f"colouring{number}"] = level.colouring.cpu().contiguous()
    try:
        made(path.parent)
        write_bytes(path, save(tensors))
        remove_oldest(path.parent, f"*{SUFFIX}", MOST_BYTES)
    except (BridgeError, OSError) as error:
        log.debug("a style's statistics are not kept: %s", error)
