"""Only songs below the named folders are found, whatever the path says."""

from pathlib import Path

import pytest

from deepsing_bridge.core.allowed_folders import AllowedFolders
from deepsing_bridge.core.errors import BridgeError


@pytest.fixture
def library(tmp_path: Path) -> AllowedFolders:
    (tmp_path / "songs" / "live").mkdir(parents=True)
    (tmp_path / "songs" / "live" / "a song.ogg").write_bytes(b"x")
    (tmp_path / "secret.ogg").write_bytes(b"x")
    (tmp_path / "songs" / "link.ogg").symlink_to(tmp_path / "secret.ogg")
    (tmp_path / "songs" / "round.ogg").symlink_to("and round.ogg")
    (tmp_path / "songs" / "and round.ogg").symlink_to("round.ogg")
    return AllowedFolders.of([tmp_path / "songs"])


def test_a_song_is_found_by_its_path_in_the_folder_or_its_whole_path(library: AllowedFolders, tmp_path: Path) -> None:
    wanted = (tmp_path / "songs" / "live" / "a song.ogg").resolve()
    assert library.find("live/a song.ogg") == wanted
    assert library.find(str(wanted)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "../secret.ogg",
        "live/../../secret.ogg",
        "link.ogg",
        "round.ogg",
        "/etc/passwd",
        "nothing.ogg",
        "live",
        "",
        "~/x.ogg",
        "x" * 1000,
        "a\0b",
    ],
)
def test_nothing_else_is(library: AllowedFolders, text: str) -> None:
    with pytest.raises(BridgeError, match="expected a song below"):
        library.find(text)


@pytest.mark.parametrize("text", ["nothing.ogg", "live/nothing.ogg", "nowhere/nothing.ogg"])
def test_a_song_that_is_missing_is_told_as_not_there(library: AllowedFolders, text: str) -> None:
    with pytest.raises(BridgeError, match=f"got '{text}', which is not there"):
        library.find(text)


@pytest.mark.parametrize("text", ["/etc/nothing.ogg", "../nothing.ogg", "/etc/passwd", "link.ogg", "live"])
def test_whether_a_file_elsewhere_is_there_is_not_told(library: AllowedFolders, text: str) -> None:
    with pytest.raises(BridgeError) as refused:
        library.find(text)
    assert "not there" not in str(refused.value)


def test_a_song_is_found_below_the_folder_as_it_was_named_too(tmp_path: Path) -> None:
    (tmp_path / "songs").mkdir()
    (tmp_path / "songs" / "a.ogg").write_bytes(b"x")
    (tmp_path / "music").symlink_to("songs")
    found = AllowedFolders.of([tmp_path / "music"]).find(str(tmp_path / "music" / "a.ogg"))
    assert found == tmp_path / "songs" / "a.ogg"


def test_a_path_elsewhere_is_not_even_looked_at(library: AllowedFolders, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows logs in at whatever machine such a path names."""
    looked_at: list[Path] = []
    resolve = Path.resolve
    monkeypatch.setattr(Path, "resolve", lambda path: looked_at.append(path) or resolve(path))
    for text in ("//elsewhere/share/a.ogg", "/etc/passwd"):
        with pytest.raises(BridgeError):
            library.find(text)
    assert all(path.is_relative_to(library.folders[0]) for path in looked_at)


def test_without_folders_nothing_is_found(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match="--songs"):
        AllowedFolders.of([]).find("a.ogg")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match="nowhere"):
        AllowedFolders.of([tmp_path / "nowhere"])
