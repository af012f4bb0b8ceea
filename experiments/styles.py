"""Which style image for which scene, and what it does to what is felt (paper section 2.3, hyper-stylization).

The default stories of some songs are painted without a style, with the nearest one and with the threshold's, at two
blends. Does a scene's style agree with its feeling, and do finished films come nearer to what was asked? By both
judges: the one that taught the translators and places the styles, and one that had no part in it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from deepsing_bridge.app.bundle import load_painter, load_translators
from deepsing_bridge.app.config import ModelChoice
from deepsing_bridge.attributes import image_models
from deepsing_bridge.cli.progress import progress
from deepsing_bridge.core.options import NEAREST, THRESHOLD
from deepsing_bridge.core.types import FEELINGS, Progress, Sentiment
from deepsing_bridge.evaluation.closed_loop import (
    Seen,
    default_boards,
    every_judge,
    judged,
    look_at,
)
from deepsing_bridge.export.report.theme import AROUSAL, PAPER, TEXT, VALENCE
from deepsing_bridge.generators.load import load_generator
from deepsing_bridge.render.film import Film
from deepsing_bridge.render.painter import Painter
from deepsing_bridge.story.plan import as_track, with_styles
from deepsing_bridge.story.settings import Settings
from deepsing_bridge.story.storyboard import Scene, Storyboard
from deepsing_bridge.stylization.styles import DEFAULT_STYLES, StyleBook
from deepsing_bridge.stylization.wct import Stylizer
from deepsing_bridge.training.sampling import joined
from deepsing_bridge.weights.model_sets import SHIPPED
from experiments.page import blank, picture, save, save_picture, table, write_csv, write_page
from experiments.setting import command, hear, options

RULES = (NEAREST, THRESHOLD)
BLENDS = (0.1, 0.5)  # the paper's; one that shows what style alone can do
SIDE = 160  # pixels of a frame
SHOWN, CAPTION = 150, 18  # pixels
AXES = ("valence", "arousal")
COLOURS = ("#ff7f6b", "#7d6bf2", "#8d94a3", AROUSAL, VALENCE)


@dataclass(frozen=True)
class Way:
    """How films are stylized. `blend` 0: not at all."""

    rule: str
    blend: float

    @property
    def name(self) -> str:
        return f"{self.rule}, {self.blend:g}" if self.blend else "none"


WAYS = (Way(NEAREST, 0.0), *(Way(rule, blend) for blend in BLENDS for rule in RULES))


@dataclass(frozen=True)
class Told:
    """The films of one way: `boards`, and what each judge saw in each."""

    way: Way
    boards: tuple[Storyboard, ...]
    seen: Mapping[str, tuple[Seen, ...]]


def run(boards: list[Storyboard], painter: Painter, progress: Progress) -> list[Told]:
    judges, told = every_judge(), []
    for way in WAYS:
        changed = {"style": way.rule, "blend": way.blend}
        painted = [replace(board, settings=replace(board.settings, **changed)) for board in boards]  # type: ignore[arg-type]
        named = tuple(with_styles(board, painter.styles.rule(way.rule)) for board in painted)
        films = [look_at(Film(board, painter), judges) for board in named]
        told.append(Told(way, named, {judge: tuple(film[judge] for film in films) for judge in judges}))
        progress(len(told), len(WAYS))
    return told


def agrees(scene: Scene, places: Mapping[str, Sentiment]) -> bool:
    """Whether the scene's style feels as the scene does: both neutral, or both in one quadrant. `places`: the styles
    in a judge's eyes; the neutral one is the one of that name."""
    if scene.sentiment.feeling == "neutral" or scene.style == "neutral":
        return scene.sentiment.feeling == scene.style
    style = places[scene.style]
    return (style.valence > 0, style.arousal > 0) == (scene.sentiment.valence > 0, scene.sentiment.arousal > 0)


