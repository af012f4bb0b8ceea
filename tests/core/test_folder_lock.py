"""One process at a time in a folder: the second is told who is there, and a killed one is in nobody's way."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.folder_lock import alone_in
from tests.process import ROOT

HOLD = """
import sys
from pathlib import Path
from deepsing_bridge.core.folder_lock import alone_in
with alone_in(Path(sys.argv[1])):
    print("in", flush=True)
    sys.stdin.read()
"""


def holder(folder: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "in\n"
    return process


def test_the_second_is_told_who_is_at_work_and_since_when(tmp_path: Path) -> None:
    with holder(tmp_path / "story") as process:
        who = rf"\(process {process.pid}, since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d\); wait until it is done"
        with (
            pytest.raises(BridgeError, match=f"story: another process is at work on it {who}"),
            alone_in(tmp_path / "story"),
        ):
            pytest.fail("it was let in")
        process.communicate()
    with alone_in(tmp_path / "story"):
        pass


def test_a_killed_one_is_in_nobodys_way(tmp_path: Path) -> None:
    with holder(tmp_path / "story") as process:
        process.kill()
    with alone_in(tmp_path / "story"):
        assert (tmp_path / "story").is_dir()
    assert not list((tmp_path / "story").iterdir())


def test_within_a_process_there_is_one_too(tmp_path: Path) -> None:
    with alone_in(tmp_path), pytest.raises(BridgeError, match=f"process {os.getpid()},"), alone_in(tmp_path):
        pytest.fail("it was let in")


def test_nothing_is_left_but_what_was_there_and_what_was_made(tmp_path: Path) -> None:
    with alone_in(tmp_path / "a" / "b"):
        pass
    assert not list(tmp_path.iterdir())
    with alone_in(tmp_path / "a" / "b"):
        (tmp_path / "a" / "b" / "file").write_text("made")
    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["file"]


@pytest.mark.parametrize("name", ["file", "file/below", "x" * 300])
def test_where_no_folder_can_be_made_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BridgeError, match="no folder can be made there"), alone_in(tmp_path / name):
        pytest.fail("it was let in")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_link_in_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "story").mkdir()
    (tmp_path / "story" / ".lock").symlink_to(tmp_path / "file")
    with pytest.raises(BridgeError, match="story: cannot be written"), alone_in(tmp_path / "story"):
        pytest.fail("it was let in")
    assert (tmp_path / "file").read_text() == "mine"
