"""Commands of the live bridge: serve, view, vocabulary, midi, keys, doctor."""

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

from ..core.errors import BridgeError
from ..live.vocabulary import Value

log = logging.getLogger("deepsing_bridge")
midi = typer.Typer(help="MIDI: what is there, what it sends, and which knob turns what.", no_args_is_help=True)
MapFile = Annotated[
    Path | None, typer.Option("--map", help="The map file; your own one in the usual place if not given.")
]


def serve(
    song: Annotated[Path | None, typer.Argument(help="A song to begin with; it plays at once.")] = None,
    hold: Annotated[bool, typer.Option("--hold", help="Do not play at once: wait for a play command.")] = False,
    loop: Annotated[
        bool, typer.Option("--loop", help="Play every song again and again, until /deepsing/loop 0.")
    ] = False,
    songs: Annotated[
        list[Path] | None, typer.Option(help="A folder whose songs may be loaded from outside; may be repeated.")
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="Record what is played into this new folder; `finish` makes a story of it.")
    ] = None,
    size: Annotated[str, typer.Option(help="Pixels of a frame, one number for a square or WIDTHxHEIGHT.")] = "256",
    fps: Annotated[float, typer.Option(help="Frames a second.", min=1, max=60)] = 24,
    blend: Annotated[float, typer.Option(help="How strongly pictures are stylized.", min=0, max=1)] = 0.1,
    noise: Annotated[float, typer.Option(help="σ of the noise on latents: variety.", min=0, max=1)] = 0.1,
    view: Annotated[int, typer.Option(help="Which trained view of the generator: a palette of classes.")] = 0,
    style: Annotated[str, typer.Option(help="auto, threshold, or a style image's name.")] = "auto",
    styles: Annotated[Path | None, typer.Option(help="Folder of your own style images.")] = None,
    cut: Annotated[Literal["beats", "interval"], typer.Option(help="Cut on beats, or every 5 s.")] = "beats",
    alignment: Annotated[
        Literal["song", "dataset"], typer.Option(help="Sentiment relative to this song, or to all music.")
    ] = "song",
    seed: Annotated[int, typer.Option(help="The same seed gives the same story.", min=0)] = 0,
    generator: Annotated[str, typer.Option(help="embedded, biggan-deep-128, -256, -512, or your own.")] = "embedded",
    audio_model: Annotated[
        Literal["context", "paper"] | None,
        typer.Option(help="Audio estimator: ten seconds around each moment, or the paper's; that of --models first."),
    ] = None,
    device: Annotated[str, typer.Option(help="Where BigGAN and the stylizer work: cpu, cuda, cuda:1, mps.")] = "cpu",
    precision: Annotated[Literal["float32", "bfloat16"], typer.Option(help="Of BigGAN.")] = "float32",
    truncation: Annotated[
        float | None,
        typer.Option(help="Latents' reach; less is calmer. The generator's own if not given.", min=0.05, max=1),
    ] = None,
    models: Annotated[
        str, typer.Option(help="Installed model sets to prefer, separated by commas: authors, wct-16x, …")
    ] = "",
    listen: Annotated[
        str, typer.Option(help="Address to listen on. Any but 127.0.0.1 opens the bridge to the network.")
    ] = "127.0.0.1",
    osc_port: Annotated[int, typer.Option(help="UDP; 0 for any free one.", min=0, max=65535)] = 7700,
    osc_send: Annotated[
        list[str] | None, typer.Option(help="HOST:PORT that always hears all events; may be repeated.")
    ] = None,
    oscquery_port: Annotated[int, typer.Option(help="HTTP.", min=0, max=65535)] = 7701,
    announce: Annotated[bool, typer.Option(help="Announce OSCQuery by zeroconf.")] = True,
    frames_port: Annotated[int, typer.Option(help="ZeroMQ PUB: frames and state.", min=0, max=65535)] = 7702,
    commands_port: Annotated[int, typer.Option(help="ZeroMQ ROUTER: commands.", min=0, max=65535)] = 7703,
    pixels: Annotated[Literal["rgb", "rgba", "jpeg"], typer.Option(help="How frames go out over ZeroMQ.")] = "rgb",
    shm: Annotated[
        str, typer.Option(help="Name of the shared memory with the newest frame; empty for none.")
    ] = "deepsing",
    keys: Annotated[
        Path | None, typer.Option(help="Folder that `bridge.py keys` made: ZeroMQ then takes its clients only.")
    ] = None,
    midi_ports: Annotated[
        list[str] | None, typer.Option("--midi-port", help="Part of a MIDI input's name; all inputs if not given.")
    ] = None,
    midi_map: Annotated[Path | None, typer.Option(help="Which controller turns what (TOML).")] = None,
    midi_time: Annotated[
        Literal["both", "mtc", "clock", "none"], typer.Option(help="Which MIDI time moves the song.")
    ] = "both",
    mtc_start: Annotated[str, typer.Option(help="Timecode at which the song starts.")] = "00:00:00:00",
    no_midi: Annotated[bool, typer.Option("--no-midi", help="Leave MIDI alone.")] = False,
    threads: Annotated[int, typer.Option(help="CPU threads for the models.", min=1)] = 1,
    log_json: Annotated[bool, typer.Option("--log-json", help="Log as JSON, a line for each event.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log every parameter change too.")] = False,
) -> None:
    """Run the bridge: curves, scenes and frames over OSC, ZeroMQ and shared memory; knobs over MIDI and OSC."""
    from ..core.log import set_up

    set_up(log_json, verbose)
    from ..app import bridge as process

    given: dict[str, Value] = {
        "size": size,
        "fps": fps,
        "blend": blend,
        "noise": noise,
        "view": view,
        "style": style,
    }
    wish = process.BridgeConfig(
        song=song,
        play=not hold,
        loop=loop,
        record=record,
        songs=tuple(songs or ()),
        listen=listen,
        ports=process.Ports(osc_port, oscquery_port, frames_port, commands_port),
        targets=tuple(map(_address, osc_send or ())),
        pixel_format=pixels,
        shared_memory=shm or None,
        keys=keys,
        midi=None if no_midi else process.Midi(tuple(midi_ports or ()), midi_map, _time_sources(midi_time), mtc_start),
        announce=announce,
        generator=generator,
        models=models,
        audio_model=audio_model,
        device=device,
        precision=precision,
        styles=styles,
        cut=cut,
        alignment=alignment,
        seed=seed,
        changed=given | ({} if truncation is None else {"truncation": truncation}),
    )
    if warning := process.exposed(listen):
        log.warning(warning)
    process.leave(process.serve(wish, _tell_running))


