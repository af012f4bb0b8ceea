"""`edits.json` ↔ `History`: the one place that knows the file's layout.

A step is what one command changed. Those that were undone stay, to be done again, until another one takes their place.
Knows nothing of where the file lies.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from dataclasses import fields as fields_of
from itertools import chain
from typing import Any, Self

from ..core import json_text
from ..core.errors import BridgeError, in_words
from ..core.fields import LONGEST_TEXT
from ..core.options import BLEND
from ..core.plain_text import is_plain
from ..footage.media import Subclip
from .edits import Edit, Lock, Merge, MoveCut, Picture, Reblend, Repaint, Reshoot, Restyle, Split, SplitShot
from .story_file import to_float
from .subclip_fields import fields_to_subclip, subclip_to_fields

SCHEMA = "deepsing-edits"
VERSION = 1
MOST_STEPS = 10_000
MOST_EDITS = 10_000  # of a step
LARGEST_LATENT = 4096  # numbers
FIRST_TIMELINE = "story.otio"

_KINDS: dict[str, type[Edit]] = {
    "picture": Repaint,
    "shot": Reshoot,
    "style": Restyle,
    "blend": Reblend,
    "move-cut": MoveCut,
    "merge": Merge,
    "split": Split,
    "split-shot": SplitShot,
    "lock": Lock,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


@dataclass(frozen=True)
class Step:
    """What one command changed, and the name of the timeline that shows it."""

    edits: tuple[Edit, ...]
    timeline: str = FIRST_TIMELINE


@dataclass(frozen=True)
class History:
    """All `steps`, of which the first `done` are in force. `drawn`: how many pictures were ever drawn by chance, for
    steps that are forgotten too: none comes again."""

    steps: tuple[Step, ...] = ()
    done: int = 0
    drawn: int = 0

    @property
    def edits(self) -> tuple[Edit, ...]:
        """Those in force, in order."""
        return tuple(chain.from_iterable(step.edits for step in self.steps[: self.done]))

    @property
    def timeline(self) -> str:
        """The name of the timeline of the story as it is now."""
        return self.steps[self.done - 1].timeline if self.done else FIRST_TIMELINE

    def with_step(self, step: Step, drawn: int = 0) -> Self:
        """`step` in place of those that were undone; `drawn` more pictures."""
        steps = (*self.steps[: self.done], step)
        return replace(self, steps=steps, done=len(steps), drawn=self.drawn + drawn)

    def undone(self) -> Self:
        """Raises BridgeError where there is no step."""
        if not self.done:
            raise BridgeError("there is nothing to undo: the story is as it was planned")
        return replace(self, done=self.done - 1)

    def redone(self) -> Self:
        """Raises BridgeError where no step was undone."""
        if self.done == len(self.steps):
            raise BridgeError("there is nothing to do again: nothing was undone since the last change")
        return replace(self, done=self.done + 1)


def history_to_json(history: History, story_digest: str) -> str:
    """As JSON text, one edit a line; `story_digest` is the sha256 of the `story.json` that it belongs to."""
    steps = ",\n".join(_step_text(step) for step in history.steps)
    head = {
        "schema": SCHEMA,
        "version": VERSION,
        "story_sha256": story_digest,
        "done": history.done,
        "drawn": history.drawn,
    }
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    return "{\n" + ",\n".join([*lines, f'"steps": [\n{steps}\n]']) + "\n}\n"


def json_to_history(text: str, story_digest: str, name: str = "edits.json") -> History:
    """The history that `text` holds; `name` is what the file is called in a complaint.

    Raises BridgeError where the text is no such file, one of another schema version, or of another story.
    """
    try:
        fields = json_text.parse(text)
        if fields["schema"] != SCHEMA:
            raise ValueError(f"schema {fields['schema']!r:.60}")
        if fields["version"] != VERSION:
            raise BridgeError(f"{name}: schema version {fields['version']!r:.60}; this program reads version {VERSION}")
        if fields["story_sha256"] != story_digest:
            raise BridgeError(f"{name}: belongs to another story.json than the one beside it; put the right one back")
        return _history(fields)
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as error:
        raise BridgeError(
            f"{name}: not a list of edits, or a damaged one ({in_words(error)}); "
            "without it the story is as it was planned"
        ) from error


def _step_text(step: Step) -> str:
    edits = ",\n".join(f"    {json.dumps(_fields(edit), ensure_ascii=False, allow_nan=False)}" for edit in step.edits)
    return f'  {{"timeline": {json.dumps(step.timeline)}, "edits": [\n{edits}\n  ]}}'


def _fields(edit: Edit) -> dict[str, Any]:
    return {"kind": _NAMES[type(edit)], **{field.name: _plain(getattr(edit, field.name)) for field in fields_of(edit)}}


def _plain(value: Any) -> Any:
    if isinstance(value, Subclip):
        return subclip_to_fields(value)
    return asdict(value) if isinstance(value, Picture) else value


def _history(fields: Mapping[str, Any]) -> History:
    steps = tuple(map(_step, _bounded(fields["steps"], MOST_STEPS)))
    return History(steps, _whole(fields["done"], len(steps)), _whole(fields["drawn"]))


def _step(fields: Mapping[str, Any]) -> Step:
    timeline = str(fields["timeline"])
    if not re.fullmatch(r"story(-[1-9][0-9]{0,4})?\.otio", timeline, re.ASCII):
        raise ValueError(f"timeline {timeline!r:.60}")
    return Step(tuple(map(_edit, _bounded(fields["edits"], MOST_EDITS))), timeline)


def _edit(fields: Mapping[str, Any]) -> Edit:
    kind = _KINDS[fields["kind"]]
    values = {name: read(fields[name]) for name, read in _READ.items() if name in kind.__dataclass_fields__}
    return kind(**values)


def _whole(value: Any, most: int = 2**53) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError(f"number {value!r:.60}")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not is_plain(value) or len(value) > LONGEST_TEXT:
        raise ValueError(f"text {value!r:.60}")
    return value


def _locked(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"locked {value!r:.60}")
    return value


def _blend(value: Any) -> float:
    try:
        return float(BLEND.field.check(value, "blend"))
    except BridgeError as error:
        raise ValueError(str(error)) from error


def _picture(fields: Any) -> Picture:
    latents = (tuple(map(to_float, _bounded(fields[name], LARGEST_LATENT))) for name in ("latent", "towards"))
    return Picture(_whole(fields["class_id"]), _text(fields["label"]), *latents)


def _bounded(values: Any, most: int) -> list[Any]:
    if not isinstance(values, list) or len(values) > most:
        raise ValueError(f"a list of more than {most} parts, or none")
    return values


_READ: dict[str, Callable[[Any], Any]] = {
    "scene": _whole,
    "first": _whole,
    "last": _whole,
    "frame": _whole,
    "style": _text,
    "blend": _blend,
    "locked": _locked,
    "picture": _picture,
    "subclip": fields_to_subclip,
}
"""How each field of an edit is read."""
