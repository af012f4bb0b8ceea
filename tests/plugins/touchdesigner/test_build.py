"""The builder under a TouchDesigner that has nothing but what is documented."""

import runpy
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from deepsing_bridge import client
from deepsing_bridge.hosts.bundled import shipped
from deepsing_bridge.hosts.install import carry_out, installing
from tests.plugins.touchdesigner.conftest import SCRIPTS, build, load
from tests.plugins.touchdesigner.host import Host, PaneType
from tests.plugins.touchdesigner.operators import KINDS
from tests.plugins.touchdesigner.parameters import tdError

literal = load("vocabulary")


@pytest.fixture
def comp(host):
    build()
    return host.root.op("/project1/deepsing")


def layout(comp):
    return {(node.name, node.OPType, node.nodeX, node.nodeY) for node in comp.children}


def test_it_lies_in_the_open_network_beside_what_is_there_and_says_where(host, capsys):
    other = host.pane.owner.create(KINDS["noiseTOP"], "noise1")
    build()
    made = host.root.op("/project1/deepsing")
    assert capsys.readouterr().out == "deepsing: made /project1/deepsing, parameters are on its page Deepsing\n"
    assert made.nodeX >= other.nodeX + other.nodeWidth


def test_without_an_open_network_it_lies_in_project1(host):
    host.pane.type = PaneType.TEXTPORT
    build()
    assert host.root.op("/project1/deepsing")


def test_pictures_table_and_channels_come_out(comp):
    def chain(name):
        node, found = comp.op(name), []
        while len(node.inputs) == 1:
            (node,) = node.inputs
            found.append(node.name)
        return found

    assert chain("null_picture") == ["picture"] and chain("out_picture")[0] == "null_picture"
    assert chain("out_channels") == ["null_channels", "channels"]
    assert chain("out_now") == ["now"]
    assert comp.par.top.eval() == "./null_picture" and comp.op(comp.par.top.eval()).name == "null_picture"


def test_every_reference_leads_to_an_operator_and_no_docked_text_is_left(comp):
    for name, par in (("frames", "callbacks"), ("osc_in", "callbacks"), ("osc_out", "callbacks"), ("channels", "dat")):
        assert comp.op(name).op(getattr(comp.op(name).par, par).eval()) is not None, name
    assert comp.op("panel").op(comp.op("panel").par.op.eval()) is comp
    docked = ("_callbacks", "_pixeldat")
    assert not [node.name for node in comp.children if node.name.endswith(docked) and node.name != "osc_callbacks"]


def test_no_two_nodes_lie_upon_each_other(comp):
    places = [(node.nodeX, node.nodeY) for node in comp.children]
    assert len(set(places)) == len(places)


def test_every_script_is_in_the_component_as_it_is_in_the_folder(comp):
    texts = {
        node.text
        for node in comp.children
        if hasattr(node, "text") and node.text and not node.name.startswith("world_")
    }
    before_it = ("build.py", "network.py", "worlds.py")
    files = {path.read_text() for path in SCRIPTS.glob("*.py") if path.name not in before_it}
    assert texts == files | {Path(client.__file__).read_text(encoding="utf-8")}


def test_the_page_has_every_knob_within_its_range(comp):
    (page,) = comp.customPages
    assert page.name == "Deepsing"
    assert [par.name for par in page.pars][: len(literal.KNOBS)] == [knob.par for knob in literal.KNOBS]
    for knob in literal.KNOBS:
        par = getattr(comp.par, knob.par)
        assert par.eval() == knob.default == par.default
        if knob.kind in ("float", "int"):
            assert (par.min, par.max, par.normMin, par.normMax) == (knob.low, knob.high) * 2
            par.val = knob.high + 5
            assert par.eval() == knob.high
    assert comp.par.Style.menuNames == list(literal.BY_NAME["style"].choices)
    assert comp.par.Status.readOnly


def test_nothing_that_can_be_turned_or_pressed_is_overheard(comp):
    watched = comp.op("panel").par.pars.eval().split()
    assert set(watched) <= {par.name for par in comp.customPages[0].pars}
    assert {par.name for par in comp.customPages[0].pars if par.style == "Pulse"} <= set(watched)
    assert "Status" not in watched


def test_the_table_has_a_row_for_everything_and_every_number_is_a_channel(comp):
    assert comp.op("now").numRows == len(literal.CHANNELS) + len(literal.TEXTS)
    assert tuple(comp.op("out_channels").channels()) == literal.CHANNELS


def test_a_second_run_changes_nothing_of_what_was_set_wired_or_added(host, comp, capsys):
    comp.par.Noise, comp.par.Address, comp.par.w = 0.7, "127.0.0.7", 512
    comp.nodeX = -900
    mine = comp.create(KINDS["noiseTOP"], "mine")
    comp.create(KINDS["nullTOP"], "null_mine").inputConnectors[0].connect(comp.op("frames"))
    before = {node.name: node for node in comp.children}
    capsys.readouterr()
    build()
    assert "updated /project1/deepsing" in capsys.readouterr().out
    assert host.root.op("/project1/deepsing") is comp and len(host.pane.owner.children) == 1
    assert {node.name: node for node in comp.children} == before and comp.op("mine") is mine
    assert comp.op("null_mine").inputs == [comp.op("frames")]
    values = (comp.par.Noise.eval(), comp.par.Address.eval(), comp.par.w.eval(), comp.nodeX)
    assert values == (0.7, "127.0.0.7", 512, -900)


