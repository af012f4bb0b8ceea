import json
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from deepsing_bridge.audio import decode, decode_process
from deepsing_bridge.audio.decode_process import file_to_song
from deepsing_bridge.core.errors import BridgeError
from tests.process import ROOT
from tests.sounds import tones


@pytest.fixture
def song(tmp_path: Path) -> Path:
    soundfile.write(tmp_path / "song: é.wav", tones(2, 2, 44_100), 44_100)
    return tmp_path / "song: é.wav"


def instead(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str) -> None:
    """The other process runs `code`."""
    (tmp_path / "instead.py").write_text(code)
    monkeypatch.setattr(decode_process, "_MODULE", "instead")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def test_it_is_the_same_song(song: Path) -> None:
    seen: list[tuple[int, int]] = []
    apart, here = file_to_song(song, lambda done, total: seen.append((done, total))), decode.file_to_song(song)
    np.testing.assert_array_equal(apart.samples, here.samples)
    assert (apart.source, apart.digest, apart.sample_rate) == (here.source, here.digest, here.sample_rate)
    assert apart.samples.flags.writeable == here.samples.flags.writeable
    assert seen == sorted(seen)
    assert seen[-1] == (100, 100)


def test_what_is_no_song_is_told_in_the_same_words(tmp_path: Path) -> None:
    (tmp_path / "words.wav").write_text("words, words")
    told = []
    for listen in (file_to_song, decode.file_to_song):
        with pytest.raises(BridgeError) as error:
            listen(tmp_path / "words.wav")
        told.append(str(error.value))
    assert told[0] == told[1]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals")
def test_a_crash_of_a_library_is_one_sentence(song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instead(monkeypatch, tmp_path, f"import os\nos.kill(os.getpid(), {signal.SIGSEGV.value})")
    with pytest.raises(BridgeError, match=r"song: é\.wav: ended the process that decodes it \(SIGSEGV\)"):
        file_to_song(song)


@pytest.mark.parametrize("line", ['{"samples": 9}', '{"st', ""])
def test_an_end_in_the_middle_is_one_sentence(
    line: str, song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instead(monkeypatch, tmp_path, f"import os\nos.write(1, {line!r}.encode())\nos._exit(3)")
    with pytest.raises(BridgeError, match=r"ended the process that decodes it \(exit 3\)"):
        file_to_song(song)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot ask whether a process is there")
def test_a_process_that_hangs_is_given_up_when_nobody_waits(
    song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class GivenUp(Exception):
        pass

    def give_up(done: int, total: int) -> None:
        if (tmp_path / "process").exists():
            raise GivenUp

    mark = str(tmp_path / "process")
    hanging = f"import os, pathlib, time\npathlib.Path({mark!r} + 'x').write_text(str(os.getpid()))\n"
    instead(monkeypatch, tmp_path, hanging + f"os.rename({mark!r} + 'x', {mark!r})\ntime.sleep(600)")
    began = time.monotonic()
    with pytest.raises(GivenUp):
        file_to_song(song, give_up)
    assert time.monotonic() - began < 60
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "process").read_text()), 0)


def test_its_warnings_are_told_here(
    song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lines = [json.dumps({"warning": "damaged"}), json.dumps({"error": "no song"})]
    instead(monkeypatch, tmp_path, "\n".join(f"print({line!r})" for line in lines))
    with caplog.at_level(logging.WARNING), pytest.raises(BridgeError, match="no song"):
        file_to_song(song)
    assert caplog.messages == ["damaged"]


WARNING = """
import sys, warnings
from pathlib import Path
from deepsing_bridge.audio import decode_process
from deepsing_bridge.core.errors import BridgeError

def decode(path, progress):
    warnings.warn("a library's")
    raise BridgeError("no song")

decode_process.decode = decode
decode_process._main(Path(sys.argv[1]))
"""


def test_pythons_warnings_there_are_told_here_too(
    song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    instead(monkeypatch, tmp_path, WARNING)
    with caplog.at_level(logging.WARNING), pytest.raises(BridgeError, match="no song"):
        file_to_song(song)
    assert "UserWarning: a library's" in caplog.text


LARGE = 3_000_000  # samples: two minutes and more
LARGE_SONG = f"""
import sys
sys.stdout.buffer.write(b'{{"samples": {LARGE}}}\\n' + bytes(4 * {LARGE}))
"""
SONGS_IN_TURN = """
from pathlib import Path
from threading import Event, Thread
import psutil
from deepsing_bridge.audio import decode_process

over = Event()
for _ in range(10):
    Thread(target=lambda: (bytearray(5000), over.wait()), daemon=True).start()
block = bytearray(30_000_000)
del block
decode_process._MODULE = "instead"
for song in range(10):
    decode_process.file_to_song(Path("song.wav"))
    print(psutil.Process().memory_info().rss)
"""
"""Threads that keep all of glibc's heaps, and a large block, after which it takes others from these heaps, as torch and
librosa do."""


def test_songs_in_turn_leave_no_memory_behind(tmp_path: Path) -> None:
    (tmp_path / "song.wav").touch()
    (tmp_path / "instead.py").write_text(LARGE_SONG)
    paths = os.pathsep.join(map(str, (ROOT, tmp_path)))
    told = subprocess.run(
        [sys.executable, "-c", SONGS_IN_TURN],
        env=os.environ | {"PYTHONPATH": paths, "MALLOC_ARENA_MAX": "8"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    after = [int(line) for line in told.stdout.split()]
    assert after[-1] - after[1] < 2 * 4 * LARGE


@pytest.mark.parametrize("name", ["x" * 300 + ".wav", "a\0b.wav"])
def test_a_name_that_no_file_can_have_is_not_there(name: str, tmp_path: Path) -> None:
    for listen in (file_to_song, decode.file_to_song):
        with pytest.raises(BridgeError, match="no such file"):
            listen(tmp_path / name)
