"""The options of `serve`, the live bridge, in the groups that its help shows."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from ..app.config import LOOPBACK, Midi, Network, PixelFormat, Playback, Ports, VideoOutputs
from ..core import options
from ..core.errors import BridgeError
from ..core.invocation import command
from ..protocols.token import Token
from .options import option

FRAMES, OUTPUTS, PLAYBACK, NETWORK, MIDI, PROCESS = "Frames", "Outputs", "Playback", "Network", "MIDI", "Process"


@dataclass(frozen=True)
class FrameOptions:
    size: Annotated[
        str, typer.Option(help="Pixels of a frame, one number for a square or WIDTHxHEIGHT.", rich_help_panel=FRAMES)
    ] = options.LIVE_SIZE.default
    fps: Annotated[float, option(options.FPS, FRAMES)] = options.FPS.default
    pixels: Annotated[PixelFormat, typer.Option(help="How frames go out over ZeroMQ.", rich_help_panel=FRAMES)] = "rgb"
    shm: Annotated[
        str,
        typer.Option(help="Name of the shared memory with the newest frame; empty for none.", rich_help_panel=FRAMES),
    ] = "deepsing"


@dataclass(frozen=True)
class OutputOptions:
    ndi: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Send the frames by NDI, as a source of this name that the whole network can see.",
            rich_help_panel=OUTPUTS,
        ),
    ] = None
    spout: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Share them by Spout (Windows), under this name.", rich_help_panel=OUTPUTS),
    ] = None
    syphon: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Share them by Syphon (macOS), under this name.", rich_help_panel=OUTPUTS),
    ] = None
    camera: Annotated[
        str | None,
        typer.Option(
            metavar="DEVICE",
            help="Show them on this virtual camera, as /dev/video2 or 'OBS Virtual Camera'; `first`: the first that is "
            "free.",
            rich_help_panel=OUTPUTS,
        ),
    ] = None

    def video(self) -> VideoOutputs:
        return VideoOutputs(self.ndi, self.spout, self.syphon, self.camera)


@dataclass(frozen=True)
class PlaybackOptions:
    hold: Annotated[
        bool, typer.Option("--hold", help="Do not play at once: wait for a play command.", rich_help_panel=PLAYBACK)
    ] = False
    loop: Annotated[
        bool,
        typer.Option(
            "--loop", help="Play every song again and again, until /deepsing/loop 0.", rich_help_panel=PLAYBACK
        ),
    ] = False
    songs: Annotated[
        list[Path] | None,
        typer.Option(
            help="A folder whose songs may be loaded from outside; may be repeated.", rich_help_panel=PLAYBACK
        ),
    ] = None
    input: Annotated[
        str | None,
        typer.Option(
            help="Hear live sound in place of songs: a device's name or a part of it, or `default`; `list` names all.",
            rich_help_panel=PLAYBACK,
        ),
    ] = None
    record: Annotated[
        Path | None,
        typer.Option(
            help="Record what is played into this new folder; `finish` makes a story of it.", rich_help_panel=PLAYBACK
        ),
    ] = None

    cues: Annotated[
        Path | None,
        typer.Option(
            help="Cues (TOML), read anew when it is saved; `cue/save` writes there. It need not be there yet.",
            rich_help_panel=PLAYBACK,
        ),
    ] = None

    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on where the last show with --resume was: parameters, classes, song, position.",
            rich_help_panel=PLAYBACK,
        ),
    ] = False

    def playback(self, song: Path | None) -> Playback:
        return Playback(
            song=song,
            play=not self.hold,
            loop=self.loop,
            record=self.record,
            songs=tuple(self.songs or ()),
            cues=self.cues,
            resume=self.resume,
            input=self.input,
        )


@dataclass(frozen=True)
class NetworkOptions:
    listen: Annotated[
        str,
        typer.Option(
            help="Address to listen on. Any but 127.0.0.1 opens the bridge to the network.", rich_help_panel=NETWORK
        ),
    ] = LOOPBACK
    osc_port: Annotated[
        int, typer.Option(help="UDP; 0 for any free one.", min=0, max=65535, rich_help_panel=NETWORK)
    ] = 7700
    osc_send: Annotated[
        list[str] | None,
        typer.Option(help="HOST:PORT that always hears all events; may be repeated.", rich_help_panel=NETWORK),
    ] = None
    osc_bundles: Annotated[
        bool,
        typer.Option(
            "--osc-bundles", help="Send what happens at the same time as one OSC bundle.", rich_help_panel=NETWORK
        ),
    ] = False
    oscquery_port: Annotated[int, typer.Option(help="HTTP.", min=0, max=65535, rich_help_panel=NETWORK)] = 7701
    announce: Annotated[
        bool,
        typer.Option(
            help="Announce OSCQuery by zeroconf, which opens udp 5353 on every address.", rich_help_panel=NETWORK
        ),
    ] = False
    frames_port: Annotated[
        int, typer.Option(help="ZeroMQ PUB: frames and state.", min=0, max=65535, rich_help_panel=NETWORK)
    ] = 7702
    commands_port: Annotated[
        int, typer.Option(help="ZeroMQ ROUTER: commands.", min=0, max=65535, rich_help_panel=NETWORK)
    ] = 7703
    link: Annotated[
        bool,
        typer.Option(
            "--link",
            help="Join the network's Ableton Link session: beats, tempo, start and stop. Opens udp 20808 on every "
            "address.",
            rich_help_panel=NETWORK,
        ),
    ] = False
    keys: Annotated[
        Path | None,
        typer.Option(
            help=f"Folder that `{command('keys')}` made: ZeroMQ then takes its clients only; OSC and HTTP do not.",
            rich_help_panel=NETWORK,
        ),
    ] = None
    token: Annotated[
        str | None,
        typer.Option(
            envvar="DEEPSING_TOKEN",
            help="What OSC and HTTP clients of other machines have to send: /deepsing/token TOKEN, or Authorization: "
            "Bearer. Who lists processes can read it here: give it by the environment, or by --token-file.",
            rich_help_panel=NETWORK,
        ),
    ] = None
    token_file: Annotated[
        Path | None, typer.Option(help="The file that --token is read from.", rich_help_panel=NETWORK)
    ] = None

    def network(self, frames: FrameOptions) -> Network:
        return Network(
            listen=self.listen,
            ports=Ports(self.osc_port, self.oscquery_port, self.frames_port, self.commands_port),
            targets=tuple(map(_address, self.osc_send or ())),
            announce=self.announce,
            pixel_format=frames.pixels,
            shared_memory=frames.shm or None,
            keys=self.keys,
            token=self._token(),
            osc_bundles=self.osc_bundles,
            link=self.link,
        )

    def _token(self) -> Token | None:
        if self.token_file is not None:
            return Token.read(self.token_file)
        return None if self.token is None else Token(self.token)


@dataclass(frozen=True)
class MidiOptions:
    midi_port: Annotated[
        list[str] | None,
        typer.Option(help="Part of a MIDI input's name; all inputs if not given.", rich_help_panel=MIDI),
    ] = None
    midi_map: Annotated[Path | None, typer.Option(help="Which controller turns what (TOML).", rich_help_panel=MIDI)] = (
        None
    )
    midi_time: Annotated[
        Literal["both", "mtc", "clock", "none"],
        typer.Option(help="Which MIDI time moves the song.", rich_help_panel=MIDI),
    ] = "both"
    mtc_start: Annotated[str, typer.Option(help="Timecode at which the song starts.", rich_help_panel=MIDI)] = (
        "00:00:00:00"
    )
    no_midi: Annotated[bool, typer.Option("--no-midi", help="Leave MIDI alone.", rich_help_panel=MIDI)] = False

    def midi(self) -> Midi | None:
        sources = {"both": ("mtc", "clock"), "none": ()}.get(self.midi_time, (self.midi_time,))
        return None if self.no_midi else Midi(tuple(self.midi_port or ()), self.midi_map, sources, self.mtc_start)


@dataclass(frozen=True)
class ProcessOptions:
    threads: Annotated[int, typer.Option(help="CPU threads for the models.", min=1, rich_help_panel=PROCESS)] = 1
    log_json: Annotated[
        bool, typer.Option("--log-json", help="Log as JSON, a line for each event.", rich_help_panel=PROCESS)
    ] = False
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Log every parameter change too.", rich_help_panel=PROCESS)
    ] = False


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not re.fullmatch(r"\d{1,5}", port, re.ASCII) or not 0 < int(port) < 65536:
        raise BridgeError(f"--osc-send {text!r:.80}: expected HOST:PORT, as in 127.0.0.1:9000")
    return host.removeprefix("[").removesuffix("]"), int(port)
