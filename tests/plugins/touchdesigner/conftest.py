"""The shipped scripts, as modules and in a fake TouchDesigner."""

import importlib.util
import runpy
import sys
import time

import pytest

from tests.plugins.touchdesigner.host import Host, NoImports
from tests.process import ROOT

SCRIPTS = ROOT / "plugins" / "touchdesigner"
PATIENCE_S = 20.0


def load(name):
    """A script that knows nothing of TouchDesigner, as a module of its own."""
    spec = importlib.util.spec_from_file_location(f"touchdesigner_{name}", SCRIPTS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def until(holds, what, meanwhile=lambda: None):
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        meanwhile()
        assert time.monotonic() < deadline, what
        time.sleep(0.005)


def build():
    """What is pasted into the Textport."""
    runpy.run_path(str(SCRIPTS / "build.py"))


@pytest.fixture(params=[True, False], ids=["callbacks late", "callbacks at once"])
def either_host(request, monkeypatch):
    yield from _hosted(Host(late=request.param), monkeypatch)


@pytest.fixture
def host(monkeypatch):
    yield from _hosted(Host(), monkeypatch)


def _hosted(made, monkeypatch):
    monkeypatch.setitem(sys.modules, "td", made.td)
    monkeypatch.setattr(sys, "meta_path", [NoImports(made), *sys.meta_path])
    yield made
    made.exit()
    assert not made.conflicts
