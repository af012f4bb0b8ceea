"""A folder of songs as a playlist."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from deepsing_bridge.app import playlist
from deepsing_bridge.core.errors import BridgeError


def song(path: Path) -> None:
    soundfile.write(path, np.zeros(2000), 21_504)


def test_songs_come_by_name_with_numbers_as_numbers_and_all_else_is_left_out(tmp_path: Path) -> None:
    for name in ("10 last.wav", "2 second.flac", "1 First.wav", ".hidden.wav"):
        song(tmp_path / name)
    (tmp_path / "cover.txt").write_text("no song")
    (tmp_path / "more").mkdir()
    song(tmp_path / "more" / "0 other.wav")
    assert [path.name for path in playlist.songs_in(tmp_path)] == ["1 First.wav", "2 second.flac", "10 last.wav"]


def test_a_folder_without_songs_or_with_too_many_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cover.txt").write_text("no song")
    with pytest.raises(BridgeError, match="there is no song in it"):
        playlist.songs_in(tmp_path)
    monkeypatch.setattr(playlist, "MOST_SONGS", 0)
    with pytest.raises(BridgeError, match="expected at most 0 files, got 1"):
        playlist.songs_in(tmp_path)
