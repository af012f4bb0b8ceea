"""Ctrl-C in a long command, and a value that is none of a choice: what the command line says then."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import soundfile
import typer

from deepsing_bridge.cli import app
from deepsing_bridge.cli.group import GOES_ON, stopped
from tests.cli.test_cli import bridge, refused
from tests.process import READY_S, ROOT, send_signal
from tests.sounds import music

AGAIN = "stopped; the same command goes on where it was"


def interrupted(running: subprocess.Popen[str]) -> str:
    """What it says last. Python drops an interruption that comes in the middle of a destructor: then once more."""
    while True:
        send_signal(running, signal.SIGINT)
        try:
            return running.communicate(timeout=10)[1]
        except subprocess.TimeoutExpired:
            continue


def test_ctrl_c_during_a_story_says_that_it_can_be_taken_up(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "song.wav", music(60), 21_504)
    words = ("story", tmp_path / "song.wav", "--out", tmp_path / "out", "--size", 256)
    command = [sys.executable, str(ROOT / "bridge.py"), *map(str, words)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as running:
        deadline = time.monotonic() + READY_S
        while not (tmp_path / "out" / "story.json").exists():
            assert running.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
        said = interrupted(running)
    assert running.returncode == 130
    assert said.strip().splitlines()[-1] == AGAIN
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("line", "goes_on"),
    [
        ("story song.wav", True),
        ("models pull wct-16x", True),
        ("models check", False),
        ("train stylizer", True),
        ("train audio --data x", False),
        ("train audio --deam=x", True),
        ("measure loop song.wav", False),
        ("finish take", False),
    ],
)
def test_it_promises_only_what_is_true(line: str, goes_on: bool) -> None:
    assert stopped(line.split()) == (AGAIN if goes_on else "stopped")


@pytest.mark.parametrize("line", GOES_ON)
def test_the_commands_that_go_on_are_there(line: str) -> None:
    command = typer.main.get_command(app)
    for word in line.split():
        command = command.commands[word]  # type: ignore[attr-defined]
    options = [option for parameter in command.params for option in parameter.opts]
    assert GOES_ON[line] in ("", *options)


def test_a_choice_that_is_none_is_refused_in_a_users_words() -> None:
    assert "'ableton' is not one of 'resolve'" in refused(bridge("plugins", "install", "ableton"))
    assert "Value error" not in bridge("plugins", "install", "ableton").stderr
