"""Weight files: safetensors in `models/`, each listed in `manifest.json` with its sha256, licence and metrics.

The one place that reads or writes them. A file whose digest differs from the manifest's is refused by name.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from safetensors.torch import save as to_bytes

from ..core import json_text
from ..core.errors import BridgeError
from ..core.files import appearing, copy_file, is_there, made, sha256, write_text
from ..core.invocation import command
from ..core.plain_text import is_plain

_PACKAGE = Path(__file__).parent.parent
MODELS = _PACKAGE / "models" if (_PACKAGE / "models").is_dir() else _PACKAGE.parent / "models"
"""`models/` of the checkout, or its copy inside an installed wheel."""

MANIFEST = "manifest.json"
_HEADER = "deepsing"
"""All facts under one key: safetensors writes several in any order, and the same training must give the same bytes."""


def manifest(models: Path = MODELS) -> dict[str, Any]:
    """What `models/manifest.json` says: file name → sha256, bytes, licence, what, command, tensors, metrics."""
    path = models / MANIFEST
    if not is_there(path):
        return {}
    try:
        listed = json_text.read(path)
    except BridgeError as error:
        raise BridgeError(f"{path}: broken; restore or delete the folder that it is in ({error})") from error
    if not isinstance(listed, dict) or not all(map(_is_entry, listed.items())):
        raise BridgeError(f"{path}: broken; expected names of files beside it, each with its sha256")
    return listed


def _is_entry(item: tuple[str, Any]) -> bool:
    """Names are nothing but names: what is listed is copied and deleted."""
    name, entry = item
    plain = Path(name).name == name and is_plain(name) and name != ".."
    return plain and isinstance(entry, dict) and isinstance(entry.get("sha256"), str)


_recordings: ContextVar[tuple[dict[str, str], ...]] = ContextVar("recordings", default=())


@contextmanager
def recorded() -> Iterator[Mapping[str, str]]:
    """What is loaded in this thread within the block: name → sha256, those of installed sets as `authors/…`."""
    loaded: dict[str, str] = {}
    token = _recordings.set((*_recordings.get(), loaded))
    try:
        yield loaded
    finally:
        _recordings.reset(token)


def digest(name: str, models: Path = MODELS) -> str:
    """The sha256 of weight file `name`, checked against the manifest once per process."""
    found = _checked(name, models)
    record(name if models == MODELS else f"{models.name}/{name}", found)
    return found


def record(name: str, found: str) -> None:
    """Have it said by `recorded` that a file of this name and sha256 was loaded."""
    for recording in _recordings.get():
        recording[name] = found


def forget_digests() -> None:
    """Have every file checked again, since some of them were replaced."""
    _checked.cache_clear()


@cache
def _checked(name: str, models: Path) -> str:
    path = models / name
    if not path.exists():
        raise BridgeError(f"{path}: weight file missing; restore it, or see {command('models list')}")
    found = sha256(path)
    entry = manifest(models).get(name)
    if entry is None or entry["sha256"] != found:
        raise BridgeError(f"{path}: not the file that {models / MANIFEST} lists; restore, pull or retrain it")
    return found


def load(name: str, models: Path = MODELS) -> dict[str, torch.Tensor]:
    """The tensors of weight file `name`, as stored (often float16). Raises BridgeError if missing or altered."""
    digest(name, models)
    try:
        return load_file(models / name)
    except (SafetensorError, ValueError) as error:
        raise BridgeError(f"{models / name}: no tensors in it that can be read; restore, pull or retrain it") from error


def part(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    """Those whose names begin with `prefix`, without it, as float32: one of several networks in a file."""
    return {key.removeprefix(prefix): tensor.float() for key, tensor in tensors.items() if key.startswith(prefix)}


def header(name: str, models: Path = MODELS) -> dict[str, str]:
    """The string metadata inside weight file `name` (dimensions, labels), without reading its tensors."""
    digest(name, models)
    try:
        with safe_open(models / name, framework="pt") as file:
            facts = json_text.parse(file.metadata()[_HEADER])
    except (SafetensorError, LookupError, TypeError, ValueError) as error:
        raise BridgeError(f"{models / name}: says nothing of itself; restore, pull or retrain it") from error
    return {str(key): str(value) for key, value in facts.items()} if isinstance(facts, dict) else {}


def save(
    name: str,
    tensors: dict[str, torch.Tensor],
    *,
    header: dict[str, str],
    what: str,
    licence: str,
    command: str,
    metrics: dict[str, Any],
    models: Path = MODELS,
) -> None:
    """Write weight file `name` and its manifest entry, or neither. Raises BridgeError where that cannot be."""
    packed = {_HEADER: json.dumps(header, sort_keys=True)}
    data = to_bytes({key: tensor.contiguous() for key, tensor in tensors.items()}, packed)
    shapes = {key: [str(t.dtype).removeprefix("torch."), list(t.shape)] for key, t in sorted(tensors.items())}
    about = {"what": what, "licence": licence, "command": command}
    _put(name, data, about, {"tensors": shapes, "metrics": metrics}, models)


def save_table(name: str, text: str, *, what: str, licence: str, command: str, models: Path) -> None:
    """Write a table that belongs to the weights of `models`, and list it in the manifest as they are, or neither."""
    _put(name, text.encode(), {"what": what, "licence": licence, "command": command}, {}, models)


def copy(name: str, source: Path, models: Path) -> None:
    """Copy the file `name` of folder `source`, and its manifest entry, into `models`."""
    copy_file(source / name, models / name)
    _list(name, manifest(source)[name], models)


def _put(name: str, data: bytes, about: dict[str, str], details: dict[str, Any], models: Path) -> None:
    entry = about | {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)} | details
    with appearing(made(models) / name) as part:
        part.write_bytes(data)
        _list(name, entry, models)  # all is written before either gets its name


def _list(name: str, entry: dict[str, Any], models: Path) -> None:
    entries = manifest(models) | {name: entry}
    write_text(models / MANIFEST, json.dumps(dict(sorted(entries.items())), indent=1) + "\n")
    forget_digests()
