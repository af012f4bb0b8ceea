"""The command that takes scenes of a finished story again."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer

from ..app.config import ModelChoice, RetakeRequest
from ..core import options
from ..core.errors import BridgeError
from ..core.invocation import command
from .options import MODELS, GroupedCommand, grouped, option
from .progress import progress

if TYPE_CHECKING:
    from ..app.made import Story
    from ..story.edited_story import EditedStory

SCENES, CUTS, HISTORY = "Scenes", "Cuts", "What was changed"
PAIRS = ("--move-cut", "--merge", "--split")
T = TypeVar("T")


class RetakeCommand(GroupedCommand):
    """One whose PAIRS take two words each, and may be repeated."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        parsed: list[str] = super().parse_args(ctx, [*_paired(iter(args))])
        return parsed


def _paired(words: Iterator[str]) -> Iterator[str]:
    """`--move-cut 7 -12f` as `--move-cut=7 -12f`."""
    for word in words:
        if word in PAIRS:
            yield f"{word}={next(words, '')} {next(words, '')}"
        else:
            yield word


@dataclass(frozen=True)
class SceneOptions:
    scene: Annotated[
        list[str] | None,
        typer.Option(
            metavar="N",
            help="Another picture of the same class and feeling, or another shot, for scene N or N-M; may be repeated.",
            rich_help_panel=SCENES,
        ),
    ] = None
    class_name: Annotated[
        str | None, typer.Option("--class", help="Those of --scene show this class.", rich_help_panel=SCENES)
    ] = None
    style: Annotated[
        str | None,
        typer.Option(help="Those of --scene have the style image of this name.", rich_help_panel=SCENES),
    ] = None
    blend: Annotated[
        float | None,
        option(
            options.BLEND,
            SCENES,
            "Those of --scene are stylized so strongly, with the picture that they have; those of footage as copies.",
        ),
    ] = None
    shot: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="That of --scene shows this film or photo of the folders.", rich_help_panel=SCENES
        ),
    ] = None
    lock: Annotated[
        list[str] | None,
        typer.Option(metavar="N", help="Nothing changes scene N from now on, or N-M.", rich_help_panel=SCENES),
    ] = None
    unlock: Annotated[
        list[str] | None, typer.Option(metavar="N", help="Scene N may be changed again.", rich_help_panel=SCENES)
    ] = None


@dataclass(frozen=True)
class CutOptions:
    move_cut: Annotated[
        list[str] | None,
        typer.Option(
            metavar="N SHIFT",
            help="Move the cut at which scene N begins: 7 +12f, or 7 -0.5s; may be repeated, as those below.",
            rich_help_panel=CUTS,
        ),
    ] = None
    merge: Annotated[
        list[str] | None,
        typer.Option(metavar="N M", help="Scenes N to M become one, with the picture of N.", rich_help_panel=CUTS),
    ] = None
    split: Annotated[
        list[str] | None,
        typer.Option(
            metavar="N TIME",
            help="From this time of the song on, as 0:41.2, scene N is another; one of footage goes on with its shot.",
            rich_help_panel=CUTS,
        ),
    ] = None


@dataclass(frozen=True)
class HistoryOptions:
    undo: Annotated[bool, typer.Option("--undo", help="Take back the last change.", rich_help_panel=HISTORY)] = False
    redo: Annotated[bool, typer.Option("--redo", help="Do again what was undone.", rich_help_panel=HISTORY)] = False
    show: Annotated[bool, typer.Option("--list", help="List the scenes.", rich_help_panel=HISTORY)] = False
    prune: Annotated[
        bool,
        typer.Option("--prune", help="Delete the clips that the story does not show.", rich_help_panel=HISTORY),
    ] = False


@dataclass(frozen=True)
class SourceOptions:
    models: Annotated[str, typer.Option(help="Model sets, as for the story.", rich_help_panel=MODELS)] = ""
    styles: Annotated[
        Path | None, typer.Option(help="Folder of style images, as for the story.", rich_help_panel=MODELS)
    ] = None
    song: Annotated[
        Path | None, typer.Option(help="Where the song is now, if it has moved.", rich_help_panel=MODELS)
    ] = None
    device: Annotated[str, typer.Option(help="cpu, cuda, cuda:1, mps, or auto.", rich_help_panel=MODELS)] = "cpu"
    precision: Annotated[
        Literal["float32", "bfloat16"], typer.Option(help="Of BigGAN and the stylizer.", rich_help_panel=MODELS)
    ] = "float32"


