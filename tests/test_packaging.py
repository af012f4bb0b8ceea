"""What is installed, and with which versions of others."""

import re
import tomllib
from pathlib import Path

import pytest

import deepsing_bridge
from deepsing_bridge.core import version

TOP = Path(__file__).parent.parent
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = {name: needs for name, needs in PROJECT["optional-dependencies"].items() if name != "dev"}
NEEDED = [*PROJECT["dependencies"], *(need for needs in EXTRAS.values() for need in needs)]
PINNED = dict(
    line.split("==") for line in (TOP / "constraints.txt").read_text("utf-8").splitlines() if not line.startswith("#")
)


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("need", NEEDED)
def test_no_version_that_nobody_has_tried_is_taken(need: str) -> None:
    assert "==" in need or "<" in need


@pytest.mark.parametrize("need", [*NEEDED, *PROJECT["optional-dependencies"]["dev"]])
def test_each_dependency_has_its_version_in_the_constraints(need: str) -> None:
    name = normal(re.split(r"[\[<>=]", need)[0])
    assert name == "deepsing-bridge" or name in {normal(pinned) for pinned in PINNED}


def test_the_version_is_the_same_everywhere() -> None:
    assert deepsing_bridge.__version__ == version.__version__
    newest = re.search(r"^## (\S+)$", (TOP / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest and newest[1] == version.__version__
    assert f"\nversion: {version.__version__}\n" in (TOP / "CITATION.cff").read_text("utf-8")
