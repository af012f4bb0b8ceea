"""Files appear whole or not at all, and what the system refuses is one sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.files import (
    appearing,
    clear_drafts,
    copy_file,
    copy_folder,
    draft,
    made,
    read_bytes,
    read_text,
    sha256,
    write_bytes,
    write_text,
)

needs_dev_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, the full disk of Linux")


def test_a_file_of_the_users_that_is_called_like_a_draft_stays(tmp_path: Path) -> None:
    (tmp_path / "cut.edl.part").write_text("half a download")
    write_text(tmp_path / "cut.edl", "TITLE")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "cut.edl.part": "half a download",
        "cut.edl": "TITLE",
    }


def test_what_a_killed_process_of_the_same_number_left_is_written_over(tmp_path: Path) -> None:
    draft(tmp_path / "cut.edl").write_text("TITLE: HALF A CUT")
    write_text(tmp_path / "cut.edl", "TITLE")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"cut.edl": "TITLE"}


def test_what_killed_runs_left_is_cleared_away_and_nothing_else(tmp_path: Path) -> None:
    for name in (".cut.edl.7.part", ".cut.edl.part", ".other.edl.7.part", "cut.edl.part", "cut.edl"):
        (tmp_path / name).write_text("TITLE")
    (tmp_path / ".cut.edl.scratch.part" / "below").mkdir(parents=True)
    clear_drafts(tmp_path, "cut.edl")
    assert {path.name for path in tmp_path.iterdir()} == {".other.edl.7.part", "cut.edl.part", "cut.edl"}


def test_two_processes_have_a_draft_each(tmp_path: Path) -> None:
    with appearing(tmp_path / "cut.edl") as part:
        part.write_text("TITLE: MINE")
        script = "import sys; from pathlib import Path; from deepsing_bridge.core.files import write_text; write_text"
        subprocess.run(
            [sys.executable, "-c", f"{script}(Path(sys.argv[1]), 'TITLE')", tmp_path / "cut.edl"], check=True
        )
        assert (tmp_path / "cut.edl").read_text() == "TITLE"
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"cut.edl": "TITLE: MINE"}


@pytest.mark.parametrize("name", ["x" * 255, "é" * 120])
def test_a_name_as_long_as_the_system_takes_is_written(name: str, tmp_path: Path) -> None:
    write_text(tmp_path / name, "TITLE")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_text_is_read_with_a_byte_order_mark_and_with_line_ends_of_any_system(tmp_path: Path) -> None:
    (tmp_path / "map").write_bytes("\ufeffé\r\nb\rc\n".encode())
    assert read_text(tmp_path / "map") == "é\nb\nc\n"


@pytest.mark.parametrize("text", ["é".encode("utf-16"), "é".encode("latin-1")], ids=["UTF-16", "Latin-1"])
def test_what_is_no_utf_8_is_told(text: bytes, tmp_path: Path) -> None:
    (tmp_path / "map").write_bytes(text)
    with pytest.raises(BridgeError, match="map: not text in UTF-8"):
        read_text(tmp_path / "map")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with a name")
def test_what_is_no_plain_file_is_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zeros").symlink_to("/dev/zero")
    (tmp_path / "loop").symlink_to("loop")
    for name, why in (("pipe", "not a file"), ("zeros", "not a file"), (".", "not a file"), ("loop", "cannot be read")):
        with pytest.raises(BridgeError, match=why):
            read_text(tmp_path / name)
    for name in ("missing", "x" * 300, "a\0b"):
        with pytest.raises(BridgeError, match="cannot be read"):
            read_text(tmp_path / name)


def test_no_more_is_read_than_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "map").write_bytes(bytes(100))
    assert len(read_bytes(tmp_path / "map", 100)) == 100
    with pytest.raises(BridgeError, match="map: has more than 99 bytes"):
        read_bytes(tmp_path / "map", 99)


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
        draft(tmp_path / "target").symlink_to("/dev/full")
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
    draft(tmp_path / "b" / "deep" / "file").symlink_to("/dev/full")
    with pytest.raises(BridgeError, match="file: no space left on the disk"):
        copy_folder(tmp_path / "a", tmp_path / "b")


def test_the_sum_of_a_file_is_sha256(tmp_path: Path) -> None:
    write_bytes(tmp_path / "abc", b"abc")
    assert sha256(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
