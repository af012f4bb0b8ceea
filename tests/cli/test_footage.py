"""`story --footage` on the command line: what it refuses, and what it tells."""

from pathlib import Path

import pytest

from tests.cli.test_cli import bridge, refused


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--fill", "worlds"], "--fill is for stories of your own films and photos; add --footage FOLDER"),
        (["--farthest", "2"], "--farthest is for stories of your own films and photos"),
        (["--footage", "films", "--farthest", "2"], "--farthest says which scenes are painted; add --fill worlds"),
        (["--footage", "films", "--generator", "worlds"], "with --footage say --fill worlds"),
        (["--footage", "films", "--classes", "lake"], "--classes is for painted scenes"),
        (["--footage", "films", "--noise", "0.5", "--view", "1"], "--view, --noise is for painted scenes"),
    ],
)
def test_contradictions_are_one_sentence(options: list[str], told: str, tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    assert told in refused(bridge("story", tmp_path / "a.wav", *options, "--out", tmp_path / "out"))
    assert not (tmp_path / "out").exists()
