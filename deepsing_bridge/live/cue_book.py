"""The cues that there are. Part of the engine: it makes commands of them, and tells what becomes of them."""

from collections.abc import Iterable, Iterator, Mapping

from ..core.errors import BridgeError
from ..core.fields import Value
from .commands import Command, FadeParam, Hold, RecallCue, SetParam
from .cues import MOST_CUES, Cue, Weights, saved
from .events import CueFired, CueSaved
from .hub import Hub
from .messages import ROOT
from .telemetry import Telemetry


class CueBook:
    def __init__(self, hub: Hub, telemetry: Telemetry) -> None:
        self._hub, self._telemetry = hub, telemetry
        self._cues: Mapping[str, Cue] = {}

    def replace(self, cues: Iterable[Cue]) -> None:
        """These are all."""
        self._cues = {cue.name: cue for cue in cues}
        self._telemetry.cues(self._cues)

    def recall(self, command: RecallCue) -> list[Command]:
        """What is to be done. Raises BridgeError if there is no such cue."""
        cue = self._cues.get(command.name)
        if cue is None:
            there = ", ".join(self._cues) or "none yet"
            raise BridgeError(f"{ROOT}/cue: there is no {command.name}; there are {there}"[:300])
        fade_s = cue.fade_s if command.fade_s is None else command.fade_s
        self._hub.post(CueFired(cue.name, fade_s))
        return list(self._commands(cue, fade_s, command))

    def save(self, name: str, values: Mapping[str, Value], classes: Weights) -> None:
        """What is seen now. Raises BridgeError if there are too many already."""
        if name not in self._cues and len(self._cues) >= MOST_CUES:
            raise BridgeError(f"{ROOT}/cue/save: there are {MOST_CUES} cues already")
        cue = saved(name, self._cues.get(name), values, classes)
        self._hub.post(CueSaved(name, cue))
        self.replace({**self._cues, name: cue}.values())

    def _commands(self, cue: Cue, fade_s: float, command: RecallCue) -> Iterator[Command]:
        for name, value in cue.values.items():
            if self._hub.vocabulary.parameters[name].fades:
                yield FadeParam(name, float(value), fade_s)
            else:
                yield SetParam(name, value)
        if cue.classes is not None:
            yield Hold(cue.classes, command.sender)