def _tell_running(lines: Sequence[str]) -> None:
    for line in lines:
        log.info(line)
    log.info("Ctrl-C stops. To watch, in another terminal: python bridge.py view")


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise BridgeError(f"--osc-send {text!r}: expected HOST:PORT, as in 127.0.0.1:9000")
    return host, int(port)


def _time_sources(choice: str) -> tuple[str, ...]:
    return {"both": ("mtc", "clock"), "none": ()}.get(choice, (choice,))


def view(
    connect: Annotated[str, typer.Option(help="Where the bridge publishes frames.")] = "tcp://127.0.0.1:7702",
    shm: Annotated[str | None, typer.Option(help="Read this shared memory instead.")] = None,
    keys: Annotated[Path | None, typer.Option(help="Folder of keys, if the bridge asks for them.")] = None,
    commands: Annotated[
        str | None, typer.Option(help="Where the bridge takes commands; the port after the frames' if not given.")
    ] = None,
) -> None:
    """Watch a running bridge: its frames, with the sentiment drawn over them. Space plays and pauses it."""
    from ..core.log import set_up
    from ..viewer import open_viewer

    set_up(as_json=False, verbose=False)
    open_viewer(connect, shm, keys, commands)


def vocabulary(
    as_json: Annotated[bool, typer.Option("--json", help="The same table for programs.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="The same table as docs/protocol.md has it.")] = False,
) -> None:
    """Print every parameter and message: name, address, type, range, default, MIDI controller."""
    from ..live.vocabulary import vocabulary as shipped
    from ..protocols import tables

    words = shipped()
    if as_json:
        typer.echo(json.dumps(tables.to_json(words), ensure_ascii=False, indent=1))
    else:
        typer.echo(tables.to_markdown(words) if as_markdown else tables.to_text(words))


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
    parameter: Annotated[str, typer.Argument(help="The parameter to be turned: blend, noise, …")],
    ports: Annotated[
        list[str] | None, typer.Option("--midi-port", help="Part of an input's name; all if not given.")
    ] = None,
    map_file: MapFile = None,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for a knob to move.", min=1)] = 60,
) -> None:
    """Move a knob: it is written to the map file as the one that turns PARAMETER."""
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
