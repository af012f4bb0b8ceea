"""Commands that put scripts where DaVinci Resolve, TouchDesigner and Reaper look for them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..hosts.locations import NAMES, Name, this_machine

if TYPE_CHECKING:
    from ..hosts.install import Step

plugins = typer.Typer(
    help="Scripts for DaVinci Resolve, TouchDesigner and Reaper: put where these look, and taken away.",
    no_args_is_help=True,
)
Host = Annotated[Name, typer.Argument(help="For which program.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and change nothing.")]


@plugins.command()
def install(
    host: Host,
    to: Annotated[
        Path | None, typer.Option(help="Another folder than the usual one: a portable Reaper, another machine's share.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Put HOST's files where it looks. A file there that is not ours is kept under another name, never lost."""
    from ..hosts.bundled import plan_install

    steps = plan_install(host, this_machine(), to)
    _go(steps, dry_run)
    if not dry_run:
        written = [step.path for step in steps if step.verb in ("write", "update", "same")]
        typer.echo("")
        for line in NEXT[host](written):
            typer.echo(line)


@plugins.command()
def status() -> None:
    """Tell what is installed for which program, and whether it is this version."""
    from ..hosts.bundled import state

    for name in NAMES:
        typer.echo(f"{name:<14} {state(name, this_machine())}")


@plugins.command()
def uninstall(host: Host, dry_run: DryRun = False) -> None:
    """Remove HOST's files, but none that was changed since or that was there before."""
    from ..hosts.bundled import plan_uninstall

    _go(plan_uninstall(host), dry_run)


def _go(steps: "Sequence[Step]", dry_run: bool) -> None:
    from ..hosts.install import carry_out

    for step in steps if dry_run else carry_out(steps):
        typer.echo(step)
    if dry_run:
        typer.echo("nothing was changed")


def _next_in_resolve(files: Sequence[Path]) -> list[str]:
    names = " and ".join(path.stem for path in files)
    return [
        f"In DaVinci Resolve: Workspace ▸ Scripts ▸ {names}. If the menu does not show it, restart Resolve.",
        "From 21.1 on, Python scripts are listed in Resolve Studio only.",
    ]


def _next_in_touchdesigner(files: Sequence[Path]) -> list[str]:
    return [
        "In TouchDesigner: Dialogs ▸ Textport, then paste this line:",
        f"  import runpy; _ = runpy.run_path(r'{files[0].parent / 'build.py'}')",
    ]


def _next_in_reaper(files: Sequence[Path]) -> list[str]:
    return [
        "In Reaper: Preferences ▸ Control/OSC/web ▸ Add, control surface mode OSC; mode Device IP/port [send only],",
        f"device IP 127.0.0.1, port 7700, pattern config {files[0].stem}.",
        'A track called "deepsing noise" turns noise with its fader, "deepsing blend" blend, and so on.',
    ]


NEXT: Mapping[Name, Callable[[Sequence[Path]], list[str]]] = {
    "resolve": _next_in_resolve,
    "touchdesigner": _next_in_touchdesigner,
    "reaper": _next_in_reaper,
}
"""What is left to do in the program itself, told with the files that are there now."""
