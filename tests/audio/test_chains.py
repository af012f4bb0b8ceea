import io
from pathlib import Path

import pytest
import soundfile

from deepsing_bridge.audio import chains
from tests.sounds import joined, tones


def whole(data: bytes) -> list[bytes]:
    return [link.read() for link in chains.links(named(data))]


def named(data: bytes) -> io.BytesIO:
    file = io.BytesIO(data)
    file.name = "song"
    return file


@pytest.mark.parametrize(("name", "kind"), [("a.ogg", "OGG"), ("a.flac", "FLAC")])
def test_each_link_is_a_file_of_its_own(name: str, kind: str, tmp_path: Path) -> None:
    files = [tmp_path / f"{n}{name}" for n in range(3)]
    for channels, file in enumerate(files, 1):
        soundfile.write(file, tones(channels, 1, 44_100), 44_100, format=kind)
    data = joined(tmp_path / name, *files).read_bytes()
    assert whole(data) == [file.read_bytes() for file in files]


ID3 = b"ID3\x04\0\0\0\0\x01\x02" + bytes(130)


@pytest.mark.parametrize(("name", "kind"), [("a.ogg", "OGG"), ("a.flac", "FLAC")])
def test_tags_before_a_chain_do_not_hide_it(name: str, kind: str, tmp_path: Path) -> None:
    soundfile.write(tmp_path / name, tones(1, 1, 44_100), 44_100, format=kind)
    data = (tmp_path / name).read_bytes()
    assert whole(ID3 + ID3 + data * 3) == [ID3 + ID3 + data, data, data]


@pytest.mark.parametrize("size", [3, 1_021, 1_022, 1_023, 1_024, 1_025, 5_000])
def test_what_lies_between_two_links_of_ogg_belongs_to_the_first(size: int, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.ogg", tones(1, 1, 44_100), 44_100, format="OGG")
    data = (tmp_path / "a.ogg").read_bytes()
    assert whole(data + b"j" * size + data) == [data + b"j" * size, data]


def test_a_link_that_begins_across_two_blocks_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    soundfile.write(tmp_path / "a.flac", tones(1, 0.1, 8_000), 8_000)
    data = (tmp_path / "a.flac").read_bytes()
    for size in range(10, 30):
        monkeypatch.setattr(chains, "_BLOCK_BYTES", size)
        assert whole(data * 3) == [data] * 3


@pytest.mark.parametrize("data", [b"", b"OggS", b"fLaC", b"RIFF" + bytes(99), b"OggS" + bytes(99)])
def test_what_is_no_chain_is_one_file(data: bytes) -> None:
    assert whole(data) == [data]


def test_a_link_is_read_like_a_file() -> None:
    link = chains.Part(named(b"0123456789"), 2, 7)
    assert (link.read(2), link.tell(), link.read(), link.read()) == (b"23", 2, b"456", b"")
    assert (link.seek(-2, io.SEEK_END), link.read(1), link.seek(1, io.SEEK_CUR), link.read(5)) == (3, b"5", 5, b"")
    assert (link.seek(2**62), link.read(1)) == (2**62, b"")
    buffer = bytearray(4)
    link.seek(3)
    assert (link.readinto(buffer), buffer) == (2, b"56\0\0")
