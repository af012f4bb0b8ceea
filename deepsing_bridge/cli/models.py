"""Commands that tell what models there are, and get others."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..core.errors import BridgeError
from ..core.invocation import command
from ..core.plain_text import plain
from .progress import progress

if TYPE_CHECKING:
    from ..checkpoints.catalogue import Offer

models = typer.Typer(help="Other models than the ones that ship: list, get, check, remove.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="A name that `models list` shows.")]
AnyName = Annotated[str | None, typer.Argument(help="A name that `models list` shows; all, if not given.")]


@models.command("list")
def models_list() -> None:
    """List what ships, what is installed, and what can be had: size, licence, what for."""
    from .. import weights
    from ..checkpoints.catalogue import offers
    from ..weights import model_sets

    there = model_sets.installed()
    typer.echo(f"embedded, in {weights.MODELS}")
    _tell_files(weights.MODELS)
    typer.echo(f"\ninstalled, in {model_sets.home()}{'' if there else ': nothing'}")
    for name in there:
        typer.echo(f"  {name}")
        _tell_files(model_sets.folder_of(name), indent="    ")
    typer.echo("\ncan be had")
    for offer in offers().values():
        _tell_offer(offer, offer.name in there)
    typer.echo(f"  {'authors':<16} {'':>8}  all of the deepsing authors' checkpoints, which their README links to")
    typer.echo(f"  {'':<16} {'':>8}  {command('models import FOLDER')}, once unzipped")


@models.command("pull")
def models_pull(
    name: Name,
    place: Annotated[
        str | None,
        typer.Option(
            "--from", help="Take the files from this folder or address (without the file's name) and nowhere else."
        ),
    ] = None,
) -> None:
    """Fetch a model and convert it. Go on with an interrupted one by the same command; what is there stays till then.

    Proxies are taken from HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
    """
    from ..checkpoints.catalogue import offer
    from ..checkpoints.pull import pull

    wanted = offer(name)
    with progress() as stages:
        folder = pull(name, stages, place)
    typer.echo(f"{name} is in {folder}\n  {_use(wanted)}")


@models.command("verify")
def models_verify(name: AnyName = None) -> None:
    """Compare every file with the checksum that was noted down when it was made; exit code 1 if one differs."""
    from .. import weights
    from ..weights import model_sets

    folders = {"embedded": weights.MODELS} | {one: model_sets.folder_of(one) for one in model_sets.installed()}
    if name is not None:
        folders = {name: model_sets.installed_folder(name)}
    faults = [fault for folder in folders.values() for fault in model_sets.faults(folder)]
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        raise typer.Exit(1)
    typer.echo(f"all files are as they were made: {', '.join(folders)}")


@models.command("remove")
def models_remove(name: Name) -> None:
    """Delete an installed model, and what has arrived of an unfinished download. What ships stays."""
    from ..weights import model_sets

    typer.echo(f"removed {model_sets.remove(name)}")


@models.command("path")
def models_path(name: AnyName = None) -> None:
    """Print the folder of an installed model, or the one that they are all in."""
    from ..weights import model_sets

    typer.echo(model_sets.home() if name is None else model_sets.installed_folder(name))


@models.command("import")
def models_import(
    folder: Annotated[Path, typer.Argument(help="The authors' checkpoints, unzipped: mlp.model, words.csv, …")],
) -> None:
    """Make the model set `authors` of the deepsing authors' released checkpoints; nothing in them is executed."""
    from ..checkpoints.authors import NAME, import_folder

    with progress() as stages:
        place = import_folder(folder, stages("checking and converting"))
    typer.echo(f"{NAME} is in {place}")
    typer.echo(f"  {command(f'story SONG --models {NAME} --generator biggan-deep-512 --translator dictionary')}")
    typer.echo(f"  {command(f'story SONG --models {NAME} --generator biggan-deep-512 --view 0')}   (to 22)")


@models.command("add-worlds")
def models_add_worlds(
    folder: Annotated[Path, typer.Argument(help="Your shaders, NAME.fs in ISF, each a world of its own.")],
    name: Annotated[str | None, typer.Option(help="What the generator is called; FOLDER's name, if not given.")] = None,
    keep: Annotated[
        Path, typer.Option(help="Where what was seen is noted, so that an interrupted run goes on.")
    ] = Path("runs/survey"),
) -> None:
    """Make a generator of your own shaders in the Interactive Shader Format: see docs/worlds.md.

    Each is tried, its pictures are judged, and translators are fitted. A shader that cannot be shown is told and passed
    over. Run it again after a change of the files; what has not changed is there at once.
    """
    from ..training.world_folder import add
    from ..weights.model_sets import folder_of

    called = name or folder.resolve().name.lower()
    with progress() as stages:
        added = add(folder, called, keep, stages)
    for fault in added.passed_over.values():
        typer.echo(f"passed over: {plain(fault)}")  # a shader may say anything by #error
    typer.echo(f"{called} is in {folder_of(called)}: {len(added.classes)} worlds, {', '.join(added.classes)}")
    typer.echo(f"  {command(f'story SONG --generator {called}')}")


def _tell_files(folder: Path, indent: str = "  ") -> None:
    from .. import weights

    for file, entry in weights.manifest(folder).items():
        typer.echo(f"{indent}{file:<32} {_megabytes(entry['bytes'])}  {entry['what']}")
        typer.echo(f"{indent}{'':<32} {'':>8}  {entry['licence']}")


def _tell_offer(offer: "Offer", installed: bool) -> None:
    typer.echo(f"  {offer.name:<16} {_megabytes(offer.bytes)}  {offer.what}")
    typer.echo(f"  {'':<16} {'':>8}  {offer.licence}")
    typer.echo(f"  {'':<16} {'':>8}  {'installed' if installed else command(f'models pull {offer.name}')}")
    typer.echo(f"  {'':<16} {'':>8}  {_use(offer)}")


def _use(offer: "Offer") -> str:
    """The command that it is for, as it works now: a generator without translators needs another to choose pictures."""
    from ..generators.load import GENERATORS
    from ..translation.translators import translators_for
    from ..weights import model_sets

    use = command(offer.use)
    try:
        if offer.name in GENERATORS:
            translators_for(offer.name, model_sets.chosen("", offer.name))
    except BridgeError:
        return f"{use} --translator dictionary"
    return use


def _megabytes(count: int) -> str:
    return f"{count / 1e6:5.1f} MB"
