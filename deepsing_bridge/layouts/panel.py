"""What every layout shows, whatever program it is for. Knows none of them."""

from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from ..core.fields import Field
from ..live.cues import cue_address
from ..live.messages import ROOT, Message
from ..live.parameters import Parameter
from ..live.vocabulary import Vocabulary

Control = Literal["fader", "menu", "switch", "entry"]

SILENCE_MS = 3000
"""So long after the last word of the bridge, which tells its status once a second, a layout subscribes again."""

TRANSPORT = ("play", "pause", "stop")
BY_HAND = {"tap": "tap", "scene/next": "next scene", "next": "next song", "class/release": "all classes"}
"""Commands without values beside the transport, and what stands on their buttons."""
TYPED = {"cue": "cue", "cue/save": "save cue", "class": "class"}
"""Commands of a name, which is typed in where a program has a field for it."""
BLACKOUT = "blackout"
"""A switch over `dim`: on is black, off is as bright as can be."""
SIZES = ("256x256", "512x512", "640x360", "1280x720")
"""What a program that has no field to type in offers instead."""

_TOLD = (
    ("song", "title"),
    ("transport", "state"),
    ("time", "time_s"),
    ("scene", "label"),
    ("scene", "feeling"),
    ("valence", "valence"),
    ("arousal", "arousal"),
    ("error", "text"),
)


@dataclass(frozen=True)
class Bridge:
    """Where the bridge hears OSC, and the names of its cues as far as they are known."""

    host: str = "127.0.0.1"
    port: int = 7700
    cues: tuple[str, ...] = ()


@dataclass(frozen=True)
class Button:
    """What sends a message without values. `name` is one word, for programs that want such."""

    name: str
    title: str
    address: str


@dataclass(frozen=True)
class Readout:
    """One value of a message that the bridge tells."""

    message: Message
    field: Field

    @property
    def name(self) -> str:
        """`song`, and `feeling` where a message has several."""
        return self.message.name if self.field is self.message.fields[0] else self.field.name

    @property
    def index(self) -> int:
        """Its place among the message's values, from 0."""
        return self.message.fields.index(self.field)

    @property
    def is_number(self) -> bool:
        return self.field.kind == "float"


def control(parameter: Parameter) -> Control:
    """What turns `parameter`."""
    match parameter.field.kind:
        case "choice":
            return "menu"
        case "bool":
            return "switch"
    return "fader" if parameter.turnable else "entry"


def with_control(vocabulary: Vocabulary, wanted: Control) -> list[Parameter]:
    return [parameter for parameter in vocabulary.parameters.values() if control(parameter) == wanted]


def by_hand(vocabulary: Vocabulary) -> list[Button]:
    """Buttons for whoever plays pictures by hand."""
    return [_button(vocabulary, name, title) for name, title in BY_HAND.items()]


def typed(vocabulary: Vocabulary) -> list[Button]:
    """Likewise, but that the message has what was typed."""
    return [_button(vocabulary, name, title) for name, title in TYPED.items()]


def cue_buttons(bridge: Bridge) -> list[Button]:
    """One for each cue."""
    return [Button(f"cue_{name}", name, f"{ROOT}/{cue_address(name)}") for name in bridge.cues]


def readouts(vocabulary: Vocabulary) -> list[Readout]:
    """What is shown of what is told."""
    return [Readout(message, _field(message, name)) for message, name in _messages(vocabulary)]


def by_message(vocabulary: Vocabulary) -> list[tuple[Message, list[Readout]]]:
    """The same, by the message that tells them."""
    return [(message, list(shown)) for message, shown in groupby(readouts(vocabulary), lambda one: one.message)]


def place(message: Message, name: str) -> int:
    """Of the value `name` among those of `message`, from 0."""
    return message.fields.index(_field(message, name))


def title(parameter: Parameter) -> str:
    return parameter.name.replace("_", " ")


def decimals(parameter: Parameter) -> int:
    """How many are worth showing."""
    field = parameter.field
    return 0 if field.kind == "int" else 1 if field.high - field.low > 10 else 2


def _button(vocabulary: Vocabulary, name: str, title: str) -> Button:
    return Button(name.replace("/", "_"), title, vocabulary.commands[name].address)


def _messages(vocabulary: Vocabulary) -> list[tuple[Message, str]]:
    return [(vocabulary.events[message], field) for message, field in _TOLD]


def _field(message: Message, name: str) -> Field:
    return next(field for field in message.fields if field.name == name)
