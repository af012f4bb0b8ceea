"""Annotated visual stories of real songs (paper section 3.2, Figures 1 and 4)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deepsing_bridge.app.bundle import load_painter
from deepsing_bridge.attributes.image_paper import PaperImageEstimator
from deepsing_bridge.cli.progress import progress
from deepsing_bridge.core.types import Progress, SentimentTrack
from deepsing_bridge.evaluation.closed_loop import middle_pictures
from deepsing_bridge.export.report import choose_key_scenes, draw_report
from deepsing_bridge.generators.load import load_generator
from deepsing_bridge.render.film import Film
from deepsing_bridge.render.fit import to_pixels
from deepsing_bridge.render.painter import Painter
from deepsing_bridge.story.analysis import SongAnalysis
from deepsing_bridge.story.plan import as_track, plan
from deepsing_bridge.story.settings import Settings
from deepsing_bridge.story.storyboard import Storyboard
from deepsing_bridge.training.sampling import Estimate
from deepsing_bridge.translation.diversity import diversify
from deepsing_bridge.translation.protocol import SentimentTranslator
from deepsing_bridge.weights.model_sets import chosen
from experiments.page import picture, save, table, write_csv, write_page
from experiments.setting import Loop, command, compare, hear, options, views_of


@dataclass(frozen=True)
class Told:
    """A story: `pictures` (scenes, H, W, 3) uint8, the finished frame in the middle of each scene, and what they show."""

    board: Storyboard
    pictures: NDArray[np.uint8]
    seen: SentimentTrack

    @property
    def name(self) -> str:
        return self.board.song_path.stem

    @property
    def loop(self) -> Loop:
        scenes = self.board.scenes
        return compare(
            as_track([scene.sentiment for scene in scenes]), self.seen, [np.array([s.class_id for s in scenes])]
        )


def tell(heard: SongAnalysis, painter: Painter, translator: SentimentTranslator, estimate: Estimate) -> Told:
    board = plan(heard, painter.generator, translator, Settings(motion="still"), weights={})
    pictures = middle_pictures(Film(board, painter))
    return Told(board, to_pixels(pictures), estimate(pictures))


def run(heard: list[SongAnalysis], painter: Painter, translator: SentimentTranslator, progress: Progress) -> list[Told]:
    estimate = PaperImageEstimator.load().estimate
    stories = []
    for song in heard:
        stories.append(tell(song, painter, translator, estimate))
        progress(len(stories), len(heard))
    return stories


def write(out: Path, stories: list[Told], classes: tuple[str, ...], command: str) -> None:
    heads = ("song", "start_s", "class", "asked_valence", "asked_arousal", "seen_valence", "seen_arousal", "feeling")
    write_csv(out, "songs", heads, [row for told in stories for row in _rows(told)])
    parts = []
    for told in stories:
        shown = {index: told.pictures[index] for index in choose_key_scenes(told.board)}
        save(draw_report(told.board, shown, classes, told.name), out / f"songs-{told.name}.jpg")
        loop = told.loop
        parts += [
            f"## {told.name}",
            picture(f"songs-{told.name}.jpg", f"The story of {told.name}"),
            f"{len(told.board.scenes)} scenes, {loop.classes:.0f} classes. Asked against seen in the finished pictures: r {loop.valence:.2f} "
            f"for valence, {loop.arousal:.2f} for arousal; distance {loop.error:.2f} σ.",
            table(
                ("at", "picture", "valence asked", "seen", "arousal asked", "seen", "feeling"),
                [_point(told, index) for index in shown],
            ),
        ]
    write_page(out, "songs", "Four songs, annotated", command, parts)


def _rows(told: Told) -> list[tuple[object, ...]]:
    return [
        (told.name, scene.start_s, scene.label, *_felt(told, index), scene.sentiment.feeling)
        for index, scene in enumerate(told.board.scenes)
    ]


def _point(told: Told, index: int) -> tuple[object, ...]:
    scene, (valence, arousal, seen_valence, seen_arousal) = told.board.scenes[index], _felt(told, index)
    at = f"{int(scene.start_s) // 60}:{int(scene.start_s) % 60:02}"
    return at, scene.label, valence, seen_valence, arousal, seen_arousal, scene.sentiment.feeling


def _felt(told: Told, index: int) -> tuple[float, float, float, float]:
    asked, seen = told.board.scenes[index].sentiment, told.seen.at(index)
    return asked.valence, asked.arousal, seen.valence, seen.arousal


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--view", type=int, default=0, help="which trained view of the generator")
    given = parser.parse_args()
    generator = load_generator(given.generator)
    translator = diversify(views_of(given.generator), given.generator, chosen("", given.generator))[given.view]
    with progress() as stages:
        stories = run(hear(given.songs), load_painter(generator), translator, stages("telling stories"))
    write(given.out, stories, generator.classes, command(given))


if __name__ == "__main__":
    main()
