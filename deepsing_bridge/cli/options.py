"""Options that commands share, in groups; ranges, choices and defaults are those of `core.options`.

A command takes a whole group as one parameter, which `grouped` takes apart for typer and puts together again.
"""

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import typer
from typer.core import TyperCommand

from ..app.config import ModelChoice
from ..core import options
from ..core.errors import BridgeError
from ..core.options import Alignment, Cut, Option
from ..story.settings import FootageSettings

PICTURES, SONG, MODELS, FOOTAGE = "Pictures", "Song", "Models", "Footage"


def option(spec: Option[Any], group: str | None = None, help: str | None = None) -> Any:
    """`spec` as an option of the command line; `help` where it means more there than in general."""
    low, high = (bound if math.isfinite(bound) else None for bound in (spec.field.low, spec.field.high))
    meaning = spec.field.meaning
    text = help or f"{meaning[:1].upper()}{meaning[1:]}."
    return typer.Option(help=text, min=low, max=high, rich_help_panel=group)


@dataclass(frozen=True)
class PictureOptions:
    """What can be turned while a bridge runs, too."""

    blend: Annotated[float, option(options.BLEND, PICTURES)] = options.BLEND.default
    noise: Annotated[float, option(options.NOISE, PICTURES)] = options.NOISE.default
    react: Annotated[float, option(options.REACT, PICTURES)] = options.REACT.default
    grade: Annotated[float, option(options.GRADE, PICTURES)] = options.GRADE.default
    truncation: Annotated[
        float | None,
        option(
            options.TRUNCATION,
            PICTURES,
            "Latents are scaled by it: less is calmer, and nearer to the mean. The generator's own if not given.",
        ),
    ] = None
    style: Annotated[str, option(options.STYLE, PICTURES)] = options.STYLE.default
    view: Annotated[
        int | None,
        option(options.VIEW, PICTURES, "Palette of classes, a view of the generator; the song's own if not given."),
    ] = None
    allow_flashing: Annotated[
        bool,
        typer.Option(
            "--allow-flashing",
            help="Let pictures flash more than three times a second. This can cause seizures.",
            rich_help_panel=PICTURES,
        ),
    ] = options.ALLOW_FLASHING.default


@dataclass(frozen=True)
class SongOptions:
    """How a song is heard and cut."""

    cut: Annotated[Cut, option(options.CUT, SONG)] = options.CUT.default
    every: Annotated[str, option(options.EVERY, SONG)] = options.EVERY.default
    alignment: Annotated[Alignment, option(options.ALIGNMENT, SONG)] = options.ALIGNMENT.default
    seed: Annotated[int | None, option(options.SEED, SONG)] = None

    @property
    def period(self) -> str:
        """Raises BridgeError for what is no period."""
        return str(options.EVERY.field.check(self.every, "--every"))


@dataclass(frozen=True)
class FootageOptions:
    """Somebody's own films and photos."""

    footage: Annotated[
        list[Path] | None,
        typer.Option(
            help="Cut the films and photos of this folder to the song, by feeling, instead of painting scenes; may be "
            "repeated.",
            rich_help_panel=FOOTAGE,
        ),
    ] = None
    fill: Annotated[
        str | None,
        typer.Option(
            help="The generator, worlds or another one, that paints scenes for which the nearest shot is too far.",
            rich_help_panel=FOOTAGE,
        ),
    ] = None
    farthest: Annotated[
        float | None,
        typer.Option(
            help=f"How far in feeling a shot may be before a scene is painted, in standard deviations; "
            f"{options.FARTHEST.default:g} if not given.",
            min=options.FARTHEST.field.low,
            max=options.FARTHEST.field.high,
            rich_help_panel=FOOTAGE,
        ),
    ] = None

    def settings(self) -> FootageSettings | None:
        """None without folders. Raises BridgeError for what would be without effect."""
        if not self.footage:
            for name in ("fill", "farthest"):
                if getattr(self, name) is not None:
                    raise BridgeError(f"--{name} is for stories of your own films and photos; add --footage FOLDER")
            return None
        if self.farthest is not None and not self.fill:
            raise BridgeError("--farthest says which scenes are painted; add --fill worlds")
        farthest = options.FARTHEST.default if self.farthest is None else self.farthest
        return FootageSettings(tuple(folder.absolute() for folder in self.footage), bool(self.fill), farthest)


@dataclass(frozen=True)
class ModelOptions:
    """Which models work, and where."""

    generator: Annotated[
        str | None,
        typer.Option(
            help="worlds, embedded (photos), biggan-deep-128, -256, -512, or your own; "
            "worlds if not given, or embedded where there is no OpenGL.",
            rich_help_panel=MODELS,
        ),
    ] = None
    audio_model: Annotated[
        Literal["context", "paper"] | None,
        typer.Option(
            help="Estimator of the song's sentiment: from ten seconds around each moment, or the paper's; "
            "that of --models first.",
            rich_help_panel=MODELS,
        ),
    ] = None
    models: Annotated[
        str,
        typer.Option(
            help="Installed model sets to prefer, separated by commas: authors, wct-16x, …", rich_help_panel=MODELS
        ),
    ] = ""
    styles: Annotated[Path | None, typer.Option(help="Folder of your own style images.", rich_help_panel=MODELS)] = None
    device: Annotated[
        str,
        typer.Option(
            help="Where BigGAN, the stylizer and the image model work: cpu, cuda, cuda:1, mps, or auto.",
            rich_help_panel=MODELS,
        ),
    ] = "cpu"
    precision: Annotated[
        Literal["float32", "bfloat16"], typer.Option(help="Of BigGAN and the stylizer.", rich_help_panel=MODELS)
    ] = "float32"

    def choice(self, translator: str = "neural", classes: str | None = None) -> ModelChoice:
        from ..generators.load import default_generator

        return ModelChoice(
            generator=self.generator or default_generator(),
            translator=translator,
            classes=classes,
            sets=self.models,
            audio_model=self.audio_model,
            styles=self.styles,
            device=self.device,
            precision=self.precision,
        )


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """`command` with each parameter that is a dataclass replaced by that dataclass's fields."""
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: hint for name, hint in hints.items() if is_dataclass(hint)}

    def flat(**given: Any) -> None:
        made = {name: group(**{f.name: given.pop(f.name) for f in fields(group)}) for name, group in groups.items()}
        command(**given, **made)

    parameters = [
        spread
        for parameter in inspect.signature(command).parameters.values()
        for spread in _spread(parameter, hints[parameter.name])
    ]
    flat.__doc__, flat.__name__ = command.__doc__, command.__name__
    flat.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    flat.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return flat


def _spread(parameter: inspect.Parameter, hint: Any) -> list[inspect.Parameter]:
    if not is_dataclass(hint):
        return [parameter.replace(annotation=hint, kind=inspect.Parameter.KEYWORD_ONLY)]
    hints = get_type_hints(hint, include_extras=True)
    return [
        inspect.Parameter(f.name, inspect.Parameter.KEYWORD_ONLY, default=f.default, annotation=hints[f.name])
        for f in fields(hint)
    ]


class GroupedCommand(TyperCommand):
    """A command whose help lists its options by group."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        rows: dict[str, list[Any]] = {"Arguments": []}
        for parameter in self.get_params(ctx):
            if row := parameter.get_help_record(ctx):
                kind = "Arguments" if parameter.param_type_name == "argument" else "Options"
                rows.setdefault(getattr(parameter, "rich_help_panel", None) or kind, []).append(row)
        for title, lines in rows.items():
            if lines:
                with formatter.section(title):
                    formatter.write_dl(lines)
