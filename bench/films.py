"""Whether films live: what their frames do with the music and at cuts, and whether one's pictures are in another.

    python -m bench.films OUT/STORY [OUT/OTHER …]

Of finished story folders. `change` is the mean difference from one frame to the next, of 255, in grey pictures of
96×96. r is its correlation with librosa's onset strength away from cuts, at the best lag of a few frames. A cut is not
seen where the last picture before it and the first after it correlate by 0.6 or more. `period 2` is the energy at a
period of two pixels, across or down, over that of somewhat longer ones, the median of the scenes' first pictures.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av
import librosa
import numpy as np
from numpy.typing import NDArray

from deepsing_bridge.export.story_folder import clip_paths, song_path
from deepsing_bridge.render.grade import LUMINANCE
from deepsing_bridge.render.seen_cuts import likeness
from deepsing_bridge.story.story_file import json_to_storyboard
from deepsing_bridge.story.storyboard import Storyboard

SIDE = 96  # pixels
UNSEEN, SHARED = 0.6, 0.85  # likeness
EQUAL = 0.05  # of 255: what changes less is the same
QUIET = 0.02  # of the loudest
LAGS = range(-2, 5)  # frames
AROUND_S = 0.06  # a cut or a beat has the strongest onset so near
LOOKED_AT = 0.1, 0.5, 0.9  # shares of a scene, where its picture is looked for in other films
LEFT_OUT_S = 2 / 24, 0.7  # before and after a cut, where change is that of the cut
SECONDS, SURROUNDINGS = (0.495, 0.5), (0.44, 0.485)  # cycles a pixel

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Looked:
    """`pictures` (scenes, looks, SIDE, SIDE) are what each scene is known by."""

    name: str
    figures: dict[str, float]
    pictures: NDArray[np.float32]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("stories", type=Path, nargs="+")
    films = [look(folder) for folder in options.parse_args().stories]
    columns = [*films[0].figures, "scenes in another film"]
    print("| film |", " | ".join(columns), "|\n|---|", "---|" * len(columns), sep="")
    for film in films:
        cells = [f"{value:g}" for value in film.figures.values()]
        print(f"| {film.name} |", " | ".join([*cells, f"{shared(film, films)} of {len(film.pictures)}"]), "|")


def look(folder: Path) -> Looked:
    board = json_to_storyboard((folder / "story.json").read_text(encoding="utf-8"))
    clips = clip_paths(folder, board)
    scenes = [np.stack(list(scene_frames(path, board, index))) for index, path in enumerate(clips)]
    unseen = sum(likeness(one[-1], other[0]) >= UNSEEN for one, other in pairwise(scenes))
    meshes = [period_2(first_picture(path, board, index)) for index, path in enumerate(clips)]
    figures = {"cuts": len(scenes) - 1, "cuts not seen": unseen, **with_music(folder, board, np.concatenate(scenes))}
    known = [[scene[int(share * len(scene))] for share in LOOKED_AT] for scene in scenes]
    return Looked(folder.name, figures | {"period 2": round(float(np.median(meshes)), 2)}, np.array(known, np.float32))


def with_music(folder: Path, board: Storyboard, frames: NDArray[np.float32]) -> dict[str, float]:
    """What `frames` (n, SIDE, SIDE) and the cuts between them have to do with the story's song."""
    rate = float(board.frame_rate)
    change = np.r_[0, np.abs(np.diff(frames, axis=0)).mean((1, 2))]
    times = np.arange(len(frames)) / rate
    cuts = np.array([board.frames_of(index)[0] - board.first_frame for index in range(1, len(board.scenes))]) / rate
    sound, sample_rate = librosa.load(song_path(folder), sr=22_050)
    strength, loudness = librosa.onset.onset_strength(y=sound, sr=sample_rate), librosa.feature.rms(y=sound)[0]
    heard_at = librosa.times_like(strength, sr=sample_rate)
    onset, loud = np.interp(times, heard_at, strength), np.interp(times, heard_at, loudness) > QUIET * loudness.max()
    calm = np.ones(len(times), bool)
    for cut in [0.0, *cuts]:
        calm &= (times < cut - LEFT_OUT_S[0]) | (times >= cut + LEFT_OUT_S[1])
    smooth = np.convolve(change, np.ones(3) / 3, "same")
    r = max(np.corrcoef(np.roll(smooth, -lag)[calm], onset[calm])[0, 1] for lag in LAGS)
    _, beats = librosa.beat.beat_track(y=sound, sr=sample_rate, units="time")

    def median_peak(places: Array) -> float:
        around = places[:, None] + np.arange(-AROUND_S, AROUND_S + 0.01, 0.01)
        return float(np.median(np.interp(around, heard_at, strength).max(axis=1)))

    return {
        "r of change and onsets": round(float(r), 2),
        "equal frames": round(float((change[1:] < EQUAL)[loud[1:]].mean()), 3),
        "median change": round(float(np.median(change[calm])), 2),
        "onsets at cuts over those at beats": round(median_peak(cuts) / median_peak(beats), 2),
    }


def scene_frames(clip: Path, board: Storyboard, index: int) -> Iterator[NDArray[np.float32]]:
    """(SIDE, SIDE) grey, 0..255: each frame of a scene, without its clip's handles."""
    start, end = board.frames_of(index)
    head = board.head_frames(index)
    for number, frame in enumerate(decoded(clip)):
        if head <= number < head + end - start:
            yield frame.reformat(width=SIDE, height=SIDE, format="gray").to_ndarray().astype(np.float32)


def first_picture(clip: Path, board: Storyboard, index: int) -> Array:
    """(H, W) luminance, 0..255."""
    head = board.head_frames(index)
    frame = next(frame for number, frame in enumerate(decoded(clip)) if number == head)
    return np.asarray(frame.to_ndarray(format="rgb24") @ LUMINANCE)


def decoded(clip: Path) -> Iterator[av.VideoFrame]:
    with av.open(str(clip)) as film:
        yield from film.decode(video=0)


def period_2(light: Array) -> float:
    """The energy of (H, W) at a period of two pixels over that at somewhat longer ones, where it is greater."""
    return max(_energy(rows, SECONDS) / _energy(rows, SURROUNDINGS) for rows in (light, light.T))


def _energy(rows: Array, band: tuple[float, float]) -> float:
    power = (np.abs(np.fft.rfft(rows - rows.mean(axis=1, keepdims=True), axis=1)) ** 2).mean(axis=0)
    cycles = np.fft.rfftfreq(rows.shape[1])
    return float(power[(cycles >= band[0]) & (cycles <= band[1])].mean())


def shared(film: Looked, films: list[Looked]) -> int:
    """How many of its scenes show a picture that is in another of `films`."""
    others = [picture for other in films if other is not film for scene in other.pictures for picture in scene]
    return sum(any(likeness(one, other) > SHARED for one in scene for other in others) for scene in film.pictures)


if __name__ == "__main__":
    main()
