"""Everything that can be said to the bridge and by it: the tables of `parameters` and `messages` as one.

Codecs, range checks, echoes, `bridge.py vocabulary`, docs/protocol.md and OSCQuery all derive from it. It lies
below both `live`, which needs names, ranges and defaults, and `protocols`, which need addresses. Knows no protocol
beyond the shape of an OSC address and a MIDI controller's number.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from ..core.fields import Value
from ..core.options import AUTO, THRESHOLD
from .messages import MESSAGES, Message
from .parameters import PARAMETERS, Parameter


@dataclass(frozen=True)
class Vocabulary:
    """The table as one process speaks it: styles and views are those that it has loaded."""

    parameters: Mapping[str, Parameter]
    messages: Mapping[str, Message]

    @property
    def commands(self) -> Mapping[str, Message]:
        return {name: message for name, message in self.messages.items() if message.direction != "out"}

    @property
    def events(self) -> Mapping[str, Message]:
        return {name: message for name, message in self.messages.items() if message.direction != "in"}

    def defaults(self) -> dict[str, Value]:
        return {name: parameter.default for name, parameter in self.parameters.items()}


def vocabulary(styles: Iterable[str] = (), views: int = 6, truncation: float = 1.0) -> Vocabulary:
    """The table with these style images' names, this many views, and this truncation to begin with.

    The shipped ones' and the embedded generator's if not said otherwise.
    """
    found = {parameter.name: parameter for parameter in PARAMETERS}
    if names := tuple(styles):
        found["style"] = _with(found["style"], choices=(AUTO, THRESHOLD, *names))
    found["view"] = _with(found["view"], low=0, high=max(views - 1, 0))
    found["truncation"] = replace(found["truncation"], default=truncation)
    return Vocabulary(MappingProxyType(found), MappingProxyType({message.name: message for message in MESSAGES}))


def _with(parameter: Parameter, **changes: object) -> Parameter:
    return replace(parameter, field=replace(parameter.field, **changes))  # type: ignore[arg-type]
