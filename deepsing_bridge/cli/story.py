"""Commands that make stories on disk."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from ..app.config import StoryRequest, TranslatorKind
from ..core import options
from ..core.collecting import uncollected
from ..core.errors import BridgeError
from ..core.options import Paths
from ..core.units import parse_clock, parse_frame_rate, parse_size
from ..story.settings import FootageSettings, Settings
from .options import FootageOptions, ModelOptions, PictureOptions, SongOptions, grouped, option
from .progress import progress
from .summary import remember, tell

UNPAINTED_SET = "embedded"  # whose model sets are asked where no generator is wanted


@grouped
def story(
    given: typer.Context,
    song: Annotated[Path, typer.Argument(help="Any sound or film file.", resolve_path=True)],
    pictures: PictureOptions,
    heard: SongOptions,
    models: ModelOptions,
    own: FootageOptions,
    out: Annotated[
        Path | None,
        typer.Option(
            help="A new or empty folder, out/SONG by default, or out/SONG-part for a trial; an interrupted story there "
            "is taken up again."
        ),
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", help="A trial: only the scenes from this moment of the song on, as 0:30.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="A trial: only the scenes up to this moment.")] = None,
    fps: Annotated[str, typer.Option(help="Frame rate: 24, 25, 30, 30000/1001, …")] = f"{options.FPS.default:g}",
    size: Annotated[
        str | None,
        typer.Option(
            help="Pixels, one number for a square or WIDTHxHEIGHT; even. What the machine can draw if not given."
        ),
    ] = None,
    shape: Annotated[
        Literal["16:9", "9:16", "1:1"] | None,
        typer.Option(help="Instead of a size; 16:9 if not given, or 1:1 where pictures are squares."),
    ] = None,
    dissolve: Annotated[int, option(options.DISSOLVE)] = options.DISSOLVE.default,
    start_timecode: Annotated[str, option(options.START_TIMECODE)] = options.START_TIMECODE.default,
    paths: Annotated[Paths, option(options.PATHS)] = options.PATHS.default,
    motion: Annotated[Literal["dynamic", "still"], option(options.MOTION)] = "dynamic",
    classes: Annotated[str | None, typer.Option(help='Your own choice of pictures: "lake,fire,…".')] = None,
    translator: Annotated[TranslatorKind, typer.Option(help="How a sentiment becomes a picture's class.")] = "neural",
    temperature: Annotated[float, option(options.TEMPERATURE)] = options.TEMPERATURE.default,
    jobs: Annotated[
        int, typer.Option(help="Processes that paint scenes, each with its own models in memory.", min=1, max=64)
    ] = 1,
    ray: Annotated[
        str | None, typer.Option(help="Paint over a Ray cluster: its address, or local for this machine's cores.")
    ] = None,
) -> None:
    """Turn SONG into a folder with a timeline, a clip per scene, a preview film and a report."""
    rate, pixels = parse_frame_rate(fps), parse_size(size) if size else None
    if pixels and shape:
        raise BridgeError(f"--size {size} has a shape, and so is --shape {shape} one; give one of them")
    footage = own.settings()
    chosen = replace(models, generator=_generator(models, own)).choice(translator, classes)

    with uncollected():
        from ..app.sizes import default_size, footage_size
        from ..app.story import make_story

    paints = footage is None or footage.fill
    width, height = pixels or (default_size(chosen.generator, shape) if paints else footage_size(shape))
    settings = Settings(
        frame_rate=rate,
        width=width,
        height=height,
        cut=heard.cut,
        every=heard.period,
        motion=motion,
        alignment=heard.alignment,
        style=pictures.style,
        blend=_unless_footage(given, "blend", pictures.blend, footage),
        noise=pictures.noise,
        react=pictures.react,
        grade=_unless_footage(given, "grade", pictures.grade, footage),
        temperature=temperature,
        truncation=pictures.truncation,
        seed=heard.seed,
        allow_flashing=pictures.allow_flashing,
        footage=footage,
        dissolve=dissolve,
        start_timecode=start_timecode,
        paths=paths,
    )
    request = StoryRequest(
        song=song,
        out=out or Path("out") / (f"{song.stem}-part" if start or end else song.stem),
        settings=settings,
        models=chosen,
        view=pictures.view,
        from_s=parse_clock(start) if start else 0.0,
        to_s=parse_clock(end) if end else None,
        jobs=jobs,
        cluster=ray,
    )
    with progress() as stages:
        made = make_story(request, stages)
    remember(made)
    tell(made)
    if not pixels and paints:
        _tell_larger(chosen.generator, (width, height))


def _generator(models: ModelOptions, own: FootageOptions) -> str | None:
    """What paints: every scene, or of a story of footage those that no shot is near to."""
    if not own.footage:
        return models.generator
    if models.generator:
        raise BridgeError(
            f"--generator {models.generator} paints every scene; with --footage say --fill {models.generator}"
        )
    return own.fill or UNPAINTED_SET


def _tell_larger(generator: str, size: tuple[int, int]) -> None:
    from ..app.sizes import larger_size

    if more := larger_size(generator, size):
        typer.echo(
            f"Pictures have {size[0]}x{size[1]} pixels; --size {more[0]}x{more[1]} makes larger ones, in more time."
        )


def _unless_footage(given: typer.Context, name: str, value: float, footage: FootageSettings | None) -> float:
    """`value`, but 0 where somebody's own footage is to stay as it is because nobody asked for another look."""
    source = given.get_parameter_source(name)
    usual = source is not None and source.name == "DEFAULT"
    return 0.0 if usual and footage is not None else value


def finish(
    take: Annotated[Path, typer.Argument(help="A folder that `serve --record` made.")],
    dissolve: Annotated[
        int | None,
        option(
            options.DISSOLVE,
            help="Frames in which a scene goes over into the next, from the cut on; 0 at first, then as before.",
        ),
    ] = None,
) -> None:
    """Make a story folder of a recorded take: its sound, a timeline, a preview film and a report."""
    from ..app.take import finish_take

    with progress() as stages:
        made = finish_take(take, stages, dissolve)
    remember(made)
    tell(made)
