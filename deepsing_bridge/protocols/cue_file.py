"""`cues.toml`: what it may hold, and how cues are written into it without losing what somebody keeps there by hand.

Pure, but for reading and writing one file.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import tomlkit

from ..core.errors import BridgeError
from ..core.fields import Field, Value
from ..core.files import is_there, made, read_text, write_text
from ..core.toml import MOST_BYTES, parse_toml
from ..live.cues import MOST_CUES, Cue, Weights, check_name
from ..live.messages import LONGEST_FADE_S
from ..live.parameters import Parameter
from ..live.vocabulary import Vocabulary

FADE = Field("fade_s", "float", "how long parameters that are numbers take", "s", 0, LONGEST_FADE_S)
NAME_OF_CLASS = Field("class", "text", "names of classes, separated by commas, or a table of their weights")
WEIGHT = Field("weight", "float", "of a class", "", 0, 100)

_HEAD = """\
# Cues: each begins with its name in brackets, and holds as many parameters as it is to set.
#
#   fade_s   how many seconds parameters that are numbers take; the others change at once
#   class    what scenes are of: "lake", "lake, castle", or {{ lake = 0.7, castle = 0.3 }}; "" for all classes again
#
# Parameters: {parameters}.
# A bridge that runs reads it as soon as it is saved. /deepsing/cue/save NAME writes here, and keeps your comments.
"""


def load_cues(path: Path, vocabulary: Vocabulary) -> tuple[Cue, ...]:
    """Those in the file, in its order; none where there is no file. Raises BridgeError that names file, cue and key."""
    return parse_cues(read_text(path, MOST_BYTES), vocabulary, str(path)) if is_there(path) else ()


def parse_cues(text: str, vocabulary: Vocabulary, where: str) -> tuple[Cue, ...]:
    """The cues that `text` spells out; `where` is what complaints call the file. Raises BridgeError."""
    data = parse_toml(text, where)
    if len(data) > MOST_CUES:
        raise BridgeError(f"{where}: expected at most {MOST_CUES} cues, got {len(data)}")
    return tuple(_cue(name, entry, vocabulary, where) for name, entry in data.items())


def save_cues(path: Path, cues: Iterable[Cue], vocabulary: Vocabulary) -> None:
    """Write `cues` into the file, which begins with an explanation if it is not there; all else in it stays.

    Raises BridgeError, and leaves the file as it is, if it holds no cues or cannot be written.
    """
    text = read_text(path, MOST_BYTES) if is_there(path) else _HEAD.format(parameters=", ".join(vocabulary.parameters))
    parse_cues(text, vocabulary, str(path))
    document = tomlkit.parse(text)
    for cue in cues:
        _put(document, cue)
    text = document.as_string()
    parse_cues(text, vocabulary, str(path))
    made(path.parent)
    write_text(path, text)


def _put(document: tomlkit.TOMLDocument, cue: Cue) -> None:
    table = document.get(cue.name)
    if table is None:
        document.add(tomlkit.nl())
        table = document[cue.name] = tomlkit.table()
    for key, value in _settings(cue).items():
        if table.get(key) != value:
            table[key] = value


def _settings(cue: Cue) -> dict[str, object]:
    settings: dict[str, object] = {FADE.name: cue.fade_s} if cue.fade_s else {}
    if cue.classes is not None:
        settings["class"] = _class_setting(cue.classes)
    return settings | {name: _rounded(value) for name, value in cue.values.items()}


def _class_setting(classes: Weights) -> object:
    if len({weight for _, weight in classes}) < 2:
        return ", ".join(name for name, _ in classes)
    table = tomlkit.inline_table()
    table.update({name: _rounded(weight) for name, weight in classes})
    return table


def _rounded(value: Value) -> Value:
    """As many digits as a person would write."""
    return round(value, 4) if isinstance(value, float) else value


def _cue(name: str, entry: object, vocabulary: Vocabulary, where: str) -> Cue:
    place = f"{where}, [{check_name(name, where)}]"
    if not isinstance(entry, Mapping):
        raise BridgeError(f"{where}: {name}: expected a cue, which begins with its name in brackets: [{name}]")
    known = (FADE.name, NAME_OF_CLASS.name, *vocabulary.parameters)
    if unknown := set(entry) - set(known):
        raise BridgeError(f"{place}: {min(unknown)[:60]!r} is not known; there are {', '.join(known)}")
    parameters = {key: vocabulary.parameters[key] for key in entry if key in vocabulary.parameters}
    values = {key: _value(parameter, entry[key], place) for key, parameter in parameters.items()}
    fade_s = float(FADE.check(entry.get(FADE.name, 0.0), f"{place}, {FADE.name}"))
    classes = _classes(entry["class"], f"{place}, class") if "class" in entry else None
    return Cue(name, MappingProxyType(values), fade_s, classes)


def _value(parameter: Parameter, value: object, place: str) -> Value:
    """As it is said by OSC, the number of a choice too; complaints name the file instead of the address."""
    try:
        return parameter.check(value)
    except BridgeError as error:
        raise BridgeError(f"{place}, {parameter.name}{str(error).removeprefix(parameter.address)}") from error


def _classes(given: object, place: str) -> Weights:
    if isinstance(given, Mapping):
        weighed = ((str(NAME_OF_CLASS.check(name, place)), WEIGHT.check(one, place)) for name, one in given.items())
        return tuple((name, float(weight)) for name, weight in weighed if weight)
    names = str(NAME_OF_CLASS.check(given, place))
    return ((names, 1.0),) if names.strip() else ()
