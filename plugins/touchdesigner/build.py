r"""Makes the component `deepsing` in TouchDesigner, with all that is in it. Paste into the Textport:

    import runpy; _ = runpy.run_path(r'FOLDER/build.py')

The first time it lies in the network that is open. Every later time, those that are there are brought up to date where
they lie: their wires, their values and what else was put into them stay. Nothing outside them is touched.

The texts of the scripts are copied into the component, so that a project needs no folder beside it on stage.
"""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import td

FOLDER = Path(__file__).parent
AROUND = FOLDER.parent.parent  # the project's folder, or its installed package, if this is where they have it
NAME, TAG, PAGE = "deepsing", "deepsing-bridge", "Deepsing"
GRID_X, GRID_Y = 200, -150  # between two nodes, in the network's units
SIDE = 256  # pixels of the component's panel


def load(name: str) -> SimpleNamespace:
    """A file of this folder as a module. Not by import, which would find what was there the first time."""
    return SimpleNamespace(**runpy.run_path(str(FOLDER / name)))


def script(name: str) -> str:
    """The text of a script. `client.py` lies beside the others where they were installed, else in the package."""
    places = (FOLDER, AROUND / "deepsing_bridge", AROUND)
    found = next((place / name for place in places if (place / name).is_file()), FOLDER / name)
    return found.read_text(encoding="utf-8")


vocabulary, network, worlds = load("vocabulary.py"), load("network.py"), load("worlds.py")


def build() -> None:
    found = td.root.findChildren(type=td.containerCOMP, tags=[TAG], maxDepth=1000)
    for comp in found or [new()]:
        furnish(comp)
        print(f"deepsing: {'updated' if found else 'made'} {comp.path}, parameters are on its page {PAGE}")  # noqa: T201  the Textport


def new() -> Any:
    """An empty component of ours, right of what is there. Where the name is taken, TouchDesigner adds a number."""
    around = open_network()
    right = max((other.nodeX + other.nodeWidth for other in around.children), default=-GRID_X)
    comp = around.create(td.containerCOMP, NAME)
    comp.nodeX, comp.nodeY = right + GRID_X, 0
    comp.tags.add(TAG)
    comp.par.w = comp.par.h = SIDE
    comp.par.top, comp.par.topfill = "./null_picture", "best"
    comp.viewer = True
    return comp


def open_network() -> Any:
    """Where the user is, as far as a network is to be seen."""
    for pane in td.ui.panes:
        if pane.type == td.PaneType.NETWORKEDITOR:
            return pane.owner
    return td.op("/project1") or td.root


def furnish(comp: Any) -> None:
    """Parameters first, for what is inside refers to them."""
    lay_out(comp, list(network.panel(vocabulary)))
    drawn = those_drawn(comp)
    nodes = list(network.nodes(vocabulary, worlds, drawn))
    clear_worlds(comp, {node.name for node in nodes})
    for node in nodes:
        place(comp, node)
    fill(comp.op("now"))
    fill_worlds(comp, drawn)
    for node in nodes:
        for number, source in enumerate(node.sources):
            comp.op(node.name).inputConnectors[number].connect(comp.op(source))
    comp.op("picture").par.index = int(comp.par.Render.eval() == "here" and bool(drawn))


def those_drawn(comp: Any) -> list[Any]:
    """The worlds of the folder that the component names, else the bridge's own. Says what only the bridge draws."""
    named = comp.par.Worldsfolder.eval()
    places = (Path(named),) if named else (FOLDER, AROUND / "models" / "worlds")
    folder = next((place for place in places if list(place.glob("*.fs"))), places[-1])
    found, left = worlds.read(str(folder))
    if not (found or left):
        left = [f"no shaders are in {folder}: all worlds are drawn by the bridge"]
    if not has_arrays(comp):
        found, left = [], ["this build's GLSL TOP takes no array of uniforms: all worlds are drawn by the bridge"]
    for sentence in left:
        print(f"deepsing: {sentence}")  # noqa: T201  the Textport
    return found


def has_arrays(comp: Any) -> bool:
    """Whether a GLSL TOP has the parameters of arrays, as builds of 2023 and later have."""
    tried = comp.create(td.glslTOP, "tried")
    for docked in list(tried.docked):
        docked.destroy()
    has = hasattr(tried.par, "array0name")
    tried.destroy()
    return has


def clear_worlds(comp: Any, wanted: set[str]) -> None:
    """Away with the operators of worlds that are there no more, and with the switches between them."""
    gone = [node for node in comp.children if node.name.startswith(network.WORLD) and node.name not in wanted]
    switches = [comp.op(f"layer{layer}") for layer in worlds.LAYERS] if gone else []
    for node in [*gone, *(switch for switch in switches if switch is not None)]:
        node.destroy()


def fill_worlds(comp: Any, drawn: list[Any]) -> None:
    """The label of each world in the order of the switches, and a row for each number."""
    comp.op("worlds").clear()
    for number, world in enumerate(drawn):
        comp.op("worlds").appendRow([world.label, number])
    for layer in worlds.LAYERS if drawn else ():
        comp.op(f"values{layer}").clear()
        for number in (*worlds.START, *[0] * (worlds.LENGTH - len(worlds.START))):
            comp.op(f"values{layer}").appendRow([number])


def lay_out(comp: Any, items: list[Any]) -> None:
    """The page of parameters. One that is there keeps its value, and what drives it."""
    page = next((page for page in comp.customPages if page.name == PAGE), None) or comp.appendCustomPage(PAGE)
    for item in items:
        par = getattr(comp.par, item.name, None)
        missing = par is None
        if missing:
            par = getattr(page, f"append{item.style}")(item.name, label=item.label)[0]
        for attribute, value in item.attributes.items():
            setattr(par, attribute, value)
        if missing and "default" in item.attributes:
            par.val = item.attributes["default"]
    page.sort(*(item.name for item in items))


def place(comp: Any, node: Any) -> None:
    made = comp.op(node.name)
    if made is None or made.OPType != node.kind:
        made = replacement(comp, made, node)
    if node.script or node.text:
        made.text = script(node.script) if node.script else node.text
    for name, value in node.pars.items():
        par = getattr(made.par, name)
        if isinstance(value, str) and value.startswith("="):
            par.expr = value[1:]
        else:
            par.val = value


def replacement(comp: Any, other: Any, node: Any) -> Any:
    """A new operator, without the callbacks that TouchDesigner docks to some: ours take their place."""
    if other is not None:
        other.destroy()
    made = comp.create(getattr(td, node.kind), node.name)
    for docked in list(made.docked):
        docked.destroy()
    made.nodeX, made.nodeY = node.column * GRID_X, node.row * GRID_Y
    made.viewer = True
    return made


def fill(table: Any) -> None:
    """A row for everything, before it is known."""
    table.clear()
    for name in vocabulary.CHANNELS:
        table.appendRow([name, 0])
    for name in vocabulary.TEXTS:
        table.appendRow([name, ""])


build()
