"""Commands that make stories on disk."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ..core.errors import BridgeError
from ..core.units import parse_frame_rate, parse_size
from .progress import progress

if TYPE_CHECKING:
    from ..app.story import Story


def story(
    song: Annotated[Path, typer.Argument(help="Any sound or film file.", resolve_path=True)],
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
    generator: Annotated[str, typer.Option(help="embedded, biggan-deep-128, -256, -512, or your own.")] = "embedded",
    audio_model: Annotated[
        Literal["context", "paper"] | None,
        typer.Option(help="Audio estimator: ten seconds around each moment, or the paper's; that of --models first."),
    ] = None,
    truncation: Annotated[
        float | None,
        typer.Option(help="Latents' reach; less is calmer. The generator's own if not given.", min=0.05, max=1),
    ] = None,
    device: Annotated[str, typer.Option(help="Where BigGAN and the stylizer work: cpu, cuda, cuda:1, mps.")] = "cpu",
    precision: Annotated[Literal["float32", "bfloat16"], typer.Option(help="Of BigGAN.")] = "float32",
    models: Annotated[
        str, typer.Option(help="Installed model sets to prefer, separated by commas: authors, wct-16x, …")
    ] = "",
) -> None:
    """Turn SONG into a folder with a timeline, a clip per scene, a preview film and a report."""
    rate, (width, height) = parse_frame_rate(fps), parse_size(size)

    from ..app.story import StoryRequest, make_story
    from ..core.device import Device
    from ..story.plan import Settings
    from ..stylization.stylize import DEFAULT_STYLES

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
        truncation=truncation,
        seed=seed,
    )
    wish = StoryRequest(
        song=song,
        out=out or Path("out") / song.stem,
        settings=settings,
        generator=generator,
        translator=translator,
        view=view,
        classes=classes,
        styles=styles or DEFAULT_STYLES,
        models=models,
        audio_model=audio_model,
        device=Device.of(device, precision),
    )
    with progress() as stages:
        made = make_story(wish, stages)
    _remember(made)
    _tell(made)


def _remember(story: "Story") -> None:
    """For the scripts in the editors; a story is no worse for not being on their list."""
    from ..hosts.recent import remember, stories_file

    try:
        remember(story.folder)
    except (BridgeError, OSError) as error:
        typer.echo(f"note: {stories_file()} cannot be written; name the story in the editor's script ({error})")


def _tell(story: "Story") -> None:
    """What there is now, and what to open next."""
    scenes = story.storyboard.scenes
    labels = list(dict.fromkeys(scene.label for scene in scenes))
    typer.echo(f"\n{_counted(len(scenes), 'scene')} of {_counted(len(labels), 'kind')}: {', '.join(labels)}")
    for name, what in (
        ("preview.mp4", "watch this first"),
        ("report.png", "why each picture is where it is"),
        ("story.otio", "File ▸ Import ▸ Timeline in DaVinci Resolve"),
        ("story.otioz", "the same with its media inside, to take elsewhere"),
        ("media/", "a clip per scene, and the song"),
    ):
        typer.echo(f"  {story.folder / name}  {what}")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def finish(
    take: Annotated[Path, typer.Argument(help="A folder that `serve --record` made.")],
) -> None:
    """Make a story folder of a recorded take: its sound, a timeline, a preview film and a report."""
    from ..app.story import finish_take

    with progress() as stages:
        made = finish_take(take, stages)
    _remember(made)
    _tell(made)