@grouped
def retake(
    story: Annotated[Path, typer.Argument(help="A story folder.")],
    scenes: SceneOptions,
    cuts: CutOptions,
    history: HistoryOptions,
    sources: SourceOptions,
) -> None:
    """Take scenes of a finished story again, and only those; move, merge and split them. Old clips stay, and all of it
    can be undone. Scenes are counted as --list has them. What was interrupted is finished by the story's name alone."""
    request = _request(story, scenes, cuts, sources)
    _refuse_together(request, history)

    from ..app import retake as work

    if history.show:
        _list(work.edited_story(story))
    elif history.prune:
        _tell_pruned(work.prune(story))
    else:
        do = work.undo if history.undo else work.redo if history.redo else work.retake
        with progress() as stages:
            made = do(request, stages)
        _tell(made, history.undo)


def _request(story: Path, scenes: SceneOptions, cuts: CutOptions, sources: SourceOptions) -> RetakeRequest:
    return RetakeRequest(
        story=story,
        scenes=_numbers(scenes.scene, "--scene"),
        class_name=scenes.class_name,
        style=scenes.style,
        blend=scenes.blend,
        shot=scenes.shot,
        moves=_pairs(cuts.move_cut, "--move-cut", str),
        merges=_pairs(cuts.merge, "--merge", lambda text: _number(text, "--merge")),
        splits=_pairs(cuts.split, "--split", str),
        locks=_numbers(scenes.lock, "--lock"),
        unlocks=_numbers(scenes.unlock, "--unlock"),
        models=ModelChoice(
            sets=sources.models, styles=sources.styles, device=sources.device, precision=sources.precision
        ),
        song=sources.song,
    )


def _refuse_together(request: RetakeRequest, history: HistoryOptions) -> None:
    given = [f"--{name}" for name, wanted in (("undo", history.undo), ("redo", history.redo)) if wanted]
    given += [f"--{name}" for name, wanted in (("list", history.show), ("prune", history.prune)) if wanted]
    if len(given) > 1:
        raise BridgeError(f"{' and '.join(given)}: give one of them at a time")
    if given and not request.is_empty:
        raise BridgeError(f"{given[0]}: changes nothing else; do one after the other")


def _numbers(words: Sequence[str] | None, name: str) -> tuple[int, ...]:
    """`7` and `9-12`."""
    found: list[int] = []
    for word in words or ():
        first, dash, last = word.partition("-")
        ends = _number(first, name), _number(last if dash else first, name)
        if ends[0] > ends[1]:
            raise BridgeError(f"{name} {word}: expected the earlier scene first")
        found += range(ends[0], ends[1] + 1)
    return tuple(dict.fromkeys(found))


def _number(word: str, name: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", word, re.ASCII):
        raise BridgeError(f"{name} {word!r:.60}: expected the number of a scene, as 7")
    return int(word)


def _pairs(words: Sequence[str] | None, name: str, second: Callable[[str], T]) -> tuple[tuple[int, T], ...]:
    split = (word.strip().partition(" ") for word in words or ())
    return tuple((_number(first, name), second(last.strip())) for first, _, last in split)


def _list(story: "EditedStory") -> None:
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    table = Table("scene", "from", "seconds", "feeling", "label", "style", "blend", "", box=SIMPLE)
    for number, edited in enumerate(story.scenes, 1):
        scene = edited.scene
        minutes, seconds = divmod(scene.start_s, 60)
        marks = ("" if story.is_as_planned(number - 1) else "edited", "locked" if edited.locked else "")
        table.add_row(
            str(number),
            f"{minutes:.0f}:{seconds:05.2f}",
            f"{scene.end_s - scene.start_s:.2f}",
            scene.sentiment.feeling,
            scene.label,
            scene.style,
            f"{story.board.blend_of(number - 1):g}",
            " ".join(filter(None, marks)),
        )
    Console().print(table)


def _tell(story: "Story", undone: bool) -> None:
    typer.echo(f"\n{story.folder}: {len(story.storyboard.scenes)} scenes")
    typer.echo(f"  {story.folder / 'preview.mp4'}  watch this")
    back = "--redo  does it again" if undone else "--undo  takes it back"
    typer.echo(f"  {command('retake')} {story.folder} {back}")


def _tell_pruned(clips: Sequence[Path]) -> None:
    for clip in clips:
        typer.echo(f"deleted {clip}")
    typer.echo(f"{len(clips)} clips deleted" if clips else "there is nothing to delete")
