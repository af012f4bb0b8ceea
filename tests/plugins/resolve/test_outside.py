"""The Python script as a program of its own, beside a running Resolve, and as what it may be: Python 3.6."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
import vermin

from tests.plugins.resolve import scripts
from tests.plugins.resolve.stories import write_story

ROOT = Path(__file__).parents[3]
RUNNING = """
from tests.plugins.resolve.fake_host import Resolve, open_world

def scriptapp(name):
    return Resolve(open_world()) if name == "Resolve" else None
"""
NOT_RUNNING = "def scriptapp(name):\n    return None\n"


def run_outside(*arguments: str, module: str | None, tmp_path: Path, **environment: str) -> tuple[int, str]:
    """The exit code, and all that is printed. `module` is the text of Blackmagic's module, if it is installed."""
    installed = tmp_path / "scripting" / "Modules"
    installed.mkdir(parents=True)
    if module:
        (installed / "DaVinciResolveScript.py").write_text(module)
    known = {"RESOLVE_SCRIPT_API": str(installed.parent), "PYTHONPATH": str(ROOT), "HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, str(scripts.PYTHON), *arguments],
        env={"PATH": os.environ["PATH"], **known, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout.decode(errors="backslashreplace")


def test_a_named_story_is_brought_in(tmp_path: Path) -> None:
    write_story(tmp_path / "night drive")
    code, said = run_outside(str(tmp_path / "night drive"), module=RUNNING, tmp_path=tmp_path)
    assert code == 0 and 'Done: timeline "night drive"' in said


def test_a_terminal_without_the_letters_of_a_path_is_no_hindrance(tmp_path: Path) -> None:
    write_story(tmp_path / "東京")
    code, said = run_outside(str(tmp_path / "東京"), module=RUNNING, tmp_path=tmp_path, PYTHONIOENCODING="ascii")
    assert code == 0 and r'Done: timeline "\u6771\u4eac"' in said
    assert '"東京"' in (tmp_path / "東京" / "resolve.log").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("module", "advice"),
    [
        (None, "import DaVinciResolveScript failed"),
        (NOT_RUNNING, 'scriptapp("Resolve") failed. Start Resolve Studio, and allow it: Preferences > System'),
        (RUNNING, "no story.otio there"),
    ],
)
def test_what_is_not_there_is_told_and_is_exit_code_1(module: str | None, advice: str, tmp_path: Path) -> None:
    code, said = run_outside(str(tmp_path), module=module, tmp_path=tmp_path)
    assert code == 1 and advice in said and "Traceback" not in said


def test_it_can_be_loaded_without_a_resolve(capsys: pytest.CaptureFixture[str]) -> None:
    spec = importlib.util.spec_from_file_location("deepsing_story", scripts.PYTHON)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.timecode(90061, "25") == "01:00:02:11"
    assert [module.same_rate(setting, "29.97") for setting in ("29.97 DF", 29.97, 29.0, 30.0, None)] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert capsys.readouterr().out == ""


def test_it_needs_no_more_than_python_3_6() -> None:
    """vermin knows the grammar and the standard library of each version."""
    config = vermin.Config()
    config.set_eval_annotations(True)
    _, needed = vermin.detect(scripts.PYTHON.read_text(encoding="utf-8"), config)
    assert needed <= (3, 6)


def test_it_imports_the_standard_library_only() -> None:
    names = {line.split()[1].split(".")[0] for line in scripts.PYTHON.read_text().splitlines() if line[:4] == "from"}
    names |= {line.split()[1] for line in scripts.PYTHON.read_text().splitlines() if line[:7] == "import "}
    assert names and names <= sys.stdlib_module_names
