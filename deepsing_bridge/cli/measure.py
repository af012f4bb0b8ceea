"""Commands that measure what the model card says."""

from pathlib import Path
from typing import Annotated

import typer

from .progress import progress
from .training import DATA, Cache, Data, Foldings, tell_figures

measure = typer.Typer(help="Measure what the model card says.", no_args_is_help=True)


@measure.command("generator")
def measure_generator(data: Data = DATA, seed: int = 0) -> None:
    """The probe: how often a linear classifier names the class of generated pictures, against real photos."""
    from ..training import photo_probe

    with progress() as stages:
        tell_figures(photo_probe.measure(data, seed, stages("generated pictures")))


@measure.command("audio-context")
def measure_audio_context(data: Data = DATA, foldings: Foldings = 5, cache: Cache = None, seed: int = 0) -> None:
    """The audio estimator that hears context, on clips by artists that it was not fitted to."""
    from ..training import audio_context

    with progress() as stages:
        told = stages("audio context")
        tell_figures(audio_context.measure(data / "music", seed, foldings, cache, told))


@measure.command("visual-blend")
def measure_visual_blend(data: Data = DATA, seed: int = 0) -> None:
    """The two judges of pictures, and their mean, on photos that they were not fitted to."""
    from ..training import visual_blend

    with progress() as stages:
        tell_figures(visual_blend.measure(data, seed, stages("visual blend")))


@measure.command("loop")
def measure_loop(
    songs: Annotated[list[Path], typer.Argument(help="Songs to make stories of.")],
    generator: Annotated[str, typer.Option(help="Whose pictures: embedded, worlds, or your own.")] = "embedded",
    view: Annotated[
        int | None, typer.Option(help="The neural translator's view; each song's own if not given.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Each song's own if not given.")] = None,
) -> None:
    """The closed loop: the sentiment asked for against the one that both image models see in the finished films."""
    from ..evaluation import closed_loop

    with progress() as stages:
        tell_figures(closed_loop.measure(songs, generator, view, seed, stages("closed loop")))


@measure.command("sheet")
def measure_sheet(
    out: Annotated[Path, typer.Option(help="The picture to write.")] = Path("classes.jpg"),
    generator: Annotated[str, typer.Option(help="Whose classes.")] = "embedded",
) -> None:
    """A contact sheet: every class of a generator, from the sample that feels worst to the one that feels best."""
    from ..evaluation import contact_sheet

    with progress() as stages:
        painted = stages("contact sheet")
        contact_sheet.write_contact_sheet(out, generator)
        painted(1, 1)
