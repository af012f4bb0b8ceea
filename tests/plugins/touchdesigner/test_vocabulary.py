"""The scripts' literal tables and addresses against the one vocabulary, and their syntax against the oldest Python."""

import ast
import re
import sys

import pytest
import vermin

from deepsing_bridge.live.messages import ROOT
from deepsing_bridge.live.parameters import PARAMETERS
from deepsing_bridge.live.vocabulary import vocabulary
from tests.plugins.touchdesigner.conftest import SCRIPTS, load

FILES = sorted(SCRIPTS.glob("*.py"))
VOCABULARY = vocabulary()
literal, network = load("vocabulary"), load("network")


def test_every_knob_of_the_panel_is_a_parameter_with_its_range_default_and_choices():
    for knob in literal.KNOBS:
        parameter = VOCABULARY.parameters[knob.name]
        field = parameter.field
        assert (knob.kind, knob.default, knob.choices) == (field.kind, parameter.default, field.choices), knob.name
        if field.kind in ("float", "int"):
            assert (knob.low, knob.high) == (field.low, field.high), knob.name


def test_all_that_can_be_turned_by_a_knob_is_on_the_panel():
    assert [knob.name for knob in literal.KNOBS] == [each.name for each in PARAMETERS if each.cc is not None]


def test_every_event_is_understood_with_its_values_in_order():
    """But the curve, which nothing here shows, worlds, which are drawn (see test_worlds), and the transport, which
    status tells at the same time."""
    assert literal.ROWS.keys() == VOCABULARY.events.keys() - {"curve/chunk", "world", "transport"}
    for name, rows in literal.ROWS.items():
        assert tuple(rows) == tuple(field.name for field in VOCABULARY.events[name].fields), name


def test_rows_have_one_name_each_and_those_that_are_text_are_no_channels():
    rows = [row for rows in literal.ROWS.values() for row in rows.values()]
    assert len(set(rows)) == len(rows)
    assert sorted([*literal.CHANNELS, *literal.TEXTS]) == sorted([*rows, *literal.DERIVED])
    textual = {
        literal.ROWS[name][field.name]
        for name in literal.ROWS
        for field in VOCABULARY.events[name].fields
        if field.kind in ("text", "choice")
    }
    assert set(literal.TEXTS) == textual


def test_moods_are_the_vocabularys():
    (mood,) = (field for field in VOCABULARY.events["scene"].fields if field.name == "mood")
    assert tuple(literal.MOODS) == mood.choices
    (feeling,) = (field for field in VOCABULARY.events["scene"].fields if field.name == "feeling")
    assert feeling.choices == literal.FEELINGS


def test_what_is_said_is_a_command_or_a_parameter():
    source = "\n".join(path.read_text() for path in FILES)
    said = set(re.findall(r'\bsay\(comp, "([^"]+)"', source))
    assert said == {"subscribe", "unsubscribe", "seek"}
    assert said | set(literal.BUTTONS) <= VOCABULARY.commands.keys()
    assert f"{ROOT}/" == literal.ROOT
    assert re.findall(r"/deepsing/[^\"' )]*", source).count("/deepsing/{name}") == 1


def test_buttons_are_commands_without_values():
    assert not any(VOCABULARY.commands[name].fields for name in literal.BUTTONS)


def test_ports_are_those_of_the_bridge_and_the_listening_one_is_none_of_them():
    from deepsing_bridge.client import COMMANDS_PORT, FRAMES_PORT
    from deepsing_bridge.protocols.osc.server import PORT as OSC
    from deepsing_bridge.protocols.oscquery import server
    from deepsing_bridge.protocols.shared_memory.frames import NAME

    defaults = {item.name: item.attributes.get("default") for item in network.panel(literal)}
    assert (defaults["Oscport"], defaults["Framesport"], defaults["Memory"]) == (OSC, FRAMES_PORT, NAME)
    assert defaults["Listenport"] not in (OSC, server.PORT, FRAMES_PORT, COMMANDS_PORT)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_script_is_python_3_9(path):
    """2022 builds have 3.9; later ones 3.11, which these tests run on."""
    source = path.read_text()
    ast.parse(source, feature_version=(3, 9))
    _, least = vermin.detect(source)
    assert least <= (3, 9)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_script_is_plain_ascii_whatever_encoding_it_is_read_in(path):
    assert path.read_bytes().isascii()


def test_no_script_says_more_than_is_installed_with_touchdesigner():
    allowed = {*sys.stdlib_module_names, "numpy", "zmq", "cv2", "td"}
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            assert {name.partition(".")[0] for name in names} <= allowed, path.name


def test_what_runs_on_the_thread_has_no_name_of_touchdesigner():
    """Nor does it import anything once it runs."""
    tree = ast.parse((SCRIPTS / "receiver.py").read_text())
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not used & {"op", "ops", "parent", "me", "mod", "td", "tdu", "ui", "run", "project", "root"}
    inside = [node for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) for node in ast.walk(each)]
    assert not any(isinstance(node, ast.Import | ast.ImportFrom) for node in inside)


def test_the_readme_tells_of_every_row_and_every_knob():
    text = (SCRIPTS / "README.md").read_text()
    missing = [row for row in (*literal.CHANNELS, *literal.TEXTS) if f"`{row}`" not in text]
    missing += [item.label for item in network.panel(literal) if item.label.removesuffix(" (s)") not in text]
    assert not missing
