"""What `bridge.py midi` does: lists ports, shows what they send, learns a knob. Knows nothing of the command line.

Runs on the caller's thread, which Ctrl-C leaves by a KeyboardInterrupt: then ports are closed, and files as they were.
All raise BridgeError if there is no MIDI on the machine, or not such a backend.
"""

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from ...core.errors import BridgeError
from ...live.clock import SystemClock
from ...live.cues import called_cue, check_name
from ...live.parsing import ACTIONS
from ...live.vocabulary import Vocabulary
from .learn import ButtonLearner, Learner, SwitchLearner
from .map import Control, Entry, MidiMap, control_fields, load_map
from .map_file import learn_into
from .monitor import Monitor, describe
from .port_names import choose, steady_name
from .ports import LOOK_S, Ports, Received
from .rtmidi import Backend

WAIT_S = 0.01  # between two looks at what has arrived
AnyLearner = Learner | SwitchLearner | ButtonLearner


@dataclass(frozen=True)
class PortInfo:
    """`name` without changing numbers; `used`: heard, or sent to; `does`: what is mapped there, in words."""

    name: str
    direction: str
    used: bool
    does: tuple[str, ...]

    def __str__(self) -> str:
        does = "; ".join(self.does) if self.does else "nothing mapped"
        return f"{self.direction:6}  {self.name}  ({does if self.used else 'not used'})"


def list_ports(mapping: MidiMap, ports: Iterable[str] = (), backend: str | None = None) -> list[PortInfo]:
    """Inputs, then outputs, as the system has them; `ports` are the parts of names that would be opened, none: all."""
    with closing(Backend(backend)) as opened:
        inputs, outputs = opened.names()
    heard, answering = choose(inputs, outputs, tuple(ports))
    found = [PortInfo(steady_name(port), "input", port in heard, _does(mapping, port)) for port in inputs]
    for port in outputs:
        shown = tuple(describe(control) for control in mapping.shown_on(port))
        found.append(PortInfo(steady_name(port), "output", port in answering and bool(shown), shown))
    return found


def monitor(mapping: MidiMap, ports: Iterable[str] = (), backend: str | None = None) -> Iterator[str]:
    """A line for each message that comes in, and for each device that comes and goes; never ends by itself."""
    lines, known = Monitor(mapping), set[str]()
    with closing(_received(ports, backend)) as received:
        for opened, heard in received:
            yield from (f"{steady_name(port)}: there" for port in sorted(set(opened) - known))
            for port in sorted(known - set(opened)):
                lines.forget(port)
                yield f"{steady_name(port)}: gone"
            known = set(opened)
            yield from filter(None, (lines.line(*message) for message in heard))


def learn(
    wanted: str,
    path: Path,
    vocabulary: Vocabulary,
    ports: Iterable[str] = (),
    backend: str | None = None,
    timeout_s: float = 60.0,
    say: Callable[[str], None] = lambda line: None,
) -> str:
    """Wait for a knob that moves clearly, and write it to the map `path` as what turns the parameter that is `wanted`;
    of a command without values, or of `cue/` and a cue's name, for the press of a button that starts it.

    Returns a sentence that says what was written; `say` is told what to do meanwhile. Raises BridgeError for what
    cannot be learned, a file that is no map, and if nothing moves within `timeout_s`.
    """
    learner = _learner(wanted, vocabulary)
    if path.exists():
        load_map(path, vocabulary)
    clock = SystemClock()
    end_s, known = clock.now() + timeout_s, None
    lines, last = Monitor(MidiMap()), None
    with closing(_received(ports, backend)) as received:
        for opened, heard in received:
            if known is None:
                say(_asked(learner, wanted))
            if opened != known:
                known = opened
                say(f"Listening to {', '.join(map(steady_name, known)) or 'nothing yet: no device is there'}.")
            for message in heard:
                if entry := learner.hear(*message):
                    return _written(entry, path, learn_into(path, entry, vocabulary))
                last = lines.line(*message) or last
            if clock.now() > end_s:
                came = f"what came last: {last}" if last else "nothing came"
                raise BridgeError(
                    f"midi learn: {_missed(learner)} within {timeout_s:g} s ({came}); {path} is as it was"
                )
    raise AssertionError("they do not end")


def _asked(learner: AnyLearner, wanted: str) -> str:
    if isinstance(learner, Learner):
        return f"Turn the knob for {wanted} now; an encoder to the right, then to the left."
    return f"Press the button, pad or key for {wanted} now."


def _missed(learner: AnyLearner) -> str:
    return "no knob moved clearly" if isinstance(learner, Learner) else "no button was pressed"


def _learner(wanted: str, vocabulary: Vocabulary) -> AnyLearner:
    """Raises BridgeError for what cannot be learned."""
    if cue := called_cue(wanted):
        check_name(cue, "midi learn, cue")
    if cue or wanted in ACTIONS:
        return ButtonLearner(wanted)
    turnable = control_fields(vocabulary)[0]
    replace(turnable, choices=(*turnable.choices, *ACTIONS, "cue/NAME")).check(wanted, "midi learn")
    return SwitchLearner(wanted) if vocabulary.parameters[wanted].field.kind == "bool" else Learner(wanted)


def _received(wanted: Iterable[str], backend: str | None) -> Generator[tuple[tuple[str, ...], list[Received]]]:
    """Which inputs are open and what they sent, again and again; closes them when it is closed."""
    clock = SystemClock()
    ports = Ports(Backend(backend), wanted, lambda port: False, clock)
    look_s = clock.now()
    try:
        while True:
            if clock.now() >= look_s:
                ports.look()
                look_s = clock.now() + LOOK_S
            yield tuple(ports.inputs), ports.take()
            time.sleep(WAIT_S)
    finally:
        ports.close()


def _does(mapping: MidiMap, port: str) -> tuple[str, ...]:
    """What is mapped to `port` and is not hidden by an entry that names it better."""
    entries: tuple[Entry, ...] = (*mapping.controls, *mapping.buttons)
    found = [entry for entry in entries if mapping.find(port, entry.channel or 1, *entry.claims[0]) == entry]
    return tuple(describe(entry) for entry in found)


def _written(entry: Entry, path: Path, lost: list[str]) -> str:
    trigger, number = entry.claims[0]
    where = f"{trigger} {number} on channel {entry.channel} of {entry.device}"
    if isinstance(entry, Control):
        kind = {"absolute": "7 bit", "absolute14": "14 bit", "relative": f"relative, {entry.encoding}"}[entry.kind]
        gone = f"; it turns {' and '.join(lost)} no more" if lost else ""
        return f"{entry.parameter} is turned by {where} ({kind}){gone}. Written to {path}."
    gone = f"; it does {' and '.join(lost)} no more" if lost else ""
    return f"{entry.action} is started by {where}{gone}. Written to {path}."
