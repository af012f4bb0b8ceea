"""A checkpoint file → its tensors, by torch's reader that can build tensors and nothing else, and compared.

A file may claim anything: what is not exactly names and tensors, with the shapes of the architecture that it is for,
is refused in one sentence that names it. No code in a file is run, not even where it is refused.
"""

import math
import re
import struct
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from pickle import UnpicklingError

import torch
from torch import Tensor

from ..core.errors import BridgeError

Shapes = Mapping[str, tuple[int, ...]]
"""What a checkpoint must have: the name of each tensor → its shape."""

COUNTER = "num_batches_tracked"  # of a batch norm: of no use once it is trained, and missing in old files
FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
MOST_BYTES = 1 << 29  # of a file; the largest that is known here has less than half of it

_UNREADABLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    UnpicklingError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
)
"""What torch's reader raises for files that were tampered with, as far as is known."""


def shapes_of(module: torch.nn.Module) -> Shapes:
    """The names and shapes of all that `module` (which may be on the meta device) keeps in a checkpoint."""
    return {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}


def read_state(path: Path, expected: Shapes, spare: str = "", under: str | None = None) -> dict[str, Tensor]:
    """The tensors of `expected` as float32, out of the checkpoint `path`, or of what it has under the key `under`.

    Names that match the pattern `spare` may be there too, and are passed over, as counters of batch norms are.
    Raises BridgeError for a file that is missing, cut off, of another size, or anything but a checkpoint.
    """
    state = _named_tensors(path, _loaded(path), under)
    _compare_names(path, state, expected, spare)
    wanted = {name: state[name] for name in expected if not name.endswith(COUNTER)}
    for name, tensor in wanted.items():
        _check(path, name, tensor, expected[name])
    return {name: tensor.to(torch.float32, copy=True).contiguous() for name, tensor in wanted.items()}


def names_in(path: Path, under: str | None = None) -> frozenset[str]:
    """The names of what is in the checkpoint `path`, or in what it has under the key `under`, whatever it is.

    Raises BridgeError as `read_state` does.
    """
    loaded = _loaded(path)
    inner = loaded.get(under) if under and isinstance(loaded, dict) else loaded
    return frozenset(name for name in inner if isinstance(name, str)) if isinstance(inner, dict) else frozenset()


def _loaded(path: Path) -> object:
    if not path.is_file():
        raise BridgeError(f"{path}: no such file")
    if path.stat().st_size > MOST_BYTES:
        size = math.ceil(path.stat().st_size / 1e6)
        raise BridgeError(f"{path}: {size} MB, at most {MOST_BYTES // 1_000_000} MB are read")
    try:
        _refuse_compressed(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of oddities in files that are refused a moment later
            return torch.load(path, map_location="cpu", weights_only=True)
    except _UNREADABLE as error:
        raise BridgeError(f"{path}: no checkpoint: it is cut off, broken, or holds more than tensors") from error


def _refuse_compressed(path: Path) -> None:
    """torch compresses nothing, and what is compressed may be far larger than it looks."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if any(part.compress_type != zipfile.ZIP_STORED for part in archive.infolist()):
                raise ValueError("compressed")


def _named_tensors(path: Path, loaded: object, under: str | None) -> dict[str, Tensor]:
    inner = loaded.get(under) if under and isinstance(loaded, dict) else loaded
    if not isinstance(inner, dict) or not all(
        isinstance(name, str) and isinstance(tensor, Tensor) for name, tensor in inner.items()
    ):
        raise BridgeError(f"{path}: expected names and tensors (a state_dict), found something else")
    return inner


def _compare_names(path: Path, state: Iterable[str], expected: Shapes, spare: str) -> None:
    there = {name for name in state if not name.endswith(COUNTER)}
    needed = {name for name in expected if not name.endswith(COUNTER)}
    if missing := sorted(needed - there):
        raise BridgeError(f"{path}: has no tensor {missing[0]}{_and_more(missing)}; it is of another architecture")
    if extra := sorted(name for name in there - needed if not re.fullmatch(spare, name)):
        raise BridgeError(f"{path}: unknown tensor {extra[0]!r:.80}{_and_more(extra)}; it is of another architecture")


def _check(path: Path, name: str, tensor: Tensor, shape: tuple[int, ...]) -> None:
    if tuple(tensor.shape) != shape:
        raise BridgeError(f"{path}: {name} is {_size(tensor.shape)}, expected {_size(shape)}; it is of another size")
    if tensor.layout is not torch.strided or tensor.dtype not in FLOATS or tensor.device.type != "cpu":
        raise BridgeError(f"{path}: {name} is {tensor.dtype} ({tensor.layout}), expected plain floating point numbers")
    if not tensor.isfinite().all():
        raise BridgeError(f"{path}: {name} holds values that are not finite numbers")


def _size(shape: Iterable[int]) -> str:
    return "×".join(map(str, shape)) or "one number"


def _and_more(names: list[str]) -> str:
    return f" and {len(names) - 1} more" if len(names) > 1 else ""
