"""Commands that make the weights again, and measure them."""

from pathlib import Path
from typing import Annotated

import typer

from .progress import progress

train = typer.Typer(help="Make a weight file in models/ again, from data.", no_args_is_help=True)
measure = typer.Typer(help="Measure what the model card says.", no_args_is_help=True)

DATA = Path("../shared/data")
Data = Annotated[Path, typer.Option(help="Folder with music/, oasis/, photos/, wct16x/, lexicon/.")]


@train.command("audio")
def train_audio(data: Data = DATA, seed: int = 0) -> None:
    """Features → sentiment, on the labelled music of DATA/music."""
    from ..training import audio

    with progress() as stages:
        _tell_figures(audio.train(data / "music", seed=seed, progress=stages("audio sentiment")))


@train.command("visual")
def train_visual(data: Data = DATA, seed: int = 0) -> None:
    """Pictures → sentiment, on the rated photos of DATA/oasis."""
    from ..training import visual

    with progress() as stages:
        _tell_figures(visual.train(data, seed=seed, progress=stages("visual sentiment")))


@train.command("stylizer")
def train_stylizer(
    data: Data = DATA,
    steps: Annotated[int, typer.Option(help="Steps of training, those before an interruption counted.")] = 300,
    checkpoint: Annotated[Path | None, typer.Option(help="Where to keep and take up an unfinished training.")] = None,
    seed: int = 0,
) -> None:
    """The stylizer's encoder and decoders, distilled from DATA/wct16x."""
    from ..training import stylizer

    with progress() as stages:
        figures = stylizer.train(data, steps=steps, seed=seed, progress=stages("stylizer"), checkpoint=checkpoint)
    _tell_figures(figures)


@train.command("generator")
def train_generator(
    data: Data = DATA,
    minutes: Annotated[float, typer.Option(help="Minutes of training, those before an interruption counted.")] = 60,
    checkpoint: Annotated[Path, typer.Option(help="Where to keep and take up an unfinished training.")] = Path(
        "runs/generator.pt"
    ),
    seed: int = 0,
) -> None:
    """The embedded generator, on the photos of DATA/photos."""
    from ..training import generator

    with progress() as stages:
        _tell_figures(generator.train(data, minutes, checkpoint, seed=seed, progress=stages("generator")))


@train.command("translator")
def train_translator(
    views: Annotated[int, typer.Option(help="How many views to keep.")] = 6,
    samples: Annotated[int, typer.Option(help="Pictures sampled of each class.")] = 100,
    seed: int = 0,
) -> None:
    """Samples the embedded generator, and fits its translators (Algorithm 1)."""
    from ..pipeline.generate import EMBEDDED, load_generator
    from ..pipeline.visual import VisualEstimator
    from ..training import translator

    estimate = VisualEstimator.load().estimate
    with progress() as stages:
        figures = translator.train(
            load_generator(EMBEDDED),
            estimate,
            views=views,
            samples_per_class=samples,
            seed=seed,
            progress=stages("translator"),
        )
    _tell_figures(figures)


@train.command("dictionary")
def train_dictionary(data: Data = DATA) -> None:
    """The tables of class sentiments, from the norms in DATA/lexicon."""
    from ..training.dictionary import make_tables
    from ..weights import MODELS

    make_tables(data / "lexicon" / "glasgow_norms.csv", MODELS)


@measure.command("generator")
def measure_generator(data: Data = DATA, seed: int = 0) -> None:
    """The probe: how often a linear classifier names the class of generated pictures, against real photos."""
    from ..training import generator

    with progress() as stages:
        _tell_figures(generator.measure(data, seed, stages("generated pictures")))


@measure.command("loop")
def measure_loop(
    songs: Annotated[list[Path], typer.Argument(help="Songs to make stories of.")],
    view: Annotated[int, typer.Option(help="The neural translator's view.")] = 0,
    seed: int = 0,
) -> None:
    """The closed loop: the sentiment asked for against the one that is seen in the finished frames."""
    from .. import closed_loop

    with progress() as stages:
        _tell_figures(closed_loop.measure(songs, view, seed, stages("closed loop")))


@measure.command("sheet")
def measure_sheet(
    out: Annotated[Path, typer.Option(help="The picture to write.")] = Path("docs/classes.jpg"),
    seed: int = 0,
) -> None:
    """A contact sheet: pictures of every class of the embedded generator."""
    from ..training import sheet

    sheet.write_contact_sheet(out, seed)


def _tell_figures(figures: dict[str, float]) -> None:
    for name, value in figures.items():
        typer.echo(f"{name}: {value:.4g}" if isinstance(value, float) else f"{name}: {value}")
