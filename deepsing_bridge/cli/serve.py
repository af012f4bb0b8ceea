"""`serve`, the live bridge."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ..app.config import BridgeConfig
from ..core import options
from ..core.fields import Value
from ..core.invocation import command
from ..story.settings import Settings
from .live import inputs
from .options import ModelOptions, PictureOptions, SongOptions, grouped
from .serve_options import FrameOptions, MidiOptions, NetworkOptions, OutputOptions, PlaybackOptions, ProcessOptions

log = logging.getLogger("deepsing_bridge")

LIST = "list"  # in place of a device


@grouped
def serve(
    playing: PlaybackOptions,
    frames: FrameOptions,
    outputs: OutputOptions,
    pictures: PictureOptions,
    heard: SongOptions,
    models: ModelOptions,
    network: NetworkOptions,
    controllers: MidiOptions,
    process: ProcessOptions,
    song: Annotated[
        Path | None, typer.Argument(help="A song to begin with, or a folder of songs; it plays at once.")
    ] = None,
    classes: Annotated[str | None, typer.Option(help='Your own choice of pictures: "lake,fire,…".')] = None,
) -> None:
    """Run the bridge: curves, scenes and frames over OSC, ZeroMQ and shared memory; knobs over MIDI and OSC."""
    from ..core.log import set_up

    if playing.input == LIST:
        inputs()
        return
    set_up(process.log_json, process.verbose)
    from ..app import bridge
    from ..app.process import leave

    config = BridgeConfig(
        playback=playing.playback(song),
        network=network.network(frames),
        midi=controllers.midi(),
        video=outputs.video(),
        models=models.choice(classes=classes),
        settings=Settings(
            cut=heard.cut,
            every=heard.period,
            alignment=heard.alignment,
            seed=heard.seed,
            allow_flashing=pictures.allow_flashing,
        ),
        changed=_parameters(frames, pictures),
        threads=process.threads,
    )
    if warning := bridge.exposed(network.listen, network.keys is not None, config.network.token is not None):
        log.warning(warning)
    leave(bridge.serve(config, _tell_running))


def _parameters(frames: FrameOptions, pictures: PictureOptions) -> dict[str, Value]:
    """What they begin at."""
    given: dict[str, Value] = {
        "size": frames.size,
        "fps": frames.fps,
        "blend": pictures.blend,
        "noise": pictures.noise,
        "react": pictures.react,
        "grade": pictures.grade,
        "style": options.AUTO if pictures.style == options.NEAREST else pictures.style,
    }
    chosen = {"truncation": pictures.truncation, "view": pictures.view}
    return given | {name: value for name, value in chosen.items() if value is not None}


def _tell_running(lines: Sequence[str]) -> None:
    for line in lines:
        log.info(line)
    log.info("Ctrl-C stops. To watch, in another terminal: %s", command("view"))
