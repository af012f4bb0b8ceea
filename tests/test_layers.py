"""The layers of docs/design.md are contracts in pyproject.toml, and an import against them breaks one."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("importlinter", reason="import-linter is not installed")
TOP = Path(__file__).parent.parent
LINT = "from importlinter.cli import lint_imports_command as lint; lint()"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for package in ("deepsing_bridge", "experiments"):
        shutil.copytree(TOP / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(TOP / "pyproject.toml", tmp_path)
    return tmp_path


def broken(checkout: Path) -> str:
    """What is told of broken contracts, as one line; nothing where all are kept."""
    command = [sys.executable, "-c", LINT, "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, timeout=120, check=False)
    return " ".join(done.stdout.split()) if done.returncode else ""


def test_the_package_keeps_its_layers(checkout: Path) -> None:
    assert broken(checkout) == ""


@pytest.mark.parametrize(
    ("module", "line", "told"),
    [
        ("core/units.py", "from ..live import hub", ".core.units -> deepsing_bridge.live.hub"),
        ("audio/beats.py", "from ..translation import network", ".audio.beats -> deepsing_bridge.translation.network"),
        ("viewer/remote.py", "from ..app import bridge", ".viewer.remote -> deepsing_bridge.app.bridge"),
        ("hosts/record.py", "from ..weights import files", ".hosts.record -> deepsing_bridge.weights.files"),
        ("core/errors.py", "from . import files", "No cycles are allowed in deepsing_bridge.core"),
        ("core/units.py", "from experiments import page", ".core.units -> experiments.page"),
        ("core/units.py", "from tests import builders", ".core.units -> tests"),
        ("effects/__init__.py", "pass", "are not listed as layers: - deepsing_bridge.effects"),
    ],
)
def test_an_import_against_them_is_told(module: str, line: str, told: str, checkout: Path) -> None:
    """A lazy one too; and a new room must be given its place."""
    path = checkout / "deepsing_bridge" / module
    path.parent.mkdir(exist_ok=True)
    with path.open("a") as file:
        file.write(f"\n\ndef lazily() -> None:\n    {line}\n")
    assert told in broken(checkout)
