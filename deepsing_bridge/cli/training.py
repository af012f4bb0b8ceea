"""Commands that make the weights again, but for those of translators."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from ..core.errors import BridgeError, first_few
from ..core.invocation import command
from ..training.recipes import AUDIO, GENERATOR_MINUTES, RUNS, STYLIZER_STEPS, VISUAL, Recipe, parse_stages
from .progress import progress

train = typer.Typer(help="Make a weight file again, or one of your own, from data.", no_args_is_help=True)

DATA = Path("../shared/data")
Data = Annotated[Path, typer.Option(help="Folder with music/, oasis/, photos/, wct16x/, lexicon/.")]

Foldings = Annotated[int, typer.Option(help="How often the data are dealt anew into folds.", min=1)]
Seed = Annotated[int, typer.Option(help="The same seed, on the same machine, gives the same bytes.", min=0)]
Keep = Annotated[
    Path, typer.Option(help="Where what is slow to compute waits, so that a run that was cut off goes on.")
]
Batch = Annotated[int, typer.Option(help="Examples at once.", min=2)]
Patience = Annotated[int, typer.Option(help="Epochs without gain after which a stage ends early.", min=1)]
StagesOf = Annotated[str, typer.Option("--stages", help="Epochs@learning rate of Adam; the paper's.")]
Cache = Annotated[Path | None, typer.Option(help="A folder where what is slow to compute is kept for the next time.")]


@train.command("audio")
def train_audio(
    data: Data = DATA,
    deam: Annotated[
        Path | None, typer.Option(help="Train on DEAM, unpacked as it is published, as the paper does; not on DATA.")
    ] = None,
    name: Annotated[str, typer.Option(help="With --deam: the model set that it is put into.")] = "deam",
    stages_of: StagesOf = AUDIO.stages_text,
    batch: Batch = AUDIO.batch,
    patience: Patience = AUDIO.patience,
    keep: Keep = RUNS,
    seed: Seed = 0,
) -> None:
    """Features → sentiment, on the labelled music of DATA/music, or on DEAM.

    The recipe and --keep are for DEAM.
    """
    from ..training import audio, deam_audio
    from ..training.deam import read_deam

    recipe = _recipe(AUDIO, stages_of, batch, patience)
    if deam is None:
        _refuse_alone("--deam", recipe != AUDIO or name != "deam" or keep != RUNS)
    with progress() as stages:
        if deam is None:
            tell_figures(audio.train(data / "music", seed=seed, progress=stages("audio sentiment")))
            return
        found = read_deam(deam, stages("checking DEAM"))
        figures = deam_audio.train(found, name, recipe, seed, keep, stages)
    tell_figures(figures)
    _tell_unrated(found.unrated)
    tell_set(name, command(f"story SONG --models {name}"))


@train.command("audio-context")
def train_audio_context(data: Data = DATA, foldings: Foldings = 5, cache: Cache = None, seed: int = 0) -> None:
    """Ten seconds of music → sentiment, on the labelled music of DATA/music."""
    from ..training import audio_context

    with progress() as stages:
        told = stages("audio context")
        tell_figures(audio_context.train(data / "music", seed=seed, foldings=foldings, cache=cache, progress=told))


@train.command("visual")
def train_visual(
    data: Data = DATA,
    oasis: Annotated[
        Path | None, typer.Option(help="Train on OASIS, unpacked as it is published, as the paper does; not on DATA.")
    ] = None,
    backbone: Annotated[
        Literal["mobilenet-v2", "efficientnet-lite0"],
        typer.Option(help="With --oasis: the paper's, all of which learns, or a lighter one whose last stages learn."),
    ] = "mobilenet-v2",
    name: Annotated[str, typer.Option(help="With --oasis: the model set that it is put into.")] = "oasis",
    stages_of: StagesOf = VISUAL.stages_text,
    batch: Batch = VISUAL.batch,
    patience: Patience = VISUAL.patience,
    keep: Keep = RUNS,
    seed: Seed = 0,
) -> None:
    """Pictures → sentiment, on the rated photos of DATA/oasis, or on OASIS as published.

    The recipe and --keep are for --oasis.
    """
    from ..training import oasis_visual, visual
    from ..training.oasis import read_oasis

    recipe = _recipe(VISUAL, stages_of, batch, patience)
    if oasis is None:
        _refuse_alone("--oasis", recipe != VISUAL or (name, backbone, keep) != ("oasis", "mobilenet-v2", RUNS))
    with progress() as stages:
        if oasis is None:
            tell_figures(visual.train(data, seed=seed, progress=stages("visual sentiment")))
            return
        found = read_oasis(oasis, stages("checking OASIS"))
        figures = oasis_visual.train(found, backbone, name, recipe, seed, keep, stages)
    tell_figures(figures)
    _tell_unrated(found.unrated)
    tell_set(name, command(f"story SONG --models {name}"))


@train.command("visual-blend")
def train_visual_blend(data: Data = DATA, seed: int = 0) -> None:
    """Pictures → sentiment by two judges, on the rated photos of DATA/oasis."""
    from ..training import visual_blend

    with progress() as stages:
        tell_figures(visual_blend.train(data, seed=seed, progress=stages("visual blend")))


@train.command("stylizer")
def train_stylizer(
    data: Data = DATA,
    name: Annotated[str, typer.Option(help="The model set that it is put into; if none, what ships is replaced.")] = "",
    steps: Annotated[
        int, typer.Option(help="Steps at most, those before an interruption counted.", min=1)
    ] = STYLIZER_STEPS,
    keep: Keep = RUNS,
    seed: Seed = 0,
) -> None:
    """The stylizer's encoder and decoders, distilled from DATA/wct16x on DATA/photos and DATA/oasis."""
    from ..training import stylizer
    from ..training.card import joining_or_shipped
    from ..training.checkpointing import checkpoint_path
    from ..weights import model_sets

    if name:
        model_sets.folder_of(name)  # complains at once
    with progress() as stages:
        listing = stylizer.refuse_incomplete(data, stages("checking photos"))
        checkpoint = checkpoint_path(keep, "stylizer", {"data": listing, "steps": steps, "seed": seed})
        learned = stylizer.learn(data, steps, seed, stages("stylizer"), checkpoint)
    with joining_or_shipped(name) as folder:
        tell_figures(stylizer.save(*learned, data=data, steps=steps, seed=seed, models=folder))
    tell_set(name, command(f"story SONG --models {name}"))


