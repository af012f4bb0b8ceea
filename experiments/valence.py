"""One class from the most negative to the most positive valence, with and without hyper-stylization (Figure 5).

For every class of the generator: a translator of that class alone is asked for nine valences, arousal at the middle;
the judge says what valence the pictures have, plain and stylized. How much of the asked range is reached?
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from matplotlib.font_manager import findfont
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from deepsing_bridge.cli.progress import progress
from deepsing_bridge.core.types import Progress, SentimentTrack
from deepsing_bridge.export.report.theme import AROUSAL, PAPER, TEXT, VALENCE
from deepsing_bridge.render.fit import to_pixels
from deepsing_bridge.stylization.styles import DEFAULT_STYLES, StyleBook
from deepsing_bridge.stylization.wct import Stylizer
from deepsing_bridge.training.metrics import correlation
from deepsing_bridge.translation.attribute_view import view_of
from deepsing_bridge.translation.class_names import class_ids
from deepsing_bridge.translation.neural import NeuralTranslator
from experiments.page import blank, picture, save, save_picture, table, write_csv, write_page
from experiments.setting import Setting, command, options, prepare

ASKED = np.linspace(-2, 2, 9, dtype=np.float32)
BLENDS = (0.0, 0.1, 0.5)  # none; the paper's; one that shows what style alone can do
SHOWN = {"embedded": "dog,dessert", "worlds": "sunset,flowers"}  # the paper shows dog and beer; nobody here pours any
SIDE, CAPTION, MARGIN = 120, 20, 10  # pixels


@dataclass(frozen=True)
class Strip:
    """A class at one blend. `pictures` (asked, 3, S, S) in 0..1; `seen` (asked,) their valence."""

    label: str
    blend: float
    pictures: torch.Tensor
    seen: NDArray[np.float32]

    @property
    def reached(self) -> float:
        """The share of the asked range that lies between the lowest and the highest valence seen."""
        return float(np.ptp(self.seen) / np.ptp(ASKED))

    @property
    def follows(self) -> float:
        """Pearson's r of asked and seen."""
        return correlation(ASKED, self.seen)

    @property
    def slope(self) -> float:
        """By how much the valence seen rises when the one asked for rises by 1."""
        return float(np.polyfit(ASKED, self.seen, 1)[0])


def strips(setting: Setting, styles: StyleBook, stylizer: Stylizer, class_id: int) -> list[Strip]:
    """One for each of BLENDS."""
    translator = NeuralTranslator.of_view("neural:one", view_of(setting.table, [class_id]), seed=0)
    asked = SentimentTrack(ASKED, np.zeros_like(ASKED), 0)
    latents = torch.from_numpy(translator.translate(asked).latents)
    vectors = torch.zeros(len(ASKED), len(setting.generator.classes))
    vectors[:, class_id] = 1
    plain = setting.generator.generate(vectors, latents)
    found = []
    for blend in BLENDS:
        nearest = [styles.nearest(asked.at(place)).statistics for place in range(len(asked))]
        painted = [stylizer.stylize(one[None], style, blend) for one, style in zip(plain, nearest, strict=True)]
        pictures = torch.cat(painted)
        label = setting.generator.classes[class_id]
        found.append(Strip(label, blend, pictures, setting.estimate(pictures).valence))
    return found


def run(setting: Setting, progress: Progress) -> list[list[Strip]]:
    stylizer = Stylizer.load()
    styles = StyleBook.load(DEFAULT_STYLES, stylizer, setting.estimate)
    found = []
    for class_id in range(len(setting.generator.classes)):
        found.append(strips(setting, styles, stylizer, class_id))
        progress(class_id + 1, len(setting.generator.classes))
    return found


