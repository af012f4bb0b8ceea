"""Another program that plays a sound file through JACK, from here."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = Path(__file__).with_name("jack_player.py")


@contextmanager
def playing(path: Path, name: str) -> Iterator[Callable[[], float]]:
    """What is given makes it play `path`, from the beginning, and says when it began on this machine's clock."""
    command = [sys.executable, str(PROGRAM), str(path), name]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin and process.stdout
    try:
        assert json.loads(process.stdout.readline()) == {"ready": True}

        def play() -> float:
            assert process.stdin and process.stdout
            process.stdin.write("play\n")
            process.stdin.flush()
            return float(json.loads(process.stdout.readline())["began"])

        yield play
    finally:
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:  # its server was killed
            process.kill()
            process.wait()
