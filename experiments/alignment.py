"""Should a song's sentiment be relative to itself, or to all music? (paper section 3.1: it does both)"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from deepsing_bridge.attributes.image_paper import PaperImageEstimator
from deepsing_bridge.cli.progress import progress
from deepsing_bridge.core.options import Alignment
from deepsing_bridge.core.types import Progress, SentimentTrack
from deepsing_bridge.export.report import AROUSAL, VALENCE
from deepsing_bridge.generators.load import load_generator
from deepsing_bridge.training.sampling import estimate_samples
from experiments.page import blank, picture, save, spread, table, write_csv, write_page
from experiments.setting import Loop, asks, command, compare, hear, options, views_of

ALIGNMENTS: tuple[Alignment, ...] = ("song", "dataset")


@dataclass(frozen=True)
class Cell:
    """One song, one alignment, one view of the generator."""

    song: str
    alignment: Alignment
    view: int
    asked: SentimentTrack
    loop: Loop


def run(songs: Path, name: str, progress: Progress) -> list[Cell]:
    generator, estimate = load_generator(name), PaperImageEstimator.load().estimate
    heard = [(alignment, one) for alignment in ALIGNMENTS for one in hear(songs, alignment)]
    views = views_of(name)
    cells = []
    for alignment, one in heard:
        asked = asks(one)
        for view, translator in enumerate(views):
            answer = translator.translate(asked)
            seen = estimate_samples(generator, estimate, answer.class_ids, torch.from_numpy(answer.latents))
            loop = compare(asked, seen, [answer.class_ids])
            cells.append(Cell(one.path.stem, alignment, view, asked, loop))
            progress(len(cells), len(heard) * len(views))
    return cells


def write(out: Path, cells: list[Cell], command: str) -> None:
    heads = ("song", "alignment", "view", "valence", "arousal", "error", "classes")
    rows = [(c.song, c.alignment, c.view, c.loop.valence, c.loop.arousal, c.loop.error, c.loop.classes) for c in cells]
    write_csv(out, "alignment", heads, rows)
    _plot(out / "alignment.jpg", cells)
    views = len({cell.view for cell in cells})
    told = (
        "song",
        "relative to",
        "asked valence",
        "asked arousal",
        "classes shown",
        "r valence",
        "r arousal",
        "error, σ",
    )
    keys = dict.fromkeys((cell.song, cell.alignment) for cell in cells)
    body = [_summary(song, alignment, cells) for song, alignment in sorted(keys)]
    overall = [_summary("all", alignment, cells) for alignment in ALIGNMENTS]
    write_page(
        out,
        "alignment",
        "Sentiment relative to the song, or to all music",
        command,
        [
            f"Each song with each of {views} shipped views: means ± standard deviations over the views (of asked sentiments: over scenes).",
            picture("alignment.jpg", "What four songs ask for, aligned in both ways"),
            table(told, [*body, *overall]),
        ],
    )


def _summary(song: str, alignment: Alignment, cells: list[Cell]) -> tuple[str, ...]:
    mine = [cell for cell in cells if cell.alignment == alignment and song in (cell.song, "all")]
    asked = [cell.asked for cell in mine if cell.view == 0]
    felt = [spread(np.concatenate([getattr(track, axis) for track in asked])) for axis in ("valence", "arousal")]
    measured = [
        spread(getattr(cell.loop, name) for cell in mine) for name in ("classes", "valence", "arousal", "error")
    ]
    return song, "itself" if alignment == "song" else "all music", *felt, *measured


def _plot(path: Path, cells: list[Cell]) -> None:
    figure, panels = blank(2, 1200, 520)
    songs = sorted({cell.song for cell in cells})
    colours = ("#7d6bf2", AROUSAL, VALENCE, "#ff7f6b", "#8d94a3")
    for axes, alignment in zip(panels, ALIGNMENTS, strict=True):
        for place, song in enumerate(songs):
            asked = next(cell.asked for cell in cells if cell.song == song and cell.alignment == alignment)
            axes.plot(asked.valence, asked.arousal, "o", color=colours[place % len(colours)], label=song, alpha=0.8)
        axes.set_title(f"relative to {'itself' if alignment == 'song' else 'all music'}")
        axes.set_xlabel("valence asked, σ")
        axes.set_ylabel("arousal asked, σ")
        axes.set_xlim(-3.5, 3.5)
        axes.set_ylim(-3.5, 3.5)
    panels[0].legend(frameon=False, labelcolor="linecolor")
    save(figure, path)


def main() -> None:
    given = options(__doc__).parse_args()
    with progress() as stages:
        cells = run(given.songs, given.generator, stages("asking each view"))
    write(given.out, cells, command(given))


if __name__ == "__main__":
    main()
