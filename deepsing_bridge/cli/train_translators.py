"""Commands that make translators: neural ones, fitted to a generator's samples, and tables of class sentiments."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ..core.errors import BridgeError
from ..core.invocation import command
from ..training.recipes import CANDIDATES, VIEWS
from .progress import progress
from .training import DATA, Data, tell_figures, tell_set

if TYPE_CHECKING:
    from ..training.sampling import Survey

WHOLE = "1/1"  # the shard that is all

ImageModel = Annotated[
    Literal["paper", "blend"],
    typer.Option(help="Picture estimator: the paper's, or one nearer to people's ratings, five times slower."),
]


def train_translator(
    generator: Annotated[
        str, typer.Option(help="embedded, worlds, biggan-deep-128, -256, -512, or your own.")
    ] = "embedded",
    views: Annotated[int, typer.Option(help="How many views to keep.", min=1)] = VIEWS,
    candidates: Annotated[
        int, typer.Option(help="How many views to fit and to choose from; each takes 256 pictures.", min=1)
    ] = CANDIDATES,
    samples: Annotated[int, typer.Option(help="Pictures sampled of each class.", min=1)] = 100,
    choice: Annotated[
        Literal["cardinality", "likeness"],
        typer.Option(help="What decides which classes a view gets: how often each is there, or how they go together."),
    ] = "cardinality",
    image_model: ImageModel = "paper",
    models: Annotated[str, typer.Option(help="Installed model sets whose estimator judges, if not the shipped.")] = "",
    keep: Annotated[
        Path, typer.Option(help="Where what was seen is noted, so that an interrupted run goes on.")
    ] = Path("runs/survey"),
    shard: Annotated[
        str, typer.Option(help="Sample one part of several, as 2/4, and stop: run all parts, then none.")
    ] = WHOLE,
    ray: Annotated[
        str | None, typer.Option(help="Sample over a Ray cluster: its address, or local for this machine's cores.")
    ] = None,
    gpus: Annotated[int, typer.Option(help="GPUs that each worker of the cluster takes.", min=0)] = 0,
    device: Annotated[
        str, typer.Option(help="Where BigGAN and the image model work: cpu, cuda, cuda:1, mps, or auto.")
    ] = "cpu",
    precision: Annotated[Literal["float32", "bfloat16"], typer.Option(help="Of BigGAN.")] = "float32",
    minutes: Annotated[
        float | None,
        typer.Option(
            help="Not all of it, but so many minutes: some pictures of every class, then more of those that views "
            "want. The same command again goes on.",
            min=0.1,
        ),
    ] = None,
    seed: int = 0,
) -> None:
    """Samples a generator, and fits its translators (Algorithm 1)."""
    from ..training import ray_cluster, sampling, translator

    _refuse_minutes(minutes, generator, shared=shard != WHOLE or ray is not None)
    part = sampling.Shard.parse(shard)
    prepare = partial(translator.prepare, generator, models, samples, seed, device, precision, image_model)
    survey = prepare()
    judges = translator.judges(generator, models, image_model)
    if minutes is not None:
        facts = judges | {"device": device, "precision": precision}
        _tell_trained(generator, _train_for(minutes, survey, facts, views, choice))
        return
    store = sampling.SampleStore.of(survey, keep, judges)
    if missing := store.missing(part.blocks(survey)):
        typer.echo(sampling.cost(survey, missing))
    with progress() as stages:
        told = stages("sampling the generator")
        if ray is None:
            sampling.fill(survey, store, part, told)
        else:
            ray_cluster.fill(prepare, survey, store, ray, gpus, told)
        if part.count > 1:
            return
        figures = translator.train(
            survey,
            sampling.collect(survey, store),
            translator.home(generator),
            views,
            translator.drawing(choice, survey.generator, stages),
            stages("fitting views"),
            candidates,
        )
    _tell_trained(generator, figures)


def _refuse_minutes(minutes: float | None, generator: str, shared: bool) -> None:
    """Raises BridgeError where `minutes` do not go with what else was asked for; `shared` among processes."""
    from ..generators.load import SHIPPED

    if minutes is not None and generator in SHIPPED:
        raise BridgeError(f"--minutes is for generators without translators; those of {generator} ship")
    if minutes is not None and shared:
        raise BridgeError("--minutes samples here, by one process; leave out --shard and --ray")


def _train_for(minutes: float, survey: "Survey", facts: dict[str, str], views: int, choice: str) -> dict[str, Any]:
    """As many views as can be sampled and fitted in that time."""
    from ..training import growing, translator, view_candidates
    from ..training.class_samples import ClassSamples

    seen = ClassSamples.of(survey.generator, survey.estimate, facts, survey.seed)
    with progress() as stages:
        grown = growing.grow(seen, minutes, views, stages("sampling the generator"))
        draw, into = translator.drawing(choice, survey.generator, stages), translator.home(survey.generator.name)
        told, asked = stages("fitting views"), view_candidates.ASKED_IN_HASTE
        return translator.train(survey, grown.table, into, grown.views, draw, told, grown.views, asked)


def _tell_trained(generator: str, figures: dict[str, Any]) -> None:
    from ..generators.load import SHIPPED
    from ..weights.model_sets import trained_for

    tell_figures(figures)
    if generator not in SHIPPED:
        tell_set(trained_for(generator).name, command(f"story SONG --generator {generator}"))


def train_dictionary(
    generator: Annotated[
        str | None, typer.Option(help="Your own generator; if none, the tables that ship are made again.")
    ] = None,
    data: Data = DATA,
) -> None:
    """The tables of class sentiments for --translator dictionary, from the norms in DATA/lexicon/glasgow_norms.csv."""
    from ..training.dictionary import make_table, make_tables
    from ..weights.files import MODELS
    from ..weights.model_sets import trained_for

    lexicon = data / "lexicon" / "glasgow_norms.csv"
    if generator is None:
        make_tables(lexicon, MODELS)
        return
    typer.echo(f"{make_table(generator, lexicon)} classes are known to the norms; the others are never chosen")
    tell_set(trained_for(generator).name, command(f"story SONG --generator {generator} --translator dictionary"))
