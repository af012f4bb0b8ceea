"""Messages name the command that the user has."""

import re
from pathlib import Path

import pytest

from deepsing_bridge.core.invocation import command, extra

PACKAGE = Path(__file__).parents[2] / "deepsing_bridge"
RAISED = re.compile(r"BridgeError\((?:[^()]|\([^()]*\))*\)", re.DOTALL)


@pytest.mark.parametrize(
    ("checkout", "said", "installed"),
    [
        (True, "python bridge.py models list", 'pip install -e ".[midi]"'),
        (False, "deepsing-bridge models list", 'pip install "deepsing-bridge[midi]"'),
    ],
)
def test_it_is_the_one_that_is_there(checkout: bool, said: str, installed: str) -> None:
    assert command("models list", checkout) == said
    assert extra("midi", checkout) == installed


def test_no_error_names_a_command_by_hand() -> None:
    by_hand = [
        f"{path.relative_to(PACKAGE)}: {error[0]}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for error in RAISED.finditer(path.read_text("utf-8"))
        if "bridge.py" in error[0] or "deepsing-bridge[" in error[0] or "pip install -e" in error[0]
    ]
    assert by_hand == []
