"""What lies about in people's folders: each file is a shot, or passed over with one sentence."""

import os
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.footage import digest, photos
from deepsing_bridge.footage.frames import frames_at
from deepsing_bridge.footage.index import Footage, index
from deepsing_bridge.footage.probe import probe
from tests.footage.films import number_of, number_picture, numbered, write_film


def photo(path: Path) -> None:
    Image.fromarray(number_picture(sum(path.name.encode()) % 4096, 96, 64)).save(path)


def animation(path: Path) -> None:
    first, *others = map(Image.fromarray, numbered(8, 96, 64))
    first.save(path, save_all=True, append_images=others, duration=100, lossless=True)


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a.txt", "no film")


def sound_alone(path: Path) -> None:
    with av.open(path, "w") as file:
        track = file.add_stream("aac", rate=48_000)
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), "fltp", "stereo")
        frame.rate = 48_000
        file.mux(track.encode(frame))
        file.mux(track.encode(None))


def bright_film(path: Path) -> None:
    how: dict[str, Any] = {"codec": "libx265", "pixel_format": "yuv420p10le", "colour": (9, 16, 9)}
    write_film(path, numbered(8, 96, 64), options={"x265-params": "log-level=error"}, **how)


LONG = "y" * 246 + ".png"
WORKS: dict[str, Callable[[Path], object]] = {
    "with  blanks.png": photo,
    'it\'s "quoted".png': photo,
    "Grüße, 'é'.png": photo,
    "🎬🎉.png": photo,
    LONG: photo,
    "one picture.mp4": lambda path: write_film(path, numbered(1, 96, 64)),
    "moves.gif": animation,
    "still.gif": photo,
    "moves.webp": animation,
    "bright.mov": bright_film,
    "dot.png": lambda path: Image.new("RGB", (1, 1)).save(path),
    "huge.jpg": lambda path: Image.new("L", (12_000, 9_000)).save(path),
}
PASSED_OVER: dict[str, tuple[Callable[[Path], object], str]] = {
    "broken.mov": (lambda path: path.write_bytes(bytes(5000)), "not a readable film, or cut off"),
    "empty.jpg": (lambda path: path.write_bytes(b""), "not a readable photo, or damaged"),
    "nowhere.mp4": (lambda path: path.symlink_to(path.with_name("gone")), "leads to a file that is not there"),
    "pipe.mp4": (os.mkfifo, "not a file"),
    "sound.mp4": (sound_alone, "has no picture track that can be decoded"),
    "zip.mp4": (zipped, "not a readable film, or cut off"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("odd")
    for name, make in (WORKS | {name: make for name, (make, _) in PASSED_OVER.items()}).items():
        make(folder / name)
    (folder / "a folder.mp4").mkdir()
    return folder


@pytest.fixture(scope="module")
def footage(folder: Path) -> Footage:
    return index([folder], store=folder.with_name("odd.sqlite"))


@pytest.mark.parametrize("name", WORKS)
def test_it_becomes_a_shot(name: str, footage: Footage, folder: Path) -> None:
    (shot,) = (shot for shot in footage.shots if shot.media.path == folder / name)
    assert all(np.isfinite([shot.mean(of) for of in ("valence", "arousal", "motion", "sharpness")]))
    assert next(frames_at(shot.media, [Fraction(0)], within=(64, 64))).size


def test_all_else_is_passed_over_with_a_sentence(footage: Footage, folder: Path) -> None:
    told = sorted(f"{folder / name}: {sentence}" for name, (_, sentence) in PASSED_OVER.items())
    assert sorted(footage.passed_over) == told


def test_of_what_moves_the_first_picture_comes_first(folder: Path) -> None:
    for name in ("moves.gif", "moves.webp"):
        assert number_of(next(frames_at(probe(folder / name, "").media, [Fraction(0)]))) == 0


def test_what_a_phone_takes_photos_in_wants_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "_heif_is_there", lambda: False)
    with pytest.raises(BridgeError, match=r"a\.HEIC: HEIC wants another package: pip install .*heic"):
        probe(tmp_path / "a.HEIC", "")


def test_what_may_not_be_read_is_told_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photo(tmp_path / "good.png")
    photo(tmp_path / "secret.png")

    def opened(path: Path, *how: Any) -> Any:
        if path.name == "secret.png":  # root, who may run this, may read all
            raise PermissionError(13, "Permission denied")
        return plain(path, *how)

    plain = Path.open
    monkeypatch.setattr(digest.Path, "open", opened)
    footage = index([tmp_path], store=tmp_path / "s.sqlite")
    assert [shot.media.path.name for shot in footage.shots] == ["good.png"]
    assert footage.passed_over == (f"{tmp_path / 'secret.png'}: cannot be read (Permission denied)",)
