"""Files appear whole or not at all, and what the system refuses is one sentence."""

import os
from pathlib import Path

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.files import appearing, copy_file, copy_folder, made, sha256, write_bytes, write_text

needs_dev_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, the full disk of Linux")


def test_a_file_of_the_users_that_is_called_like_a_draft_stays(tmp_path: Path) -> None:
    (tmp_path / "cut.edl.part").write_text("half a download")
    write_text(tmp_path / "cut.edl", "TITLE")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "cut.edl.part": "half a download",
        "cut.edl": "TITLE",
    }


def test_what_a_killed_run_left_is_written_over(tmp_path: Path) -> None:
    write_text(tmp_path / ".cut.edl.part", "TIT")
    write_text(tmp_path / "cut.edl", "TITLE")
    assert [path.name for path in tmp_path.iterdir()] == ["cut.edl"]


@pytest.mark.parametrize("place", ["nowhere/cut.edl", "file/cut.edl", "taken", "x" * 300])
def test_a_place_where_nothing_can_be_written_is_named(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "taken" / "folder").mkdir(parents=True)
    with pytest.raises(BridgeError, match=f"{place}: cannot be written"):
        write_text(tmp_path / place, "TITLE")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "taken"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_to_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(BridgeError, match=r"cut\.edl: cannot be written \(Permission denied\)"):
        write_text(tmp_path / "cut.edl", "TITLE")


def test_another_files_error_is_let_through(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="source"), appearing(tmp_path / "copy") as part:
        part.write_bytes((tmp_path / "source").read_bytes())
    assert not list(tmp_path.iterdir())


def test_a_folder_is_made_with_all_above_it_or_told_why_not(tmp_path: Path) -> None:
    assert made(made(tmp_path / "a" / "b")).is_dir()
    (tmp_path / "file").write_text("mine")
    for place in ("file", "file/a"):
        with pytest.raises(BridgeError, match=f"{place}: no folder can be made there"):
            made(tmp_path / place)


@needs_dev_full
def test_a_full_disk_is_told_and_what_was_there_stays(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(bytes(100_000))
    target.write_text("before")
    for write in (
        lambda: write_text(target, "after"),
        lambda: write_bytes(target, bytes(100_000)),
        lambda: copy_file(source, target),
    ):
        (tmp_path / ".target.part").symlink_to("/dev/full")
        with pytest.raises(BridgeError, match="target: no space left on the disk; make room and run the same command"):
            write()
        assert target.read_text() == "before"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["source", "target"]


@needs_dev_full
def test_a_folder_that_the_disk_has_no_room_for_is_told(tmp_path: Path) -> None:
    (tmp_path / "a" / "deep").mkdir(parents=True)
    (tmp_path / "a" / "deep" / "file").write_bytes(bytes(10))
    copy_folder(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b" / "deep" / "file").read_bytes() == bytes(10)
    (tmp_path / "b" / "deep" / ".file.part").symlink_to("/dev/full")
    with pytest.raises(BridgeError, match="file: no space left on the disk"):
        copy_folder(tmp_path / "a", tmp_path / "b")


def test_the_sum_of_a_file_is_sha256(tmp_path: Path) -> None:
    write_bytes(tmp_path / "abc", b"abc")
    assert sha256(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
