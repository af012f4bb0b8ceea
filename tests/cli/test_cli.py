"""The command line as a user meets it: help, errors in one sentence with exit code 2, nothing half-written."""

import errno
import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile

from deepsing_bridge.cli import main
from deepsing_bridge.hosts.recent import recent
from tests.sounds import music

LONG = "x" * 300
ROOT = Path(__file__).parents[2]


def run(*words: object) -> subprocess.CompletedProcess[str]:
    """`python bridge.py …` in a process of its own."""
    command = [sys.executable, str(ROOT / "bridge.py"), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def bridge(*words: object) -> subprocess.CompletedProcess[str]:
    """The same in this process, where the models' libraries are loaded already."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    argv, sys.argv = sys.argv, ["bridge.py", *map(str, words)]
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main()
    except SystemExit as stop:
        code = int(stop.code or 0)
    finally:
        sys.argv = argv
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("songs") / "song.wav"
    soundfile.write(path, music(6), 21_504)
    return path


def refused(result: subprocess.CompletedProcess[str]) -> str:
    """The one sentence on stderr."""
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr
    return result.stderr.strip().splitlines()[-1]


def test_help_names_the_commands_without_loading_a_model() -> None:
    result = run("--help")
    assert result.returncode == 0
    assert "story" in result.stdout and "train" in result.stdout
    heavy = "import sys; sys.argv = ['x', '--help']; import deepsing_bridge.cli; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, cwd=ROOT).stdout == "False\n"


def test_text_that_is_called_mp3_is_one_sentence_and_nothing_of_the_decoders(tmp_path: Path) -> None:
    (tmp_path / "song.mp3").write_text("no music here\n" * 500)
    result = run("story", tmp_path / "song.mp3", "--out", tmp_path / "out")
    assert "not sound that can be decoded" in refused(result)
    assert "MPEG" not in result.stderr and "resync" not in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such names there")
def test_a_name_moves_no_terminals_cursor(tmp_path: Path) -> None:
    odd = tmp_path / "a\x1b[2J\n.wav"
    odd.write_text("no music here")
    assert "a [2J .wav: not sound" in refused(bridge("story", odd, "--out", tmp_path / "out"))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there are no such names")
def test_a_name_that_is_no_unicode_is_refused_at_once(song: Path, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"caf\xe9.wav")
    odd.write_bytes(song.read_bytes())
    for words in ((odd, "--out", tmp_path / "out"), (song, "--out", odd.with_suffix(""))):
        message = refused(run("story", *words))
        assert "udce9" in message and "a name that is not UTF-8; rename it" in message
    assert sorted(tmp_path.iterdir()) == [odd]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--translator", "random", "--classes", "lake"), "leave out --translator random"),
        (("--classes", "lake", "--view", 3), "--view 3; give one of them"),
        (("--translator", "dictionary", "--view", 3), "--view is for --translator neural, got dictionary with view 3"),
    ],
)
def test_what_would_be_without_effect_is_refused(
    words: tuple[object, ...], said: str, song: Path, tmp_path: Path
) -> None:
    assert said in refused(bridge("story", song, "--out", tmp_path / "out", *words))
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_told_before_the_song_is_heard(song: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    result = bridge("story", song, "--out", tmp_path / "file" / "a" / "b")
    assert "no folder can be made there" in refused(result) and "listening" not in result.stderr


def test_one_of_each_is_told_in_the_singular(song: Path, tmp_path: Path) -> None:
    words = ("--size", 64, "--motion", "still", "--cut", "interval", "--classes", "lake")
    short = tmp_path / "short.wav"
    soundfile.write(short, music(4), 21_504)
    assert "\n1 scene of 1 kind: lake\n" in bridge("story", short, "--out", tmp_path / "one", *words).stdout


def test_a_song_that_is_not_there(tmp_path: Path) -> None:
    assert "no such file" in refused(run("story", tmp_path / "nothing.wav", "--out", tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_sound(tmp_path: Path) -> None:
    text = tmp_path / "words.txt"
    text.write_text("no music here")
    assert "words.txt" in refused(bridge("story", text, "--out", tmp_path / "out"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("samples", "word"),
    [
        (np.zeros(90_000, np.float32), "silen"),
        (music(0.6), "at least 1 s"),
        (np.where(np.arange(90_000) == 400, np.nan, music(90_000 / 21_504)[:90_000]).astype(np.float32), "NaN"),
    ],
    ids=["silence", "short", "nan"],
)
def test_sound_that_cannot_be_used(samples: np.ndarray, word: str, tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    soundfile.write(path, samples, 21_504, subtype="FLOAT")
    assert word.lower() in refused(bridge("story", path, "--out", tmp_path / "out")).lower()
    assert not (tmp_path / "out").exists()


def test_an_unknown_class_is_answered_with_the_nearest(song: Path, tmp_path: Path) -> None:
    message = refused(bridge("story", song, "--out", tmp_path / "out", "--classes", "lake,sunsett"))
    assert "sunsett" in message and "sunset" in message.replace("sunsett", "")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("--fps", "23", "30000/1001"),
        ("--size", "513", "even"),
        ("--view", "99", "views 0 to"),
        ("--style", "x", "near"),
    ],
)
def test_values_out_of_range_are_answered_with_what_is_allowed(
    option: str, value: str, allowed: str, song: Path, tmp_path: Path
) -> None:
    message = refused(bridge("story", song, "--out", tmp_path / "out", option, value))
    assert value in message and allowed in message
    assert not (tmp_path / "out").exists()


def test_a_folder_with_something_else_in_it_is_left_alone(song: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert "new or empty folder" in refused(bridge("story", song, "--out", tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt"]


def test_a_finished_story_is_noted_down_for_the_scripts_in_the_editors(song: Path, tmp_path: Path) -> None:
    made = bridge("story", song, "--out", tmp_path / "mine", "--size", 64, "--motion", "still")
    assert made.returncode == 0, made.stderr
    assert recent()[0] == tmp_path / "mine"
    assert "\npainting scenes: done in 0:0" in made.stderr  # which is no terminal


def test_an_interrupted_story_is_taken_up_whatever_way_its_song_is_spelled(song: Path, tmp_path: Path) -> None:
    words = ("--out", tmp_path / "mine", "--size", 64, "--motion", "still")
    assert bridge("story", song, *words).returncode == 0
    (tmp_path / "mine" / "preview.mp4").unlink()
    again = bridge("story", os.path.relpath(song, Path.cwd()), *words)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "mine" / "preview.mp4").exists()


def test_a_story_is_finished_even_if_it_cannot_be_noted_down(
    song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    made = bridge("story", song, "--out", tmp_path / "mine", "--size", 64, "--motion", "still")
    assert made.returncode == 0, made.stderr
    assert "stories.txt cannot be written" in made.stdout
    assert (tmp_path / "mine" / "preview.mp4").exists()


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("train", "audio", "--batch", 8), "--deam"),
        (("train", "audio", "--name", "mine"), "--deam"),
        (("train", "visual", "--backbone", "efficientnet-lite0"), "--oasis"),
    ],
)
def test_options_that_would_do_nothing_are_refused(words: tuple[object, ...], option: str, tmp_path: Path) -> None:
    assert f"are for {option} FOLDER" in refused(bridge(*words, "--data", tmp_path))


def test_a_shard_of_a_survey_tells_its_cost_and_is_not_done_twice(tmp_path: Path) -> None:
    words = ("train", "translator", "--samples", 1, "--shard", "1/4", "--keep", tmp_path)
    first, again = bridge(*words), bridge(*words)
    assert first.returncode == again.returncode == 0, first.stderr
    assert first.stdout.startswith("8 pictures to sample; here 1,000 take ")
    assert again.stdout == ""
    assert [path.name for path in tmp_path.rglob("*.safetensors")] == ["block-0000.safetensors"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--shard", "5/4"), "expected a part and how many there are, as 2/4"),
        (("--generator", "biggan-deep-512"), "bridge.py models pull biggan-deep-512"),
        (("--device", "cuda:99"), "there: cpu"),
        (("--minutes", "10"), "those of embedded ship"),
        (("--generator", "mine", "--minutes", "10", "--shard", "1/4"), "leave out --shard and --ray"),
    ],
)
def test_a_survey_that_cannot_be_made_is_refused(words: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    assert sentence in refused(bridge("train", "translator", "--keep", tmp_path, *words))


def test_an_option_of_before_goes_on_working_and_names_the_new_one(tmp_path: Path) -> None:
    said = run("story", tmp_path / "no-song.wav", "--ears", "paper")
    assert said.returncode == 2 and "no such file" in said.stderr
    assert "--ears is called --audio-model now" in said.stderr
    assert "--audio-model" not in run("story", tmp_path / "no-song.wav", "--audio-model=paper").stderr


@pytest.mark.parametrize(
    "words",
    [("story", LONG), ("export", LONG, "--to", "csv"), ("finish", LONG), ("midi", "list", "--map", LONG)],
    ids=lambda words: words[0],
)
def test_a_name_of_300_letters_is_one_sentence(words: tuple[str, ...]) -> None:
    assert LONG in refused(bridge(*words))


def test_a_song_whose_story_would_have_too_long_a_name_is_one_sentence(song: Path, tmp_path: Path) -> None:
    assert "ile name too long" in refused(bridge("story", song, "--out", tmp_path / LONG))
    assert not list(tmp_path.iterdir())


def test_what_the_machine_is_to_blame_for_is_a_sentence_and_all_else_keeps_its_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(number: int) -> None:
        raise OSError(number, os.strerror(number), "/mnt/drive/a.mov")

    for number in (errno.EIO, errno.ENODEV, errno.ENOSPC, errno.EROFS, errno.EACCES):
        monkeypatch.setattr("deepsing_bridge.cli.app", partial(failing, number))
        assert refused(bridge()) == f"error: /mnt/drive/a.mov: {os.strerror(number)}"
    monkeypatch.setattr("deepsing_bridge.cli.app", partial(failing, errno.ENOENT))
    with pytest.raises(FileNotFoundError):
        bridge()
