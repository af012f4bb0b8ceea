"""A story that was made: the person is told what there is and what to open next, editors' scripts where it is."""

from typing import TYPE_CHECKING

import typer

from ..core.errors import BridgeError
from ..core.plain_text import plain

if TYPE_CHECKING:
    from ..app.made import Story

MOST_NOTES = 20


def remember(story: "Story") -> None:
    """For the scripts in the editors; a story is no worse for not being on their list."""
    from ..hosts import recent

    try:
        recent.remember(story.folder)
    except (BridgeError, OSError) as error:
        typer.echo(f"note: {recent.stories_file()} cannot be written; name the story in the editor's script ({error})")


def tell(story: "Story") -> None:
    """What there is now, and what to open next."""
    board, numbers = story.storyboard, range(len(story.storyboard.scenes))
    scenes = board.scenes
    labels = list(dict.fromkeys(scene.label for scene in scenes))
    for sentence in story.told[:MOST_NOTES]:
        typer.echo(f"note: {plain(sentence)}")
    if len(story.told) > MOST_NOTES:
        typer.echo(f"note: and {len(story.told) - MOST_NOTES} more")
    kind = "kind" if board.settings.footage is None else "file"
    typer.echo(f"\n{_counted(len(scenes), 'scene')} of {_counted(len(labels), kind)}: {', '.join(labels)}")
    _tell_filled(story)
    for name, what in (
        ("preview.mp4", "watch this first"),
        ("report.png", "why each picture is where it is"),
        ("story.otio", "File ▸ Import ▸ Timeline in DaVinci Resolve"),
        ("story.otioz", "the same with its media inside, to take elsewhere"),
        ("media/", "a clip per scene, and the song" if any(map(board.is_rendered, numbers)) else "the song"),
    ):
        if (story.folder / name).exists():
            typer.echo(f"  {story.folder / name}  {what}")


def _tell_filled(story: "Story") -> None:
    """Of a story of footage: which scenes are painted, and where the others' pictures lie."""
    board = story.storyboard
    if board.settings.footage is None:
        return
    painted = [str(number) for number, scene in enumerate(board.scenes, 1) if scene.subclip is None]
    if painted:
        typer.echo(f"painted, as the nearest shot was too far or too short: {', '.join(painted)}")
    if board.settings.blend > 0 or board.settings.grade > 0:
        typer.echo("media/ has styled copies of the shots; with --blend 0 --grade 0 the timeline refers to your files")
    else:
        typer.echo("the timeline refers to your own files, so leave them where they are")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
