"""The one table of layouts: --help, what is told after one is written, and docs/layouts.md derive from it."""

from collections.abc import Callable
from dataclasses import dataclass

from ..live.vocabulary import Vocabulary
from . import open_stage_control, pure_data, supercollider, touchosc
from .panel import Bridge
from .touchosc_scripts import RECEIVE_PORT


@dataclass(frozen=True)
class Layout:
    """`next`: what is left to do in the program itself."""

    name: str
    file: str
    host: str
    next: str
    make: Callable[[Vocabulary, Bridge], bytes]


LAYOUTS = {
    entry.name: entry
    for entry in (
        Layout(
            "touchosc",
            "deepsing.tosc",
            "TouchOSC",
            f"open it; Connections ▸ OSC: UDP, the bridge's host and port, receive port {RECEIVE_PORT}",
            touchosc.layout,
        ),
        Layout(
            "open-stage-control",
            "deepsing.json",
            "Open Stage Control",
            "start it with --load and this file; it needs no other options",
            open_stage_control.layout,
        ),
        Layout("pure-data", "deepsing.pd", "Pure Data", "open it; it connects by itself", pure_data.layout),
        Layout(
            "supercollider",
            "deepsing.scd",
            "SuperCollider",
            "open it, put the cursor into the block, and press Ctrl or Cmd and Enter",
            supercollider.layout,
        ),
    )
}
