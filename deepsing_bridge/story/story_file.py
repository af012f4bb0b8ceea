"""`story.json` ↔ `Storyboard`: the one place that knows the file's layout.

Reading back gives the same storyboard to the last bit, and the same storyboard gives the same bytes: keys in
a fixed order, curves as the shortest decimals that are still the same float32, the rest as Python writes it.
Knows nothing of where the file lies.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core import json_text
from ..core.errors import BridgeError, in_words
from ..core.fields import LONGEST_TEXT
from ..core.options import MOODS
from ..core.plain_text import is_plain
from ..core.types import Sentiment, SentimentTrack, Structure
from .settings import Settings
from .storyboard import Scene, Storyboard
from .subclip_fields import fields_to_subclip, subclip_to_fields

SCHEMA = "deepsing-story"
VERSION = 1
BEGINNING = f'{{\n"schema": "{SCHEMA}"'
"""How the text of every such file begins."""

LONGEST_S = 48 * 3600.0
"""Of a story: songs last up to 12 hours, and a take has many."""

MOST_SCENES = round(LONGEST_S)  # of a second at least

LARGEST = float(np.finfo(np.float32).max)
"""Of any number in it: a larger one is infinite where it is used."""


def storyboard_to_json(storyboard: Storyboard) -> str:
    """`storyboard` as JSON text, one scene a line. Raises ValueError for numbers that are NaN or infinite."""
    fields = _without_scenes(storyboard)
    frames = storyboard.scene_frames()
    scenes = [scene_to_fields(scene, *ends) for scene, ends in zip(storyboard.scenes, frames, strict=True)]
    lines = [f"{json.dumps(key)}: {_compact(value)}" for key, value in fields.items()]
    listing = ",\n".join(f"  {_compact(scene)}" for scene in scenes)
    return "{\n" + ",\n".join([*lines, f'"scenes": [\n{listing}\n]']) + "\n}\n"


def json_to_storyboard(text: str, name: str = "story.json") -> Storyboard:
    """The storyboard that `text` holds; `name` is what the file is called in a complaint.

    Raises BridgeError where the text is not such a file, or one of another schema version.
    """
    try:
        fields = json_text.parse(text)
        if fields["schema"] != SCHEMA:
            raise ValueError(f"schema {fields['schema']!r}")
        if fields["version"] != VERSION:
            raise BridgeError(f"{name}: schema version {fields['version']!r}; this program reads version {VERSION}")
        return _fields_to_storyboard(fields)
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as error:
        raise BridgeError(
            f"{name}: not a story, or a damaged one ({in_words(error)}); expected one that this program wrote"
        ) from error


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _without_scenes(board: Storyboard) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "song": {"path": str(board.song_path), "sha256": board.song_digest, "duration_s": board.duration_s},
        "frames": board.frames,
        "generator": board.generator,
        "translator": board.translator,
        **board.settings.to_fields(),
        "head_s": board.head_s,
        **({"first_scene": board.first_scene} if board.first_scene else {}),
        "weights": dict(sorted(board.weights.items())),
        "curve_hop_s": board.sentiment.hop_s,
        "valence": _decimals(board.sentiment.valence),
        "arousal": _decimals(board.sentiment.arousal),
        "power": list(board.power),
        "bars": board.structure.bars.tolist(),
        "sections": board.structure.sections.tolist(),
    }


def _decimals(values: NDArray[np.float32]) -> list[float]:
    return [float(str(value)) for value in values]


def scene_to_fields(scene: Scene, start_frame: int, end_frame: int) -> dict[str, Any]:
    """A scene as plain values, with the frames that its ends lie on."""
    fields = {
        "start_s": scene.start_s,
        "end_s": scene.end_s,
        "start_frame": start_frame,
        "end_frame": end_frame,
        "class_id": scene.class_id,
        "label": scene.label,
        "valence": scene.sentiment.valence,
        "arousal": scene.sentiment.arousal,
        "mood": scene.mood,
        "style": scene.style,
        "probabilities": list(scene.probabilities),
        "latent": list(scene.latent),
    }
    if scene.towards:
        fields["towards"] = list(scene.towards)
    return fields if scene.subclip is None else fields | {"footage": subclip_to_fields(scene.subclip)}


def _fields_to_storyboard(fields: dict[str, Any]) -> Storyboard:
    board = Storyboard(
        scenes=tuple(fields_to_scene(scene) for scene in fields["scenes"]),
        sentiment=_fields_to_track(fields),
        power=_floats(fields["power"]),
        duration_s=to_float(fields["song"]["duration_s"]),
        settings=Settings.of_fields(fields),
        generator=str(fields["generator"]),
        translator=str(fields["translator"]),
        song_path=Path(fields["song"]["path"]),
        song_digest=str(fields["song"]["sha256"]),
        weights={str(name): str(digest) for name, digest in fields["weights"].items()},
        structure=Structure(bars=_times(fields, "bars"), sections=_times(fields, "sections")),
        head_s=to_float(fields.get("head_s", 0.0)),  # clips of older stories begin with their scenes
        first_scene=_place(fields.get("first_scene", 0)),
    )
    refuse_impossible(board)
    return board


def refuse_impossible(board: Storyboard) -> None:
    """Raises ValueError for what no song and no take gives: times out of order or without end, and texts that no file
    could hold."""
    if not board.scenes:
        raise ValueError("no scenes")
    if not 0 < board.duration_s <= LONGEST_S:
        raise ValueError(f"lasts {board.duration_s:g} s")
    ends_s = 0.0
    for number, scene in enumerate(board.scenes, 1):
        if not ends_s <= scene.start_s < scene.end_s <= LONGEST_S:
            raise ValueError(f"scene {number} lasts from {scene.start_s:g} to {scene.end_s:g} s")
        ends_s = scene.end_s
    if not 0 <= board.head_s <= LONGEST_S:
        raise ValueError(f"clips begin {board.head_s:g} s before their scenes")
    if len({len(scene.probabilities) for scene in board.scenes}) > 1:
        raise ValueError("scenes with more classes than others")
    for text in (board.generator, board.translator, *board.weights, *board.weights.values()):
        _refuse_odd(text)
    board.song_digest.encode()  # a UnicodeEncodeError is a ValueError
    if not 0 < board.sentiment.hop_s <= LONGEST_S:
        raise ValueError(f"curves have a value every {board.sentiment.hop_s:g} s")


def _refuse_odd(text: str) -> None:
    if not is_plain(text) or len(text) > LONGEST_TEXT:
        raise ValueError(f"text {text!r:.60}")


def _fields_to_track(fields: dict[str, Any]) -> SentimentTrack:
    valence, arousal = (np.array(_floats(fields[axis]), np.float32) for axis in ("valence", "arousal"))
    if len(valence) != len(arousal):
        raise ValueError(f"{len(valence)} values of valence, {len(arousal)} of arousal")
    return SentimentTrack(valence, arousal, to_float(fields["curve_hop_s"]))


def _times(fields: dict[str, Any], name: str) -> NDArray[np.float64]:
    """Seconds, ascending; none where an older file does not have them."""
    times = np.array(_floats(fields.get(name, ())))
    if len(times) and (times[0] < 0 or times[-1] > LONGEST_S or (np.diff(times) <= 0).any()):
        raise ValueError(f"{name} out of order")
    return times


def fields_to_scene(scene: Mapping[str, Any]) -> Scene:
    """The way back. Raises LookupError, TypeError or ValueError for what is no scene."""
    read = Scene(
        start_s=to_float(scene["start_s"]),
        end_s=to_float(scene["end_s"]),
        class_id=int(scene["class_id"]),
        label=str(scene["label"]),
        probabilities=_floats(scene["probabilities"]),
        latent=_floats(scene["latent"]),
        towards=_floats(scene.get("towards", ())),  # chance says so in older files
        sentiment=Sentiment(to_float(scene["valence"]), to_float(scene["arousal"])),
        mood=str(scene["mood"]),
        style=str(scene.get("style", "")),  # older files do not tell
        subclip=None if scene.get("footage") is None else fields_to_subclip(scene["footage"]),
    )
    if not 0 <= read.class_id < len(read.probabilities):
        raise ValueError(f"class {read.class_id} of {len(read.probabilities)}")
    if read.towards and len(read.towards) != len(read.latent):
        raise ValueError(f"towards {len(read.towards)} numbers from {len(read.latent)}")
    if read.mood not in MOODS:
        raise ValueError(f"mood {read.mood!r:.60}")
    _refuse_odd(read.label)
    _refuse_odd(read.style)
    return read


def _place(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MOST_SCENES:
        raise ValueError(f"first scene {value!r:.60}")
    return value


def _floats(values: Iterable[Any]) -> tuple[float, ...]:
    return tuple(map(to_float, values))


def to_float(value: Any) -> float:
    """Raises ValueError for what is no number, and for one larger than LARGEST."""
    number = float(value)
    if not abs(number) <= LARGEST:
        raise ValueError(f"number {number:g}")
    return number