def test_a_second_run_brings_texts_up_to_date_and_back_what_was_deleted(comp):
    before = layout(comp)
    comp.op("link").text = "old"
    comp.op("channels").destroy()
    comp.op("now").destroy()
    build()
    assert comp.op("link").text == (SCRIPTS / "link.py").read_text()
    assert layout(comp) == before
    assert comp.op("null_channels").inputs == [comp.op("channels")]


def test_an_operator_of_ours_that_became_another_is_replaced(comp):
    comp.op("frames").destroy()
    comp.create(KINDS["noiseTOP"], "frames")
    build()
    assert comp.op("frames").OPType == "scriptTOP"
    assert comp.op("picture").inputs[0] == comp.op("frames")


def test_it_is_found_and_updated_wherever_it_was_moved_and_all_its_copies(host, comp):
    inner = host.root.create(KINDS["baseCOMP"], "elsewhere").create(KINDS["containerCOMP"], "renamed")
    inner.tags.add("deepsing-bridge")
    build()
    assert layout(inner) == layout(comp)
    assert len(host.pane.owner.children) == 1


def test_a_deepsing_of_somebody_else_is_left_alone(host):
    other = host.pane.owner.create(KINDS["containerCOMP"], "deepsing")
    build()
    assert not other.children and not other.customPages
    (ours,) = [node for node in host.pane.owner.children if node is not other]
    assert ours.op("frames") and ours.name != "deepsing"


def test_the_folder_may_lie_anywhere_once_it_is_installed(host, tmp_path):
    folder = tmp_path / "é and a space"
    list(carry_out(installing(shipped("touchdesigner"), folder, "1", tmp_path / "record.json")))
    assert (folder / "client.py").read_bytes() == Path(client.__file__).read_bytes()
    runpy.run_path(str(folder / "build.py"))
    for name in ("receiver", "client"):
        assert host.root.op(f"/project1/deepsing/{name}").text == (folder / f"{name}.py").read_text(encoding="utf-8")


def test_a_script_that_is_missing_is_named(host, tmp_path):
    shutil.copytree(SCRIPTS, tmp_path / "alone", ignore=shutil.ignore_patterns("__pycache__"))
    with pytest.raises(FileNotFoundError, match=r"alone.client\.py"):
        runpy.run_path(str(tmp_path / "alone" / "build.py"))


def test_two_frames_without_a_bridge_cook_nothing(host, comp):
    for _ in range(2):
        host.frame()
    assert comp.op("frames")._cooks == 0
    assert comp.par.Status.eval().startswith("no bridge: ZeroMQ, tcp://127.0.0.1:7702; OSC not answered")


def test_the_top_cooks_for_a_new_picture_and_copies_it_once_however_often_it_is_asked(host, comp):
    receiver, top = comp.op("receiver").module, comp.op("frames")
    seen = [None]
    receiver.keep = lambda settings, client: "a test"
    receiver.newest = lambda: seen[0]
    pixels = np.arange(4 * 6 * 4, dtype=np.uint8).reshape(4, 6, 4)
    seen[0] = receiver.Picture(1, 0, pixels)
    for _ in range(3):
        host.frame()
    assert (top._cooks, top._copies) == (1, 1)
    assert np.array_equal(top._shown, pixels)
    top.cook(force=True)
    assert (top._cooks, top._copies) == (2, 1)
    seen[0] = receiver.Picture(2, 0, pixels + 1)
    host.frame()
    assert (top._cooks, top._copies) == (3, 2)


def test_setup_parameters_gives_the_top_a_pulse_that_reconnects(host, comp):
    callbacks, top = comp.op("script_top").module, comp.op("frames")
    host.frame()
    callbacks.onSetupParameters(top)
    before = comp.op("receiver").module._running
    callbacks.onPulse(top.par.Reconnect)
    assert before.over
    host.frame()
    assert comp.op("receiver").module._running is not before


def test_the_fake_forgives_nothing():
    """Or all these tests would show nothing."""
    host = Host()
    comp = host.root.create(KINDS["containerCOMP"], "one")
    top = comp.create(KINDS["scriptTOP"], "top")
    for wrong in (
        lambda: top.par.calbacks,
        lambda: setattr(top.par, "calbacks", "x"),
        lambda: setattr(top, "nodex", 3),
        lambda: top.copyNumpyArray(np.zeros((1, 1, 4), np.uint8)),
        lambda: comp.appendCustomPage("A").appendFloat("valence_offset"),
        lambda: setattr(comp.create(KINDS["dattoCHOP"], "c").par, "output", "chanperline"),
        lambda: comp.create(KINDS["nullCHOP"], "n").inputConnectors[0].connect(top),
        lambda: host.td.scriptTop,
    ):
        with pytest.raises((AttributeError, tdError)):
            wrong()
    assert SimpleNamespace(td=host.td).td is not sys.modules.get("td")
    host.exit()
