"""`bridge.py layouts` as a user meets it."""

from pathlib import Path

import pytest

from deepsing_bridge.layouts.formats import LAYOUTS
from tests.cli.test_cli import bridge, refused


def test_all_are_written_and_what_is_next_is_told(tmp_path: Path) -> None:
    said = bridge("layouts", "--to", tmp_path / "new" / "folder").stdout
    files = sorted((tmp_path / "new" / "folder").iterdir())
    assert [file.name for file in files] == sorted(entry.file for entry in LAYOUTS.values())
    assert all(str(file) in said for file in files)
    assert all(entry.next in said for entry in LAYOUTS.values())


def test_those_that_are_named_know_where_the_bridge_is(tmp_path: Path) -> None:
    bridge("layouts", "pure-data", "supercollider", "--to", tmp_path, "--host", "10.0.0.7", "--osc-port", 7710)
    patch, script = tmp_path / "deepsing.pd", tmp_path / "deepsing.scd"
    assert sorted(tmp_path.iterdir()) == [patch, script]
    assert "connect 10.0.0.7 7710" in patch.read_text()
    assert 'NetAddr("10.0.0.7", 7710)' in script.read_text()


def test_one_that_was_changed_is_left_alone_and_so_are_the_others(tmp_path: Path) -> None:
    mine = tmp_path / "deepsing.scd"
    mine.write_text("mine")
    assert f"{mine}: is there already, and differs; --force replaces it" in refused(bridge("layouts", "--to", tmp_path))
    assert [*tmp_path.iterdir()] == [mine] and mine.read_text() == "mine"
    assert bridge("layouts", "--to", tmp_path, "--force").returncode == 0
    assert mine.read_text() != "mine"
    assert bridge("layouts", "--to", tmp_path).returncode == 0  # the same again


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lemur",), "'lemur': no such layout; there are touchosc, open-stage-control, pure-data, supercollider"),
        (("--host", "a b;"), "--host 'a b;': expected a name or an address"),
        (("--host", ""), "--host '': expected a name or an address"),
    ],
)
def test_what_is_none_is_refused(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    assert said in refused(bridge("layouts", *words, "--to", tmp_path / "folder"))
    assert not (tmp_path / "folder").exists()