def placed(judge: str) -> dict[str, Sentiment]:
    """What that judge sees in the shipped styles."""
    styles = StyleBook.load(DEFAULT_STYLES, Stylizer.load(), image_models.load(judge).estimate).styles
    return {style.name: style.sentiment for style in styles}


def pushed(told: Told, plain: Told, judge: str, axis: str) -> float:
    """By how many σ the style moves what is seen towards what was asked: up where that is above 0, else down; the mean
    over all scenes."""
    asked = getattr(as_track([scene.sentiment for board in told.boards for scene in board.scenes]), axis)
    styled, bare = (getattr(joined([one.mean for one in each.seen[judge]]), axis) for each in (told, plain))
    return float((np.sign(asked) * (styled - bare)).mean())


def write(out: Path, told: list[Told], places: Mapping[str, Mapping[str, Sentiment]], name: str, command: str) -> None:
    write_csv(out, "styles", ("way", "song", "start_s", "feeling", "style", *_heads(told[0])), _rows(told))
    _plot(out / "styles.jpg", told, places)
    write_page(
        out,
        "styles",
        "Styles: nearest, by threshold, or none",
        command,
        [
            f"{sum(len(board.scenes) for board in told[0].boards)} scenes of {len(told[0].boards)} songs, {name} generator, default settings, frames of {SIDE} pixels. "
            "The shipped styles, as each judge sees them:",
            table(
                ("style", *(f"{axis}, {judge}" for judge in places for axis in AXES)),
                [
                    (style, *(getattr(places[judge][style], axis) for judge in places for axis in AXES))
                    for style in sorted(places[image_models.PAPER])
                ],
            ),
            "How many scenes get which, and in how many the style agrees with the scene's feeling, neutral with neutral, else in "
            "the sign of both axes:",
            table(
                ("rule", "styles", *(f"agree, {judge}" for judge in places)),
                [_chosen(one, places) for one in told[1:3]],
            ),
            picture("styles.jpg", "Where styles and scenes lie, and the closed loop with each way"),
            "Films, seen over whole scenes: r of asked and seen with its 95 % interval, and by how many σ the style moves a scene towards what "
            "was asked, against no style.",
            table(
                ("judge", "style, blend", "r valence", "r arousal", "moves valence", "moves arousal"),
                [_loop(one, told[0], judge) for judge in places for one in told],
            ),
            picture("styles-pictures.jpg", "The first scene of each feeling: without a style, and with each way"),
        ],
    )


def _chosen(told: Told, places: Mapping[str, Mapping[str, Sentiment]]) -> tuple[str, ...]:
    scenes = [scene for board in told.boards for scene in board.scenes]
    counted = ", ".join(f"{style} {count}" for style, count in sorted(Counter(s.style for s in scenes).items()))
    shares = (np.mean([agrees(scene, each) for scene in scenes]) for each in places.values())
    return told.way.rule, counted, *(f"{share:.0%}" for share in shares)


def _loop(told: Told, plain: Told, judge: str) -> tuple[str, ...]:
    figures = judged(told.boards, told.seen[judge])
    rs = (
        f"{figures[f'mean.{a}']:.2f} ({figures[f'mean.{a}.low']:.2f} to {figures[f'mean.{a}.high']:.2f})" for a in AXES
    )
    return judge, told.way.name, *rs, *(f"{pushed(told, plain, judge, axis):+.3f}" for axis in AXES)


def _heads(told: Told) -> list[str]:
    return [*(f"asked_{axis}" for axis in AXES), *(f"{judge}_{axis}" for judge in told.seen for axis in AXES)]


def _rows(told: list[Told]) -> list[tuple[object, ...]]:
    return [
        (
            *(one.way.name, board.song_path.stem, scene.start_s, scene.sentiment.feeling, scene.style),
            *(scene.sentiment.valence, scene.sentiment.arousal),
            *(float(getattr(films[song].mean, axis)[at]) for films in one.seen.values() for axis in AXES),
        )
        for one in told
        for song, board in enumerate(one.boards)
        for at, scene in enumerate(board.scenes)
    ]


