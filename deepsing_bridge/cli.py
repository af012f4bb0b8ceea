"""The command line. Imports what a command needs only when it runs, so that --help answers at once."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from . import __version__
from .errors import BridgeError
from .units import parse_frame_rate, parse_size

if TYPE_CHECKING:
    from .service import Stages, Story

app = typer.Typer(
    help="Turns a song into a sentiment-aware visual story.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
train = typer.Typer(help="Make a weight file in models/ again, from data.", no_args_is_help=True)
measure = typer.Typer(help="Measure what the model card says.", no_args_is_help=True)
app.add_typer(train, name="train")
app.add_typer(measure, name="measure")

DATA = Path("../shared/data")
Data = Annotated[Path, typer.Option(help="Folder with music/, oasis/, photos/, wct16x/, lexicon/.")]


def main() -> None:
    """Run the command line; a BridgeError becomes one sentence on stderr and exit code 2."""
    try:
        app()
    except BridgeError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(2)


@app.callback(invoke_without_command=True)
def _about(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        typer.echo(f"deepsing-bridge {__version__}")
        raise typer.Exit


@app.command()
def story(
    song: Annotated[Path, typer.Argument(help="Any sound or film file.")],
    out: Annotated[
        Path | None,
        typer.Option(help="A new or empty folder, out/SONG by default; an interrupted story there is taken up again."),
    ] = None,
    fps: Annotated[str, typer.Option(help="Frame rate: 24, 25, 30, 30000/1001, …")] = "24",
    size: Annotated[str, typer.Option(help="Pixels, one number for a square or WIDTHxHEIGHT; even.")] = "512",
    seed: Annotated[int, typer.Option(help="The same seed gives the same story.", min=0)] = 0,
    motion: Annotated[
        Literal["dynamic", "still"],
        typer.Option(help="A picture every 500 ms that moves with the music, or one a scene."),
    ] = "dynamic",
    cut: Annotated[
        Literal["beats", "interval"], typer.Option(help="Cut on the beat nearest to every 5 s, or every 5 s.")
    ] = "beats",
    classes: Annotated[str | None, typer.Option(help='Your own choice of pictures: "lake,fire,…".')] = None,
    translator: Annotated[
        Literal["neural", "dictionary", "random"],
        typer.Option(help="How a sentiment becomes a picture's class."),
    ] = "neural",
    view: Annotated[int, typer.Option(help="Which trained view of the generator: another palette of classes.")] = 0,
    blend: Annotated[float, typer.Option(help="How strongly pictures are stylized.", min=0, max=1)] = 0.1,
    noise: Annotated[float, typer.Option(help="σ of the noise on latents: variety.", min=0, max=1)] = 0.1,
    styles: Annotated[Path | None, typer.Option(help="Folder of your own style images.")] = None,
    style: Annotated[
        str,
        typer.Option(help="nearest (in sentiment), threshold (negative, neutral, positive), or an image's name."),
    ] = "nearest",
    alignment: Annotated[
        Literal["song", "dataset"], typer.Option(help="Sentiment relative to this song, or to all music.")
    ] = "song",
    generator: Annotated[str, typer.Option(help="embedded, biggan-deep-128, -256 or -512.")] = "embedded",
) -> None:
    """Turn SONG into a folder with a timeline, a clip per scene, a preview film and a report."""
    rate, (width, height) = parse_frame_rate(fps), parse_size(size)

    from .pipeline.story import Settings
    from .pipeline.stylize import DEFAULT_STYLES
    from .service import Wish, make_story

    settings = Settings(
        frame_rate=rate,
        width=width,
        height=height,
        cut=cut,
        motion=motion,
        alignment=alignment,
        style=style,
        blend=blend,
        noise=noise,
        seed=seed,
    )
    wish = Wish(
        song, out or Path("out") / song.stem, settings, generator, translator, view, classes, styles or DEFAULT_STYLES
    )
    with _progress() as stages:
        made = make_story(wish, stages)
    _tell(made)


def _tell(story: "Story") -> None:
    """What there is now, and what to open next."""
    scenes = story.storyboard.scenes
    labels = list(dict.fromkeys(scene.label for scene in scenes))
    typer.echo(f"\n{len(scenes)} scenes of {len(labels)} kinds: {', '.join(labels)}")
    for name, what in (
        ("preview.mp4", "watch this first"),
        ("report.png", "why each picture is where it is"),
        ("story.otio", "File ▸ Import ▸ Timeline in DaVinci Resolve"),
        ("story.otioz", "the same with its media inside, to take elsewhere"),
        ("media/", "a clip per scene, and the song"),
    ):
        typer.echo(f"  {story.folder / name}  {what}")


@contextmanager
def _progress() -> Iterator["Stages"]:
    """A progress bar per stage, with its name and the time left, on stderr."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:<24}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:

        def stage(name: str):  # type: ignore[no-untyped-def]  # a Progress
            task = bars.add_task(name, total=None)
            return lambda done, total: bars.update(task, completed=done, total=total)

        yield stage


