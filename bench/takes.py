"""What a soak's recording is worth after its bridge was killed."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import av

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.export.story_folder import clip_paths
from deepsing_bridge.export.take import LISTING
from deepsing_bridge.export.take_file import TakeFile
from tests.process import ROOT

FINISH_S = 7200.0  # on a busy machine; an idle one needs two minutes


@dataclass
class Recording:
    """A take's folder, and what `take.jsonl` had in it just before the end."""

    folder: Path
    written: bytes

    @classmethod
    def before_the_end(cls, folder: Path) -> "Recording":
        return cls(folder, _listing(folder))

    def examine(self) -> "Found":
        now = _listing(self.folder)
        lines = self.written.count(b"\n")
        kept = now.startswith(self.written)
        try:
            take = TakeFile.read(self.folder)
            damaged = sum(not _is_whole(clip) for clip in clip_paths(self.folder, take.board))
            return Found(lines, kept, len(take.board.scenes), take.frames, damaged)
        except BridgeError as error:
            return Found(lines, kept, problem=str(error))


@dataclass
class Found:
    """`lines` before the end, and whether all are there still; whole scenes, their frames, clips that do not open.

    `finished`: what became of `bridge.py finish`.
    """

    lines: int
    kept: bool
    scenes: int = 0
    frames: int = 0
    damaged: int = 0
    problem: str = ""
    finished: str = "not tried"


def _listing(folder: Path) -> bytes:
    """Nothing where the bridge ended before its first frame."""
    listing = folder / LISTING
    return listing.read_bytes() if listing.exists() else b""


def _is_whole(clip: Path) -> bool:
    try:
        with av.open(str(clip)) as film:
            return film.streams.video[0].frames > 0 and next(film.decode(video=0)).width > 0
    except (av.FFmpegError, StopIteration, OSError):
        return False


def finishing(folder: Path) -> "subprocess.Popen[str]":
    """`bridge.py finish` on it, beside the show and behind it."""
    command = ["nice", "-n", "5", sys.executable, str(ROOT / "bridge.py"), "finish", str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def finished(folder: Path, frames: int, process: "subprocess.Popen[str]") -> str:
    """Its frames in the preview of `frames` in the take, or why not."""
    try:
        _, said = process.communicate(timeout=FINISH_S)
    finally:
        process.kill()
    if process.returncode:
        return f"exit code {process.returncode}: {said.strip()[-200:]}"
    with av.open(str(folder / "preview.mp4")) as film:
        return f"{film.streams.video[0].frames} of {frames} frames"