def _plot(path: Path, told: list[Told], places: Mapping[str, Mapping[str, Sentiment]]) -> None:
    figure, (plane, loops) = blank(2, 1200, 520)
    scenes = [scene for board in told[1].boards for scene in board.scenes]
    for (style, place), colour in zip(sorted(places[image_models.PAPER].items()), COLOURS, strict=False):
        mine = [scene.sentiment for scene in scenes if scene.style == style]
        plane.plot([s.valence for s in mine], [s.arousal for s in mine], "o", color=colour, alpha=0.7, label=style)
        plane.plot(place.valence, place.arousal, "*", color=colour, markersize=18)
        other = places[image_models.BLEND][style]
        plane.plot(other.valence, other.arousal, "P", color=colour, markersize=10)
    plane.set(xlabel="valence, σ", ylabel="arousal, σ", title="scenes by their nearest style (star; cross by blend)")
    plane.legend(frameon=False, labelcolor="linecolor")
    for number, (judge, axis) in enumerate((judge, axis) for judge in places for axis in AXES):
        for at, one in enumerate(told):
            figures = judged(one.boards, one.seen[judge])
            x = at + 0.12 * (number - 1.5)
            loops.plot([x, x], [figures[f"mean.{axis}.{end}"] for end in ("low", "high")], color=COLOURS[number])
            label = f"{axis}, {judge}" if at == 0 else None
            loops.plot(x, figures[f"mean.{axis}"], "o", color=COLOURS[number], label=label)
    loops.set_xticks(range(len(told)), [one.way.name for one in told])
    loops.set(xlabel="style, blend", ylabel="r of asked and seen")
    loops.legend(frameon=False, labelcolor="linecolor")
    save(figure, path)


def sheet(told: list[Told], painter: Painter) -> Image.Image:
    """The middle of the first scene of each feeling, without a style and with each way."""
    scenes = [(song, at, s) for song, board in enumerate(told[0].boards) for at, s in enumerate(board.scenes)]
    firsts = [next(((song, at, f) for song, at, s in scenes if s.sentiment.feeling == f), None) for f in FEELINGS]
    found = [first for first in firsts if first is not None]
    paper = Image.new("RGB", (len(told) * (SHOWN + 6), len(found) * (SHOWN + CAPTION + 6)), PAPER)
    pen = ImageDraw.Draw(paper)
    for column, one in enumerate(told):
        for row, (song, at, feeling) in enumerate(found):
            board = one.boards[song]
            pixels = Film(board, painter).picture(at, (board.scenes[at].start_s + board.scenes[at].end_s) / 2)
            left, top = column * (SHOWN + 6), row * (SHOWN + CAPTION + 6)
            paper.paste(Image.fromarray(pixels).resize((SHOWN, SHOWN), Image.Resampling.LANCZOS), (left, top + CAPTION))
            how = f"{board.scenes[at].style} {one.way.blend:g}" if one.way.blend else "none"
            pen.text((left + 2, top + 2), f"{feeling}: {how}", TEXT)
    return paper


def main() -> None:
    given = options(__doc__).parse_args()
    generator = load_generator(given.generator)
    painter = load_painter(generator)
    settings = Settings(width=SIDE, height=SIDE)
    translators = load_translators(ModelChoice(generator=given.generator), generator, SHIPPED, seed=0)
    boards = default_boards(hear(given.songs), painter, translators, settings)
    places = {judge: placed(judge) for judge in image_models.ESTIMATORS}
    with progress() as stages:
        told = run(boards, painter, stages("painting films"))
    write(given.out, told, places, generator.name, command(given))
    save_picture(sheet(told, painter), given.out / "styles-pictures.jpg")


if __name__ == "__main__":
    main()