@train.command("audio")
def train_audio(data: Data = DATA, seed: int = 0) -> None:
    """Features → sentiment, on the labelled music of DATA/music."""
    from .training import audio

    with _progress() as stages:
        _tell_figures(audio.train(data / "music", seed=seed, progress=stages("audio sentiment")))


@train.command("visual")
def train_visual(data: Data = DATA, seed: int = 0) -> None:
    """Pictures → sentiment, on the rated photos of DATA/oasis."""
    from .training import visual

    with _progress() as stages:
        _tell_figures(visual.train(data, seed=seed, progress=stages("visual sentiment")))


@train.command("stylizer")
def train_stylizer(
    data: Data = DATA,
    steps: Annotated[int, typer.Option(help="Steps of training, those before an interruption counted.")] = 300,
    checkpoint: Annotated[Path | None, typer.Option(help="Where to keep and take up an unfinished training.")] = None,
    seed: int = 0,
) -> None:
    """The stylizer's encoder and decoders, distilled from DATA/wct16x."""
    from .training import stylizer

    with _progress() as stages:
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
    from .training import generator

    with _progress() as stages:
        _tell_figures(generator.train(data, minutes, checkpoint, seed=seed, progress=stages("generator")))


@train.command("translator")
def train_translator(
    views: Annotated[int, typer.Option(help="How many views to keep.")] = 6,
    samples: Annotated[int, typer.Option(help="Pictures sampled of each class.")] = 100,
    seed: int = 0,
) -> None:
    """Samples the embedded generator, and fits its translators (Algorithm 1)."""
    from .pipeline.generate import EMBEDDED, load_generator
    from .pipeline.visual import VisualEstimator
    from .training import translator

    estimate = VisualEstimator.load().estimate
    with _progress() as stages:
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
    from .training.dictionary import make_tables
    from .weights import MODELS

    make_tables(data / "lexicon" / "glasgow_norms.csv", MODELS)


@measure.command("generator")
def measure_generator(data: Data = DATA, seed: int = 0) -> None:
    """The probe: how often a linear classifier names the class of generated pictures, against real photos."""
    from .training import generator

    with _progress() as stages:
        _tell_figures(generator.measure(data, seed, stages("generated pictures")))


@measure.command("loop")
def measure_loop(
    songs: Annotated[list[Path], typer.Argument(help="Songs to make stories of.")],
    view: Annotated[int, typer.Option(help="The neural translator's view.")] = 0,
    seed: int = 0,
) -> None:
    """The closed loop: the sentiment asked for against the one that is seen in the finished frames."""
    from . import closed_loop

    with _progress() as stages:
        _tell_figures(closed_loop.measure(songs, view, seed, stages("closed loop")))


@measure.command("sheet")
def measure_sheet(
    out: Annotated[Path, typer.Option(help="The picture to write.")] = Path("docs/classes.jpg"),
    seed: int = 0,
) -> None:
    """A contact sheet: pictures of every class of the embedded generator."""
    from .training import sheet

    sheet.write_contact_sheet(out, seed)


def _tell_figures(figures: dict[str, float]) -> None:
    for name, value in figures.items():
        typer.echo(f"{name}: {value:.4g}" if isinstance(value, float) else f"{name}: {value}")
