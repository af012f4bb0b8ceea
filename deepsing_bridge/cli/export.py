"""The command that takes a story to other editors."""

from pathlib import Path
from typing import Annotated

import typer

from ..core.options import Paths
from ..export.editors.formats import FORMATS
from .progress import progress

FORMAT_LINES = "\n".join(f"{form.name:<9} {form.file:<15} {form.host}" for form in FORMATS.values())
HELP = f"""Write a story's timeline for another editor, or its markers as a list.

\b
{FORMAT_LINES}

It tells what each format loses. A file that is there already and differs in more than where its media lie is left
alone.
"""


def export(
    story: Annotated[Path, typer.Argument(help="A story folder, or its story.otio.")],
    to: Annotated[list[str], typer.Option(metavar="FORMAT", help="One of those above; may be repeated.")],
    out: Annotated[Path | None, typer.Option(help="Folder to write into; beside story.otio if not given.")] = None,
    relink: Annotated[
        Path | None,
        typer.Option(help="The media have moved: take those of the same names below this folder. --to otio keeps it."),
    ] = None,
    paths: Annotated[
        Paths | None,
        typer.Option(help="How media below the folder are named; relative: the folder may be moved. As in story.otio."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there already, whatever is in it.")] = False,
) -> None:
    from ..export.editors.export import export as write

    with progress() as stages:
        told = stages("exporting")
        for number, (form, file, note) in enumerate(write(story, to, out, relink, force, paths), 1):
            told(number, len(to))
            typer.echo(f"{file}  for {form.host}")
            typer.echo(f"  lost: {form.lost}")
            if note:
                typer.echo(f"  note: {note}")