def write(out: Path, setting: Setting, found: list[list[Strip]], shown: list[int], command: str) -> None:
    rows = [(one.label, one.blend, *map(float, one.seen)) for strips in found for one in strips]
    write_csv(out, "valence", ("class", "blend", *(f"asked {value:g}" for value in ASKED)), rows)
    _plot(out / "valence-all.jpg", found)
    save_picture(_sheet([found[class_id] for class_id in shown]), out / "valence.jpg")
    named = ["none" if blend == 0 else f"blend {blend:g}" for blend in BLENDS]
    heads = ("class", *(f"{what}, {name}" for what in ("reached", "r", "slope") for name in named))
    body = [
        (
            strips[0].label,
            *(f"{100 * one.reached:.0f} %" for one in strips),
            *(f"{one.follows:.2f}" for one in strips),
            *(f"{one.slope:.2f}" for one in strips),
        )
        for strips in sorted(found, key=lambda strips: -strips[1].slope)
    ]
    names = ", ".join(found[class_id][0].label for class_id in shown)
    means = [f"{name}: {_mean([strips[place] for strips in found])}" for place, name in enumerate(named)]
    write_page(
        out,
        "valence",
        "One class, from negative to positive",
        command,
        [
            f"Asked for valence {ASKED[0]:g} to {ASKED[-1]:g} σ at arousal 0, {setting.generator.name} generator; under each "
            "picture stand the valence asked for and the one that the judge sees. Each picture is stylized by the style "
            "image nearest to what was asked.",
            picture("valence.jpg", f"{names}: plain, and stylized at two blends"),
            "Mean over all classes. Stylization " + "; ".join(means) + ".",
            picture("valence-all.jpg", "Slope of seen against asked valence for every class"),
            table(heads, body),
        ],
    )


def _mean(strips: list[Strip]) -> str:
    reached, slope, follows = (
        np.mean([getattr(one, name) for one in strips]) for name in ("reached", "slope", "follows")
    )
    return f"{100 * reached:.0f} % of the asked range, slope {slope:.2f}, r {follows:.2f}"


def _sheet(chosen: list[list[Strip]]) -> Image.Image:
    rows = [strip for strips in chosen for strip in strips]
    width, height = 2 * MARGIN + len(ASKED) * (SIDE + 4), SIDE + 2 * CAPTION + 4
    sheet = Image.new("RGB", (width, MARGIN + len(rows) * height), PAPER)
    pen = ImageDraw.Draw(sheet)
    for row, strip in enumerate(rows):
        top = MARGIN + row * height
        how = "not stylized" if strip.blend == 0 else f"stylized, blend {strip.blend:g}"
        pen.text((MARGIN, top), f"{strip.label}, {how}", TEXT, _font(13))
        for place, (pixels, seen) in enumerate(zip(to_pixels(strip.pictures), strip.seen, strict=True)):
            left = MARGIN + place * (SIDE + 4)
            sheet.paste(Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.LANCZOS), (left, top + CAPTION))
            text = f"{ASKED[place]:+.1f} → {seen:+.2f}"
            pen.text((left, top + CAPTION + SIDE + 2), text, VALENCE, _font(12))
    return sheet


def _font(size: int) -> ImageFont.FreeTypeFont:
    """The one that matplotlib brings: it has arrows."""
    return ImageFont.truetype(findfont("DejaVu Sans"), size)


def _plot(path: Path, found: list[list[Strip]]) -> None:
    figure, (axes,) = blank(1, 1200, 420)
    ordered = sorted(found, key=lambda strips: -strips[1].slope)
    for place, (blend, colour) in enumerate(zip(BLENDS, ("#8d94a3", VALENCE, AROUSAL), strict=True)):
        name = "not stylized" if blend == 0 else f"blend {blend:g}"
        axes.plot([strips[place].slope for strips in ordered], "o", color=colour, label=name)
    axes.axhline(0, color=TEXT, linewidth=0.6)
    axes.set_xticks(range(len(ordered)), [strips[0].label for strips in ordered], rotation=60, ha="right")
    axes.set_ylabel("valence seen per valence asked")
    axes.legend(frameon=False, labelcolor="linecolor")
    save(figure, path)


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--shown", help="the classes whose pictures are shown, by name; two if not given")
    given = parser.parse_args()
    setting = prepare(given.generator, given.songs)
    generator = setting.generator
    shown = class_ids(given.shown or SHOWN.get(generator.name, ",".join(generator.classes[:2])), generator)
    with progress() as stages:
        found = run(setting, stages("asking every class"))
    write(given.out, setting, found, shown, command(given))


if __name__ == "__main__":
    main()
