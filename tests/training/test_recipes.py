"""The recipes are the paper's, and what the commands say."""

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.training.recipes import AUDIO, VISUAL, Stage, parse_stages
from tests.cli.test_cli import bridge


def test_the_defaults_are_the_papers() -> None:
    """Section 3.1: 30+20 and 50+10 epochs at 1e-4 and 1e-5."""
    assert AUDIO.stages == (Stage(30, 1e-4), Stage(20, 1e-5))
    assert VISUAL.stages == (Stage(50, 1e-4), Stage(10, 1e-5))


def test_the_help_tells_the_defaults() -> None:
    for command, recipe in (("audio", AUDIO), ("visual", VISUAL)):
        told = bridge("train", command, "--help").stdout
        assert recipe.stages_text in told and f"default: {recipe.batch};" in told


def test_stages_are_read_as_they_are_told() -> None:
    assert parse_stages("30@1e-4, 20@0.00001") == (Stage(30, 1e-4), Stage(20, 1e-5))
    assert parse_stages(AUDIO.stages_text) == AUDIO.stages


@pytest.mark.parametrize("text", ["", "30", "30@", "0@1e-4", "30@0", "30@2", "30@1e-4,", "-3@1e-4", "x@y", "3@nan"])
def test_other_stages_are_refused(text: str) -> None:
    with pytest.raises(BridgeError, match="expected epochs@rate"):
        parse_stages(text)
