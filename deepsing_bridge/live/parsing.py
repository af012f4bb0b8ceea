"""Names and plain values, as every protocol has them, become commands. Pure."""

from collections.abc import Callable, Sequence
from pathlib import Path

from ..core.errors import BridgeError
from ..core.fields import Value
from ..core.invocation import command
from ..core.units import told_apart
from .commands import (
    SHORTEST_LOOP_S,
    Command,
    FadeParam,
    Hold,
    Load,
    Loop,
    NextScene,
    NextSong,
    Pause,
    Play,
    PreviousSong,
    RecallCue,
    SaveCue,
    Seek,
    Sender,
    SetParam,
    Stop,
    Tap,
    Toggle,
)
from .cues import called_cue, check_name
from .messages import ROOT
from .vocabulary import Vocabulary


class NotKnown(BridgeError):
    """There is no such parameter or message."""


ACTIONS: dict[str, Callable[[Sender], Command]] = {
    "play": Play,
    "pause": Pause,
    "stop": Stop,
    "toggle": Toggle,
    "next": NextSong,
    "previous": PreviousSong,
    "tap": Tap,
    "scene/next": lambda sender: NextScene(sender=sender),
    "class/release": lambda sender: Hold(sender=sender),
}
"""Commands without values: what a button may start."""
Allowed = Callable[[str], Path]
"""A path as it came from outside → the file it means. Raises BridgeError if it may not be read."""


def to_command(
    vocabulary: Vocabulary, name: str, values: Sequence[object], allowed: Allowed, sender: Sender = None
) -> Command:
    """The command that `name` (`play`, `seek`, `param/blend`, …) with `values` means.

    Raises BridgeError for an unknown name, a wrong number of values, and any value out of its range.
    """
    if name.startswith("param/"):
        return _to_set_param(vocabulary, name.removeprefix("param/"), values, sender)
    if cue := called_cue(name):
        return RecallCue(check_name(cue, f"{ROOT}/cue"), sender=sender)
    given = check_values(vocabulary, name, values)
    if name in ACTIONS:
        return ACTIONS[name](sender)
    if name == "seek":
        return Seek(float(given[0]), sender)
    if name == "load":
        return Load(allowed(str(given[0])), sender)
    if name == "loop":
        return _to_loop(given, sender)
    if name == "class":
        return _to_hold(given, sender)
    if name == "cue":
        fade_s = float(given[1]) if given[1:] else None
        return RecallCue(check_name(str(given[0]), f"{ROOT}/cue name"), fade_s, sender)
    if name == "cue/save":
        return SaveCue(check_name(str(given[0]), f"{ROOT}/cue/save name"), sender)
    if name == "fade":
        return _to_fade(vocabulary, given, sender)
    raise BridgeError(f"{ROOT}/{name}: answered where it arrives, not a command for the engine")


def check_values(vocabulary: Vocabulary, name: str, values: Sequence[object]) -> list[Value]:
    """`values` as the message called `name` wants them. Raises BridgeError, as `to_command` does."""
    message = vocabulary.commands.get(name)
    if message is None:
        raise NotKnown(f"{ROOT}/{name}"[:80] + f": not known; {command('vocabulary')} lists what is")
    least = sum(not field.optional for field in message.fields)
    if not least <= len(values) <= len(message.fields):
        wanted = " ".join(f"[{f.name}]" if f.optional else f.name for f in message.fields) or "no values"
        raise BridgeError(f"{message.address}: expected {wanted}, got {len(values)} values")
    pairs = zip(message.fields, values, strict=False)
    return [field.check(value, f"{message.address} {field.name}") for field, value in pairs]


def _to_set_param(vocabulary: Vocabulary, name: str, values: Sequence[object], sender: Sender) -> SetParam:
    parameter = vocabulary.parameters.get(name)
    if parameter is None:
        raise NotKnown(
            f"{ROOT}/param/{name}"[:80] + f": no such parameter; there are {', '.join(vocabulary.parameters)}"
        )
    if len(values) != 1:
        raise BridgeError(f"{parameter.address}: expected one value, got {len(values)}")
    return SetParam(name, parameter.check(values[0]), sender)


def _to_fade(vocabulary: Vocabulary, given: list[Value], sender: Sender) -> FadeParam:
    name, fade_s = str(given[0]), float(given[2])
    fading = [known for known, parameter in vocabulary.parameters.items() if parameter.fades]
    if name not in fading:
        raise BridgeError(f"{ROOT}/fade name: expected {', '.join(fading)}, got {name!r:.60}")
    return FadeParam(name, float(vocabulary.parameters[name].check(given[1])), fade_s, sender)


def _to_hold(given: list[Value], sender: Sender) -> Hold:
    """Empty text, as a field that was cleared sends it, is no name."""
    given = given if any(map(str.strip, map(str, given[::2]))) else []
    names, weights = map(str, given[::2]), (*map(float, given[1::2]), 1.0)
    pairs = tuple((name, weight) for name, weight in zip(names, weights, strict=False) if name.strip() and weight)
    if given and not pairs:
        raise BridgeError(f"{ROOT}/class: expected the name of a class, and a weight above 0")
    return Hold(pairs, sender)


def _to_loop(given: list[Value], sender: Sender) -> Loop:
    on, start_s, end_s = bool(given[0]), float(given[1]) if given[1:] else 0.0, float(given[2]) if given[2:] else None
    if on and end_s is not None and end_s - start_s < SHORTEST_LOOP_S:
        length, shortest = told_apart(end_s - start_s, SHORTEST_LOOP_S)
        raise BridgeError(f"{ROOT}/loop end_s: expected at least {shortest} s after start_s, got {length} s after it")
    return Loop(on, start_s, end_s, sender)
