"""What is on, kept in a small file while it plays, so that a bridge that is started again goes on there."""

import json
import logging
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from threading import Event, Thread

from ..core import json_text
from ..core.errors import BridgeError
from ..core.fields import Value
from ..core.files import is_file, made, read_text, write_text
from ..core.user_folders import state_folder
from ..live.cues import Weights
from ..live.hub import Hub
from ..live.vocabulary import Vocabulary
from .config import BridgeConfig

log = logging.getLogger("deepsing_bridge")
MOST_BYTES = 1 << 16
SAVE_S = 1.0
VERSION = 1


@dataclass(frozen=True)
class Show:
    """Parameters, the song and where it was, whether it played, and the classes that were held."""

    values: Mapping[str, Value] = field(default_factory=dict)
    song: str = ""
    time_s: float = 0.0
    plays: bool = False
    classes: Weights = ()


def show_path(config: BridgeConfig) -> Path:
    """A bridge of its own has a file of its own: they differ in the port that OSC comes to."""
    return state_folder() / f"show-{config.network.ports.osc or 0}.json"


def load_show(path: Path, vocabulary: Vocabulary) -> Show:
    """What is in the file, but for what cannot be used any more, which the log tells; an empty one without a file."""
    if not is_file(path):
        return Show()
    try:
        return _show(json_text.parse(read_text(path, MOST_BYTES)), vocabulary)
    except (BridgeError, ValueError, TypeError, KeyError) as error:
        log.warning("%s: cannot be used (%.200s); the show begins anew", path, error)
        return Show()


def resumed(config: BridgeConfig, show: Show) -> BridgeConfig:
    """`config` as the show was; with live sound but for its song. Another song than the show's goes before it, but
    for a folder in which that is."""
    playback, song = config.playback, Path(show.song)
    if playback.input is not None:
        return replace(config, changed={**config.changed, **show.values})
    asked = playback.song.absolute() if playback.song else song
    if is_file(song) and (song == asked or song in playback.playlist):
        playback = replace(playback, song=song, start_s=show.time_s, play=show.plays)
    elif show.song and playback.song is None:
        log.warning("%s is not there any more", song)
    return replace(config, playback=playback, changed={**config.changed, **show.values})


class ShowKeeper:
    """Writes down what is on. Has a thread of its own."""

    def __init__(self, hub: Hub, path: Path, before: Show) -> None:
        """`before` is the show that is taken up again: its song counts until there is one."""
        self._hub, self._path = hub, path
        self._written = before
        self._failed = False
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="resume", daemon=True)

    def start(self) -> None:
        made(self._path.parent)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def describe(self) -> str:
        return f"resume: {self._path}"

    def _run(self) -> None:
        while not self._stopping.wait(SAVE_S):
            self._save()
        self._save()

    def _save(self) -> None:
        if self._hub.frames.newest() is None:
            return
        show = _now(self._hub, self._written)
        if show == self._written:
            return
        try:
            write_text(self._path, json.dumps({"version": VERSION, **asdict(show)}))
            self._written, self._failed = show, False
        except BridgeError as error:
            if not self._failed:
                log.warning("what is on cannot be written down: %s", error)
            self._failed = True


def _now(hub: Hub, before: Show) -> Show:
    seen, frame = hub.snapshot, hub.frames.newest()
    values = {name: value for name, value in seen.values.items() if name != "view" or not seen.own_view}
    show = replace(before, values=values, classes=seen.held.weights)
    if frame is None or not frame.song_path.name:
        return show
    state = seen.status.state
    time_s = 0.0 if state == "ended" else round(seen.time_s, 3)
    return replace(show, song=str(frame.song_path.absolute()), time_s=time_s, plays=state == "playing")


def _show(data: object, vocabulary: Vocabulary) -> Show:
    """Raises what is wrong with `data`."""
    if not isinstance(data, dict) or data["version"] != VERSION:
        raise ValueError(f"expected version {VERSION}")
    classes = tuple((str(name), float(weight)) for name, weight in data["classes"] if 0 < float(weight) <= 1)
    values = dict(_usable(dict(data["values"]), vocabulary))
    if not math.isfinite(float(data["time_s"])):
        raise ValueError("time_s is no time")
    return Show(values, str(data["song"]), max(float(data["time_s"]), 0.0), bool(data["plays"]), classes)


def _usable(values: Mapping[str, object], vocabulary: Vocabulary) -> Iterator[tuple[str, Value]]:
    """Those that there still are, and may be: other models have other styles and views."""
    for name, value in values.items():
        parameter = vocabulary.parameters.get(name)
        try:
            if parameter is not None:
                yield name, parameter.check(value)
        except BridgeError as error:
            log.warning("as it was before it cannot be: %s", error)
