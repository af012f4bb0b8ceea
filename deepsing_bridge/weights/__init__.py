"""Weight files, which folder each is taken from, and what is loaded of them."""

from .files import MODELS, copy, digest, header, load, manifest, part, save, save_table, sha256

__all__ = ["MODELS", "copy", "digest", "header", "load", "manifest", "part", "save", "save_table", "sha256"]
