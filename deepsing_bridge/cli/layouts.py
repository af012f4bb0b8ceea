"""The command that writes layouts for other programs."""

from pathlib import Path
from typing import Annotated

import typer

from ..core.errors import BridgeError
from ..core.files import is_there
from ..layouts.formats import LAYOUTS

LINES = "\n".join(f"{entry.name:<18} {entry.file:<14} {entry.host}" for entry in LAYOUTS.values())
HELP = f"""Write ready-made layouts: every parameter, the transport, buttons to play by hand, and what
the bridge tells, both ways.

\b
{LINES}

All of them, if none is named. One that is there already and was changed is left alone.
"""


def layouts(
    to: Annotated[Path, typer.Option(help="Folder to write into; made if need be.")],
    which: Annotated[list[str] | None, typer.Argument(metavar="[LAYOUT]...", help="Those of the list above.")] = None,
    host: Annotated[str, typer.Option(help="Where the bridge is, as seen from where the layout is opened.")] = (
        "127.0.0.1"
    ),
    osc_port: Annotated[int, typer.Option(help="The bridge's, udp.", min=1, max=65535)] = 7700,
    cues: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Of cues, as serve --cues has it: a button for each.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there already, whatever is in it.")] = False,
) -> None:
    from ..layouts.panel import Bridge
    from ..layouts.write import write
    from ..live.vocabulary import vocabulary
    from ..protocols.cue_file import load_cues

    if cues is not None and not is_there(cues):
        raise BridgeError(f"{cues}: no such file; expected cues, as /deepsing/cue/save writes them")
    known = () if cues is None else tuple(cue.name for cue in load_cues(cues, vocabulary()))
    for entry, file in write(which or list(LAYOUTS), to, Bridge(host, osc_port, known), force):
        typer.echo(f"{file}  for {entry.host}")
        typer.echo(f"  next: {entry.next}")
