"""The command line. Imports what a command needs only when it runs, so that --help answers at once.

`main` runs it; each module here holds a group of commands.
"""

import errno
import sys
from typing import Annotated, NoReturn

import typer

from ..core.errors import BridgeError
from ..core.plain_text import plain
from ..core.version import __version__
from . import export, layouts, live, measure, midi, models, plugins, retake, serve, story, train_translators, training
from .group import Commands
from .options import GroupedCommand

_REASONS = "EACCES EPERM EROFS ENAMETOOLONG ELOOP ENOSPC EDQUOT EFBIG EIO ENODEV ENXIO ESTALE ENOTCONN EMFILE ENFILE"
OF_THE_MACHINE = {getattr(errno, name) for name in _REASONS.split() if hasattr(errno, name)}

app = typer.Typer(
    cls=Commands,
    help="Turns a song into a sentiment-aware visual story: on disk, or live.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command(cls=GroupedCommand)(story.story)
app.command()(story.finish)
app.command(cls=retake.RetakeCommand)(retake.retake)
app.command(help=export.HELP)(export.export)
app.command(cls=GroupedCommand)(serve.serve)
app.command()(live.view)
app.command()(live.vocabulary)
app.command(help=layouts.HELP)(layouts.layouts)
app.command()(live.inputs)
app.command()(live.doctor)
app.command()(live.keys)
app.add_typer(midi.midi, name="midi")
app.add_typer(models.models, name="models")
app.add_typer(plugins.plugins, name="plugins")
training.train.command("translator")(train_translators.train_translator)
training.train.command("dictionary")(train_translators.train_dictionary)
app.add_typer(training.train, name="train")
app.add_typer(measure.measure, name="measure")


def main() -> None:
    """Run the command line; a BridgeError becomes one sentence on stderr and exit code 2, and so does what the system
    refuses for reasons of its own: a name too long, a file that may not be read, a full disk, a drive that is gone."""
    try:
        app()
    except BridgeError as error:
        _leave(str(error))
    except OSError as error:
        if error.errno not in OF_THE_MACHINE:
            raise
        _leave(f"{error.filename or 'this machine'}: {error.strerror}")


def _leave(sentence: str) -> NoReturn:
    typer.echo(f"error: {plain(sentence.encode(errors='backslashreplace').decode())}", err=True)
    sys.exit(2)


@app.callback(invoke_without_command=True)
def _about(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        typer.echo(f"deepsing-bridge {__version__}")
        raise typer.Exit
