"""What can be had: `models/catalogue.json`, checked, with the addresses that `pytorch-pretrained-biggan` adds.

Fetches nothing.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..core import json_text
from ..core.errors import BridgeError, in_words
from ..weights.files import MODELS

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Download:
    """One file: its plain `name`, about how many `bytes` it has, `sha256` or how that begins (or ""), and `urls`.

    `mirrors` are files that hold the same in another form, and serve where it cannot be had.
    """

    name: str
    bytes: int
    sha256: str
    urls: tuple[str, ...]
    mirrors: tuple["Download", ...] = ()


@dataclass(frozen=True)
class Offer:
    """A model set that can be pulled: `use` is the command that it is for."""

    name: str
    what: str
    use: str
    licence: str
    files: tuple[Download, ...]

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)


def offers(models: Path = MODELS) -> dict[str, Offer]:
    """Name → what can be pulled. Raises BridgeError for a catalogue with a wrong entry, which it names."""
    path = models / "catalogue.json"
    listed = json_text.read(path)
    if not isinstance(listed, dict):
        raise BridgeError(f"{path}: expected names of model sets, and what each is")
    return {name: _offer(path, name, entry) for name, entry in listed.items()}


def offer(name: str, models: Path = MODELS) -> Offer:
    """The offer called `name`. Raises BridgeError that lists the names there are."""
    found = offers(models)
    if name not in found:
        raise BridgeError(f"model {name!r}: not in the catalogue; expected one of {', '.join(found)}")
    return found[name]


def addresses(name: str, file: Download) -> tuple[str, ...]:
    """Where to look for `file` of offer `name`, best first: for BigGAN where its package looks, then the mirrors."""
    return (*_package_addresses(name), *file.urls)


def checked_url(url: str) -> str:
    """`url`, if it is one that may be fetched: https, or http from this very machine. Raises BridgeError if not."""
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or local):
        raise BridgeError(f"{url}: expected an address that begins with https://")
    return url


def _package_addresses(name: str) -> tuple[str, ...]:
    if not name.startswith("biggan"):
        return ()
    from pytorch_pretrained_biggan.model import PRETRAINED_MODEL_ARCHIVE_MAP

    return (checked_url(PRETRAINED_MODEL_ARCHIVE_MAP[name]),) if name in PRETRAINED_MODEL_ARCHIVE_MAP else ()


def _offer(path: Path, name: str, entry: dict[str, Any]) -> Offer:
    try:
        files = tuple(_download(file) for file in entry["files"])
        return Offer(name, entry["what"], entry["use"], entry["licence"], files)
    except (KeyError, TypeError, ValueError, BridgeError) as error:
        raise BridgeError(f"{path}: entry {name!r} is wrong: {in_words(error)}") from error


def _download(entry: dict[str, Any]) -> Download:
    name = entry["name"]
    if Path(name).name != name or name.startswith("."):
        raise BridgeError(f"{name!r} is not a plain file name")
    mirrors = tuple(map(_download, entry.get("mirrors", ())))
    return Download(name, int(entry["bytes"]), entry.get("sha256", ""), tuple(map(checked_url, entry["urls"])), mirrors)
