"""`make` with a Python that is too old says so before anything is installed; `make clean` removes only what can be
built again."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.program("make", "sh")
TOP = Path(__file__).parent.parent


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(TOP / name, tmp_path)
    return tmp_path


def make_story(checkout: Path, *version: int) -> subprocess.CompletedProcess[str]:
    """With a Python that says it is `version`, and installs nothing: it only notes down what it is asked for."""
    python = checkout / "python"
    said = f"import sys; sys.version_info = {(*version, 0, 'final', 0)}; exec(sys.argv[2])"
    python.write_text(
        f'#!/bin/sh\necho "$@" >> {checkout}/asked\n[ "$1" != -c ] || exec {sys.executable} -c "{said}" "$@"\n'
    )
    python.chmod(0o755)
    command = ["make", "-C", str(checkout), f"PYTHON={python}", "story"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("version", [(2, 7), (3, 9), (3, 10)])
def test_a_python_that_is_too_old_is_told_with_the_command_that_works(version: tuple[int, int], checkout: Path) -> None:
    made = make_story(checkout, *version)
    assert made.returncode != 0
    told = f"is Python {version[0]}.{version[1]}, and 3.11 or newer is needed: PYTHON=python3.11 make story"
    assert made.stderr.splitlines()[0] == f"{checkout}/python {told}"
    assert "venv" not in (checkout / "asked").read_text()


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (4, 0)])
def test_a_newer_one_goes_on(version: tuple[int, int], checkout: Path) -> None:
    made = make_story(checkout, *version)
    assert (checkout / "asked").read_text().splitlines()[-1] == "-m venv .venv"
    assert "is needed" not in made.stderr


BUILT = (
    ".venv/bin/python",
    "build/lib/deepsing_bridge/cli.py",
    "dist/deepsing_bridge.whl",
    "deepsing_bridge.egg-info/PKG-INFO",
    "deepsing_bridge/core/__pycache__/types.pyc",
    ".pytest_cache/CACHEDIR.TAG",
    ".mypy_cache/CACHEDIR.TAG",
    ".ruff_cache/CACHEDIR.TAG",
    ".hypothesis/tmp",
)
KEPT = (
    "deepsing_bridge/core/types.py",
    "models/manifest.json",
    "out/demo/story.json",
    "out/demo/media/000.mov",
    "out/__pycache__/notes.txt",
    "runs/train/stylizer.pt",
    "my-songs/song.flac",
)


def test_clean_removes_what_can_be_built_again_and_nothing_of_the_user(checkout: Path) -> None:
    for name in (*BUILT, *KEPT):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).touch()
    subprocess.run(["make", "-C", str(checkout), "clean"], check=True, capture_output=True, timeout=60)
    assert {name for name in (*BUILT, *KEPT) if (checkout / name).exists()} == set(KEPT)
