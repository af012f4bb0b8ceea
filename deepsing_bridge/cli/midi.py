"""`midi`: what is there, what it sends, and which knob turns what."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

midi = typer.Typer(help="MIDI: what is there, what it sends, and which knob turns what.", no_args_is_help=True)
MapFile = Annotated[
    Path | None, typer.Option("--map", help="The map file; your own one in the usual place if not given.")
]


@midi.command("list")
def midi_list(map_file: MapFile = None) -> None:
    """List MIDI inputs and outputs, and what is mapped there."""
    from ..live.vocabulary import vocabulary as shipped
    from ..protocols.midi.map import load_map
    from ..protocols.midi.tools import list_ports

    found = list_ports(load_map(map_file, shipped()))
    for port in found:
        typer.echo(str(port))
    if not found:
        typer.echo("no MIDI ports: connect a device, or make a virtual one (IAC on macOS, loopMIDI on Windows)")


@midi.command("monitor")
def midi_monitor(
    ports: Annotated[
        list[str] | None, typer.Option("--midi-port", help="Part of an input's name; all if not given.")
    ] = None,
    map_file: MapFile = None,
) -> None:
    """Show what devices send, and what it means here, until Ctrl-C."""
    from ..live.vocabulary import vocabulary as shipped
    from ..protocols.midi.map import load_map
    from ..protocols.midi.tools import monitor

    with _until_interrupted():
        for line in monitor(load_map(map_file, shipped()), tuple(ports or ())):
            typer.echo(line)


@midi.command("learn")
def midi_learn(
    parameter: Annotated[
        str, typer.Argument(help="The parameter to be turned: blend, noise, …; or what a button starts: tap, cue/NAME.")
    ],
    ports: Annotated[
        list[str] | None, typer.Option("--midi-port", help="Part of an input's name; all if not given.")
    ] = None,
    map_file: MapFile = None,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for a knob to move.", min=1)] = 60,
) -> None:
    """Move a knob, or press a button: it is written to the map file as the one that turns or starts PARAMETER."""
    from ..live.vocabulary import vocabulary as shipped
    from ..protocols.midi.map import default_path
    from ..protocols.midi.tools import learn

    path = map_file or default_path()
    with _until_interrupted():
        typer.echo(learn(parameter, path, shipped(), tuple(ports or ()), timeout_s=timeout, say=typer.echo))


@contextmanager
def _until_interrupted() -> Iterator[None]:
    """Ctrl-C is the way to end it, not an error."""
    try:
        yield
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
