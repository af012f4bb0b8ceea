"""`bridge.py plugins` as a user meets it, from a checkout and from an installed wheel."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the folders of a Linux home")


def plugins(
    home: Path, *words: object, program: tuple[str, ...] = (str(ROOT / "bridge.py"),), **environment: str
) -> str:
    """What `plugins` with `words` prints; `home` is the user's. Its error's sentence where there is one."""
    env = {**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home / "data"), **environment}
    command = [sys.executable, *program, "plugins", *map(str, words)]
    ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=env, cwd=home, timeout=120)
    assert "Traceback" not in ran.stderr
    assert ran.returncode == (2 if ran.stderr else 0), ran.stderr
    return ran.stdout + ran.stderr


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Reaper was started here once."""
    (tmp_path / ".config/REAPER").mkdir(parents=True)
    return tmp_path


@LINUX
def test_from_status_to_status(home: Path) -> None:
    pattern = home / ".config/REAPER/OSC/deepsing.ReaperOSC"
    assert f"reaper         not installed: would go to {pattern.parent}" in plugins(home, "status")
    said = plugins(home, "install", "reaper")
    assert f"write   {pattern}" in said
    assert "Control/OSC/web" in said and "pattern config deepsing" in said
    assert pattern.read_bytes() == (ROOT / "plugins/reaper/deepsing.ReaperOSC").read_bytes()
    assert "reaper         installed, same version" in plugins(home, "status")
    assert f"remove  {pattern}" in plugins(home, "uninstall", "reaper")
    assert not pattern.parent.exists()
    assert "not installed" in plugins(home, "uninstall", "reaper")


@LINUX
def test_a_dry_run_changes_nothing(home: Path) -> None:
    before = sorted(home.rglob("*"))
    said = plugins(home, "install", "reaper", "--dry-run")
    assert "write   " in said and "nothing was changed" in said
    assert sorted(home.rglob("*")) == before
    plugins(home, "install", "reaper")
    before = sorted(home.rglob("*"))
    assert "nothing was changed" in plugins(home, "uninstall", "reaper", "--dry-run")
    assert sorted(home.rglob("*")) == before


@LINUX
def test_a_program_that_is_not_there(home: Path) -> None:
    said = plugins(home, "install", "resolve")
    assert "DaVinciResolve: not there" in said and "--to FOLDER" in said
    assert not (home / ".local").exists()


def test_a_folder_of_ones_own(home: Path) -> None:
    """Relative to where the command is given."""
    said = plugins(home, "install", "resolve", "--to", "for the other machine")
    assert f"make    {home / 'for the other machine'}" in said
    assert "Workspace ▸ Scripts ▸ " in said
    assert {path.suffix for path in (home / "for the other machine").iterdir()} <= {".py", ".lua"}


def test_the_line_for_touchdesigner_runs_the_script_that_is_there(home: Path) -> None:
    said = plugins(home, "install", "touchdesigner", "--to", "td")
    (line,) = (line for line in said.splitlines() if "build.py'" in line)
    told = (home / "td/build.py").read_text("utf-8").split("Paste into the Textport:\n\n")[1].splitlines()[0]
    assert line.strip() == told.strip().replace("FOLDER", str(home / "td"))


def test_an_unknown_program(home: Path) -> None:
    said = plugins(home, "install", "nuke")
    assert "'resolve', 'touchdesigner', 'reaper'" in said


def test_an_installed_wheel_holds_the_plugins(home: Path, tmp_path: Path) -> None:
    """Built of a copy without the weights, which have nothing to do with it."""
    pytest.importorskip("setuptools")
    source, unpacked = tmp_path / "source", tmp_path / "unpacked"
    for folder in ("deepsing_bridge", "plugins"):
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (source / "models").mkdir()
    for file in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    build = [
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "-w",
        str(tmp_path),
        str(source),
    ]
    subprocess.run([sys.executable, *build], check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(unpacked)
    program = ("-c", "from deepsing_bridge.cli import main; main()")
    said = plugins(home, "install", "reaper", "--to", "osc", program=program, PYTHONPATH=str(unpacked))
    assert f"write   {home / 'osc' / 'deepsing.ReaperOSC'}" in said
    where = "import deepsing_bridge.hosts.bundled as bundled; print(bundled.PLUGINS)"
    env = {**os.environ, "PYTHONPATH": str(unpacked)}
    found = subprocess.run([sys.executable, "-c", where], env=env, cwd=home, capture_output=True, text=True).stdout
    assert found.strip() == str(unpacked / "deepsing_bridge/plugins")
