"""Stories of a folder of footage, measured: feeling asked and seen, repetition, and every shot's ends in an editor's engine.

python -m bench.footage_story FOLDER SONG... --out WORK [--judge blend]

For each song a story is made into WORK (one that is there is taken as it is). Over all scenes of all songs: Pearson's r
of the feeling that was asked for and that which the image model sees in the preview; how many shots come again while
others are unused; and, in a film that melt renders of the exported .mlt, how far the first, second and last frame of
each scene are from the source's picture that belongs there, and from its neighbours.
"""

import argparse
import itertools
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import torch

from deepsing_bridge import api
from deepsing_bridge.attributes import image_models
from deepsing_bridge.core.types import SentimentTrack
from deepsing_bridge.evaluation.closed_loop import interval
from deepsing_bridge.export.editors.export import export
from deepsing_bridge.render.fit import Pixels
from deepsing_bridge.render.footage_frames import footage_frames
from deepsing_bridge.story.settings import FootageSettings, Settings
from deepsing_bridge.story.storyboard import Storyboard
from deepsing_bridge.training.view_candidates import agreement

LOOKS = (0.25, 0.5, 0.75)
SIZE = 640, 360
AROUND = (-2, -1, 0, 1, 2)  # frames of the story: what a frame of the film is compared with


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("songs", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--judge", default=image_models.BLEND, choices=image_models.ESTIMATORS)
    parser.add_argument("--no-melt", action="store_true")
    asked = parser.parse_args()
    boards, seen = [], []
    judge = image_models.load(asked.judge)
    for song in asked.songs:
        began = time.perf_counter()
        board = made(song, asked.folder, asked.out / song.stem)
        print(f"{song.stem}: {len(board.scenes)} scenes, made in {time.perf_counter() - began:.0f} s, {again(board)}")
        boards.append(board)
        seen.append(felt(asked.out / song.stem / "preview.mp4", board, judge))
        if not asked.no_melt:
            print(f"  melt: {compared(asked.out / song.stem, board)}")
    told(boards, seen, asked.judge)


def made(song: Path, folder: Path, out: Path) -> Storyboard:
    settings = Settings(width=SIZE[0], height=SIZE[1], blend=0.0, grade=0.0)
    own = FootageSettings((folder.absolute(),))
    from dataclasses import replace

    return api.make_story(song, out, settings=replace(settings, footage=own)).storyboard


def again(board: Storyboard) -> str:
    """Scenes that show what another one has shown: the same photo, or pictures of the same part of a film."""
    shown: list[tuple[Path, float, float]] = []
    twice = 0
    for scene in board.scenes:
        if scene.subclip is None:
            continue
        media = scene.subclip.media
        first_s = 0.0 if media.is_photo else float(scene.subclip.first / media.rate)
        part = (media.path, first_s, first_s + scene.end_s - scene.start_s)
        twice += any(part[0] == path and part[1] < end and start < part[2] for path, start, end in shown)
        shown.append(part)
    return f"{len({path for path, _, _ in shown})} files, {twice} scenes show again what came before"


def felt(film: Path, board: Storyboard, judge: image_models.ImageEstimator) -> SentimentTrack:
    """The mean over LOOKS of each scene."""
    at = {start + int(share * (end - start)) for start, end in board.scene_frames() for share in LOOKS}
    pictures = torch.from_numpy(np.stack([frame for _, frame in frames_of(film, at)])).permute(0, 3, 1, 2).float() / 255
    parts = [judge.estimate(part) for part in pictures.split(32)]
    valence, arousal = (np.concatenate([getattr(part, axis) for part in parts]) for axis in ("valence", "arousal"))
    return SentimentTrack(valence.reshape(-1, len(LOOKS)).mean(1), arousal.reshape(-1, len(LOOKS)).mean(1), 0.0)


def frames_of(film: Path, wanted: set[int]) -> Iterator[tuple[int, Pixels]]:
    with av.open(film) as opened:
        for number, frame in enumerate(opened.decode(video=0)):
            if number in wanted:
                yield number, frame.to_ndarray(format="rgb24")


def compared(folder: Path, board: Storyboard) -> str:
    """How many of the first, second and last frames are nearer to the picture that belongs there than to another."""
    ((_, project, _),) = export(folder, ["mlt"], folder / "melt", force=True)
    film = folder / "melt" / "film.mkv"
    consumer = [f"avformat:{film}", "vcodec=ffv1", "pix_fmt=yuv422p", "acodec=pcm_s16le", "real_time=-1"]
    subprocess.run(["melt", str(project), "-consumer", *consumer], check=True, capture_output=True)
    places = {
        frame: (scene, frame - start)
        for scene, (start, end) in enumerate(board.scene_frames())
        for frame in (start, start + 1, end - 1)
    }
    right, wrong = 0, []
    for number, picture in frames_of(film, set(places)):
        scene, frame = places[number]
        near = [distance(picture, one) for one in footage_frames(board, scene, [frame + step for step in AROUND])]
        own = near[AROUND.index(0)]
        if own <= min(near) + 0.5:
            right += 1
        else:
            wrong.append((board.scenes[scene].label, frame, [round(one, 1) for one in near]))
    film.unlink()
    return f"{right} of {len(places)} right{''.join(f'; {one}' for one in wrong)}"


def distance(one: Pixels, other: Pixels) -> float:
    return float(np.abs(one.astype(np.float32) - other).mean())


def told(boards: list[Storyboard], seen: list[SentimentTrack], judge: str) -> None:
    scenes = list(itertools.chain.from_iterable(board.scenes for board in boards))
    asked = SentimentTrack(
        np.array([scene.sentiment.valence for scene in scenes], np.float32),
        np.array([scene.sentiment.arousal for scene in scenes], np.float32),
        0.0,
    )
    found = SentimentTrack(
        np.concatenate([one.valence for one in seen]), np.concatenate([one.arousal for one in seen]), 0.0
    )
    r = agreement(asked, found)
    for axis in ("valence", "arousal"):
        low, high = interval(getattr(asked, axis), getattr(found, axis))
        print(f"{axis}: r {getattr(r, axis):.3f} ({low:.2f} to {high:.2f}), seen by {judge}, {len(scenes)} scenes")


if __name__ == "__main__":
    main()
