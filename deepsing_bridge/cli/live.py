"""What goes with a running bridge: view, vocabulary, inputs, doctor, keys."""

import json
from pathlib import Path
from typing import Annotated

import typer


def view(
    connect: Annotated[str, typer.Option(help="Where the bridge publishes frames.")] = "tcp://127.0.0.1:7702",
    shm: Annotated[str | None, typer.Option(help="Read this shared memory instead.")] = None,
    keys: Annotated[Path | None, typer.Option(help="Folder of keys, if the bridge asks for them.")] = None,
    commands: Annotated[
        str | None, typer.Option(help="Where the bridge takes commands; the port after the frames' if not given.")
    ] = None,
    fullscreen: Annotated[bool, typer.Option("--fullscreen", help="Over all of the display; F leaves that.")] = False,
    display: Annotated[int, typer.Option(help="Which display, from 1: 2 is often the projector.", min=1, max=16)] = 1,
    no_overlay: Annotated[
        bool, typer.Option("--no-overlay", help="Nothing over the picture, as for an audience; O shows the sentiment.")
    ] = False,
) -> None:
    """Watch a running bridge: its frames, with the sentiment drawn over them. Space plays and pauses it."""
    from ..core.log import set_up
    from ..viewer import open_viewer
    from ..viewer.start import Start

    set_up(as_json=False, verbose=False)
    open_viewer(connect, shm, keys, commands, Start(fullscreen, display, no_overlay))


def vocabulary(
    as_json: Annotated[bool, typer.Option("--json", help="The same table for programs.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="The same table for a page.")] = False,
) -> None:
    """Print every parameter and message: name, address, type, range, default, MIDI controller."""
    from ..live.vocabulary import vocabulary as shipped
    from ..protocols import tables

    table = shipped()
    if as_json:
        typer.echo(json.dumps(tables.to_json(table), ensure_ascii=False, indent=1))
    else:
        typer.echo(tables.to_markdown(table) if as_markdown else tables.to_text(table))


def inputs() -> None:
    """List what live sound can be heard from: sound cards, and programs that send to JACK; the default first."""
    from ..listening.inputs import devices

    found = devices()
    for device in found:
        typer.echo(str(device))
    if not found:
        typer.echo("no live sound: no sound card with an input, and no JACK server; connect one, or start JACK")


def doctor() -> None:
    """Tell what works on this machine: models, codecs, ports, MIDI, the viewer."""
    from ..app.doctor import examine

    found = examine()
    for check in found:
        typer.echo(f"{'ok  ' if check.ok else 'no  '} {check.what:<22} {check.detail}")
    if any(check.needed and not check.ok for check in found):
        raise typer.Exit(1)


def keys(
    folder: Annotated[Path, typer.Argument(help="Where to put them; never overwrites.")] = Path("keys"),
) -> None:
    """Make CURVE keys for ZeroMQ: `serve --keys FOLDER` then takes only clients that have one."""
    from ..protocols.zeromq.keys import make

    for path in make(folder):
        typer.echo(path)
