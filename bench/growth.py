"""How processor time and memory grow with a song: what an hour costs beside a minute.

    python -m bench.growth [--minutes 1,10,60] [--story]

The demo song over and over, in a process of its own for each length. Memory is the most that the process had by the end
of each step, above what it had with everything loaded; seconds are processor time. `--story`: and a whole story, of
small still photos.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from deepsing_bridge.attributes import audio_models
from deepsing_bridge.audio.decode import SAMPLE_RATE, file_to_song
from deepsing_bridge.audio.features import song_to_mel
from deepsing_bridge.audio.levels import song_to_levels
from deepsing_bridge.audio.sound import song_to_sound
from deepsing_bridge.audio.structure import song_to_structure
from deepsing_bridge.core.types import no_progress
from deepsing_bridge.story.analysis import analyze

DEMO = Path("examples/demo.ogg")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", default="1,10,60")
    options.add_argument("--story", action="store_true")
    options.add_argument("--song", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.song:
        measure(given.song, given.story)
        return
    for minutes in map(float, given.minutes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            song = long_song(Path(folder) / "song.flac", minutes)
            print(f"\n{minutes:g} minutes, {4 * 60 * minutes * SAMPLE_RATE / 2**20:.0f} MB of samples", flush=True)
            more = ["--story"] if given.story else []
            subprocess.run([sys.executable, "-m", "bench.growth", "--song", str(song), *more], check=True)


def long_song(path: Path, minutes: float) -> Path:
    demo = file_to_song(DEMO).samples
    samples = np.tile(demo, int(60 * minutes * SAMPLE_RATE / len(demo)) + 1)[: round(60 * minutes * SAMPLE_RATE)]
    soundfile.write(path, samples, SAMPLE_RATE)
    return path


def measure(path: Path, story: bool) -> None:
    model = audio_models.load(audio_models.CONTEXT)
    analyze(file_to_song(DEMO), model)  # everything is loaded and compiled then
    song, before = file_to_song(path), most_mb()
    told = partial(tell, before)
    mel = told("mel spectrogram", lambda: song_to_mel(song))  # kept until the end: it is part of the memory told
    told("sentiment", lambda: model.estimate(song))
    told("structure", lambda: song_to_structure(song, mel))
    told("levels", lambda: song_to_levels(song, mel))
    told("sound", lambda: song_to_sound(song))
    told("the whole analysis", lambda: analyze(song, model))
    if story:
        told("a story", lambda: make(path))


def make(song: Path) -> None:
    from deepsing_bridge.app.config import StoryRequest
    from deepsing_bridge.app.story import make_story
    from deepsing_bridge.story.settings import Settings

    make_story(StoryRequest(song, song.parent / "story", Settings(width=64, height=64, motion="still")), _stage)


def _stage(name: str) -> Callable[[int, int], None]:
    return no_progress


def tell(before: float, what: str, work: Callable[[], Any]) -> Any:
    started = time.process_time()
    made = work()
    seconds = time.process_time() - started
    print(f"{what:20} {seconds:8.1f} s of processor time, {most_mb() - before:6.0f} MB more", flush=True)
    return made


def most_mb() -> float:
    """The most memory that this process had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