@train.command("generator")
def train_generator(
    folder: Annotated[
        Path | None,
        typer.Argument(help="Your own pictures, a folder for each class; if none, the photos of DATA/photos."),
    ] = None,
    data: Data = DATA,
    name: Annotated[
        str | None, typer.Option(help="With FOLDER: what the generator is called; FOLDER's name, if not given.")
    ] = None,
    minutes: Annotated[
        float, typer.Option(help="Minutes of training at most, those before an interruption counted.", min=0.01)
    ] = GENERATOR_MINUTES,
    steps: Annotated[
        int | None, typer.Option(help="Steps at most instead of minutes, for the same bytes again.", min=1)
    ] = None,
    keep: Keep = RUNS,
    checkpoint: Annotated[
        Path, typer.Option(help="Without FOLDER: where to keep and take up an unfinished training.")
    ] = Path("runs/generator.pt"),
    seed: Seed = 0,
) -> None:
    """A generator of classes of pictures: of your own in FOLDER, or the embedded one again."""
    from ..training import folder_generator, generator
    from ..training.class_folders import list_classes
    from ..training.glo import Minutes, Steps

    with progress() as stages:
        budget = Minutes(minutes) if steps is None else Steps(steps)
        if folder is None:
            tell_figures(generator.train(data, budget, checkpoint, seed=seed, progress=stages("generator")))
            return
        called = name or folder.resolve().name.lower()
        folder_generator.refuse_taken(called)
        listing = list_classes(folder, stages("checking pictures"))
        figures = folder_generator.train(listing, called, budget, seed, data, keep, stages)
    tell_figures(figures)
    tell_set(called, f"{command(f'train translator --generator {called}')}, then story SONG --generator {called}")


@train.command("forget")
def train_forget(
    photos: Annotated[list[str], typer.Argument(help="Named as in the folder that it was made from: lake/3.jpg.")],
    generator: Annotated[str, typer.Option(help="embedded, or your own.")] = "embedded",
) -> None:
    """Takes pictures out of a generator's memory, without training it anew."""
    from ..training.forgetting import forget

    left = forget(generator, photos)
    typer.echo(f"{generator} remembers {left} pictures now")
    typer.echo(f"{command(f'train translator --generator {generator}')} makes its translators fit again")


def _recipe(default: Recipe, stages: str, batch: int, patience: int) -> Recipe:
    return replace(default, stages=parse_stages(stages), batch=batch, patience=patience)


def _refuse_alone(option: str, given: bool) -> None:
    """Raises BridgeError for options that would be passed over in silence."""
    if given:
        raise BridgeError(
            f"recipe, name, backbone and --keep are for {option} FOLDER; without it the shipped weights are made"
        )


def _tell_unrated(names: tuple[str, ...]) -> None:
    if names:
        typer.echo(f"left out, as nobody rated them: {first_few(names)}")


def tell_set(name: str, use: str) -> None:
    from ..weights.model_sets import CARD, folder_of

    if name:
        typer.echo(f"{name} is in {folder_of(name)}, with a model card, {CARD}\n  {use}")


def tell_figures(figures: dict[str, float]) -> None:
    for name, value in figures.items():
        typer.echo(f"{name}: {value:.4g}" if isinstance(value, float) else f"{name}: {value}")
