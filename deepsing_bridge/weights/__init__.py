"""Weight files and tables of classes, and which folder each is taken from."""

from .files import (
    MODELS,
    copy,
    digest,
    forget_digests,
    header,
    load,
    manifest,
    part,
    record,
    recorded,
    save,
    save_table,
)

__all__ = [
    "MODELS",
    "copy",
    "digest",
    "forget_digests",
    "header",
    "load",
    "manifest",
    "part",
    "record",
    "recorded",
    "save",
    "save_table",
]
