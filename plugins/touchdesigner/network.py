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
    """An operator; `pars` that begin with `=` are expressions, `sources` feed its inputs, `text` is that of a DAT that
    has no script."""

    name: str
    kind: str
    column: int
    row: int
    script: str = ""
    pars: Mapping[str, Any] = NOTHING
    sources: tuple[str, ...] = ()
    text: str = ""


class Item(NamedTuple):
    """A custom parameter: its attributes, and the method of a page that makes it, without `append`."""

    name: str
    label: str
    style: str
    attributes: Mapping[str, Any] = NOTHING


def nodes(vocabulary: Any, worlds: Any, drawn: list[Any]) -> Iterator[Node]:
    """Rows: pictures, tables and channels, OSC, what runs by itself, and the worlds that are `drawn` here. An operator
    comes after those it refers to."""
    yield from drawing(worlds, drawn)
    yield Node("client", "textDAT", 0, 0, "client.py")
    yield Node("receiver", "textDAT", 1, 0, "receiver.py")
    yield Node("script_top", "textDAT", 2, 0, "script_top.py")
    yield Node("frames", "scriptTOP", 3, 0, pars={"callbacks": "script_top"})
    shown = ("frames", "mixed") if drawn else ("frames",)
    yield Node("picture", "switchTOP", 4, 0, sources=shown)
    yield Node("null_picture", "nullTOP", 5, 0, sources=("picture",))
    yield Node("out_picture", "outTOP", 6, 0, sources=("null_picture",))

    yield Node("vocabulary", "textDAT", 0, 1, "vocabulary.py")
    yield Node("now", "tableDAT", 2, 1)
    yield Node("out_now", "outDAT", 5, 1, sources=("now",))
    yield Node("channels", "dattoCHOP", 3, 2, pars={"dat": "now", **channels(vocabulary)})
    yield Node("null_channels", "nullCHOP", 4, 2, sources=("channels",))
    yield Node("out_channels", "outCHOP", 5, 2, sources=("null_channels",))

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


def drawing(worlds: Any, drawn: list[Any]) -> Iterator[Node]:
    """For each layer of the picture a GLSL TOP of each world, of which the one that is switched to is drawn; the
    numbers that the bridge sends are a table, and from there an array of uniforms."""
    yield Node("worlds", "tableDAT", 0, 4)
    for row, world in enumerate(drawn):
        yield Node(f"{WORLD}{world.name}", "textDAT", 0, 5 + row, text=world.shader)
    for layer in worlds.LAYERS if drawn else ():
        column = 1 + 4 * layer
        values, uniforms = f"values{layer}", f"uniforms{layer}"
        yield Node(values, "tableDAT", column, 4)
        yield Node(uniforms, "dattoCHOP", column + 1, 4, pars={"dat": values, **COLUMN})
        array = {"array0name": worlds.UNIFORM, "array0type": "float", "array0arraytype": "uniformarray"}
        size = {
            "outputresolution": "custom",
            "resolutionw": "=parent().par.Width",
            "resolutionh": "=parent().par.Height",
        }
        for row, world in enumerate(drawn):
            pars = {"pixeldat": f"{WORLD}{world.name}", **array, "array0chop": uniforms, **size}
            yield Node(f"{WORLD}{world.name}_{layer}", "glslTOP", column + 2, 5 + row, pars=pars)
        sources = tuple(f"{WORLD}{world.name}_{layer}" for world in drawn)
        yield Node(f"layer{layer}", "switchTOP", column + 3, 4, sources=sources)
    if drawn:
        yield Node("mixed", "switchTOP", 9, 4, pars={"blend": True}, sources=("layer0", "layer1"))


COLUMN = {"extractrows": "all", "output": "chanpercol", "firstrow": "values", "firstcolumn": "values"}
WORLD = "world_"
"""How the names of operators begin that are one world's."""


def channels(vocabulary: Any) -> dict[str, Any]:
    """A channel for each row of the table that is a number, called as its first column says."""
    rows = {"extractrows": "bynames", "rownames": " ".join(vocabulary.CHANNELS)}
    return {**rows, "output": "chanperrow", "firstrow": "values", "firstcolumn": "names"}


def watched(vocabulary: Any) -> dict[str, Any]:
    """What calls `panel`; not Status and Position, which only stand there."""
    buttons = [name.capitalize() for name in vocabulary.BUTTONS]
    pars = [*(knob.par for knob in vocabulary.KNOBS), *buttons, "Seek", "Reconnect", "Address", "Oscport", "Listenport"]
    pars.append("Render")
    watches = {"op": "..", "pars": " ".join(pars), "valuechange": True, "onpulse": True}
    return {**watches, "custom": True, "builtin": False, "active": True}


def panel(vocabulary: Any) -> Iterator[Item]:
    """Every parameter, from top to bottom."""
    yield from map(knob, vocabulary.KNOBS)

    for name in vocabulary.BUTTONS:
        yield Item(name.capitalize(), name.capitalize(), "Pulse", {"startSection": name == vocabulary.BUTTONS[0]})
    yield Item("Position", "Position (s)", "Float", {"default": 0.0, **least(0), "normMin": 0, "normMax": 60})
    yield Item("Seek", "Seek to Position", "Pulse")

    places = {"menuNames": ["bridge", "here"], "menuLabels": ["in the Bridge", "Here"]}
    yield Item("Render", "Render", "Menu", {**places, "default": "bridge", "startSection": True})
    yield Item("Width", "Width", "Int", {**between(16, 8192), "default": 1920})
    yield Item("Height", "Height", "Int", {**between(16, 8192), "default": 1080})
    yield Item("Worldsfolder", "Worlds Folder", "Str", {"default": ""})

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
