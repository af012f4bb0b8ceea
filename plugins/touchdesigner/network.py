"""What the component is made of: its operators and its parameters, as tables that `build` carries out.

Names of operators, their parameters and menu entries are those of https://docs.derivative.ca, from the page of each
operator. Knows nothing of TouchDesigner but these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Node(NamedTuple):
    """An operator; `pars` that begin with `=` are expressions, `source` feeds its first input."""

    name: str
    kind: str
    column: int
    row: int
    script: str = ""
    pars: Mapping[str, Any] = NOTHING
    source: str = ""


class Item(NamedTuple):
    """A custom parameter: its attributes, and the method of a page that makes it, without `append`."""

    name: str
    label: str
    style: str
    attributes: Mapping[str, Any] = NOTHING


def nodes(vocabulary: Any) -> Iterator[Node]:
    """Rows: pictures, tables and channels, OSC, what runs by itself. An operator comes after those it refers to."""
    yield Node("client", "textDAT", 0, 0, "client.py")
    yield Node("receiver", "textDAT", 1, 0, "receiver.py")
    yield Node("script_top", "textDAT", 2, 0, "script_top.py")
    yield Node("frames", "scriptTOP", 3, 0, pars={"callbacks": "script_top"})
    yield Node("null_picture", "nullTOP", 4, 0, source="frames")
    yield Node("out_picture", "outTOP", 5, 0, source="null_picture")

    yield Node("vocabulary", "textDAT", 0, 1, "vocabulary.py")
    yield Node("now", "tableDAT", 2, 1)
    yield Node("out_now", "outDAT", 5, 1, source="now")
    yield Node("channels", "dattoCHOP", 3, 2, pars={"dat": "now", **channels(vocabulary)})
    yield Node("null_channels", "nullCHOP", 4, 2, source="channels")
    yield Node("out_channels", "outCHOP", 5, 2, source="null_channels")

    osc = {"splitbundle": True, "callbacks": "osc_callbacks"}
    yield Node("link", "textDAT", 0, 2, "link.py")
    yield Node("osc_callbacks", "textDAT", 1, 2, "osc_in.py")
    yield Node("osc_in", "oscinDAT", 2, 2, pars={"port": "=parent().par.Listenport", **osc})
    # It hears too: what the bridge complains of comes back to where the command was sent from.
    out = {"address": "=parent().par.Address", "port": "=parent().par.Oscport", **osc}
    yield Node("osc_out", "oscoutDAT", 2, 3, pars=out)

    yield Node("panel", "parameterexecuteDAT", 0, 3, "panel.py", watched(vocabulary))
    runs = {"framestart": True, "exit": True, "active": True}
    yield Node("every_frame", "executeDAT", 1, 3, "every_frame.py", runs)


def channels(vocabulary: Any) -> dict[str, Any]:
    """A channel for each row of the table that is a number, called as its first column says."""
    rows = {"extractrows": "bynames", "rownames": " ".join(vocabulary.CHANNELS)}
    return {**rows, "output": "chanperrow", "firstrow": "values", "firstcolumn": "names"}


def watched(vocabulary: Any) -> dict[str, Any]:
    """What calls `panel`; not Status and Position, which only stand there."""
    buttons = [name.capitalize() for name in vocabulary.BUTTONS]
    pars = [*(knob.par for knob in vocabulary.KNOBS), *buttons, "Seek", "Reconnect", "Address", "Oscport", "Listenport"]
    watches = {"op": "..", "pars": " ".join(pars), "valuechange": True, "onpulse": True}
    return {**watches, "custom": True, "builtin": False, "active": True}


def panel(vocabulary: Any) -> Iterator[Item]:
    """Every parameter, from top to bottom."""
    yield from map(knob, vocabulary.KNOBS)

    for name in vocabulary.BUTTONS:
        yield Item(name.capitalize(), name.capitalize(), "Pulse", {"startSection": name == vocabulary.BUTTONS[0]})
    yield Item("Position", "Position (s)", "Float", {"default": 0.0, **least(0), "normMin": 0, "normMax": 60})
    yield Item("Seek", "Seek to Position", "Pulse")

    ways = {"menuNames": ["auto", "zeromq", "sharedmemory"], "menuLabels": ["Auto", "ZeroMQ", "Shared Memory"]}
    yield Item("Way", "Frames by", "Menu", {**ways, "default": "auto", "startSection": True})
    yield Item("Address", "Bridge Address", "Str", {"default": "127.0.0.1"})
    yield port("Framesport", "Bridge Frames Port", 7702)
    yield Item("Memory", "Shared Memory Name", "Str", {"default": "deepsing"})
    yield port("Oscport", "Bridge OSC Port", 7700)
    yield port("Listenport", "OSC Listen Port", 7790)
    yield Item("Reconnect", "Reconnect", "Pulse")
    yield Item("Status", "Status", "Str", {"default": "", "readOnly": True})


def knob(of: Any) -> Item:
    """A parameter of the bridge. A style may also be typed, for a bridge can have others."""
    style = {"float": "Float", "int": "Int", "bool": "Toggle", "choice": "StrMenu"}[of.kind]
    if of.kind == "choice":
        menu = {"menuNames": list(of.choices), "menuLabels": [name.capitalize() for name in of.choices]}
        return Item(of.par, of.label, style, {**menu, "default": of.default})
    bounds = NOTHING if of.kind == "bool" else between(of.low, of.high)
    return Item(of.par, of.label, style, {**bounds, "default": of.default})


def port(name: str, label: str, default: int) -> Item:
    return Item(name, label, "Int", {**between(1, 65535), "default": default})


def between(low: float, high: float) -> dict[str, Any]:
    return {**least(low), "max": high, "clampMax": True, "normMin": low, "normMax": high}


def least(low: float) -> dict[str, Any]:
    return {"min": low, "clampMin": True}
