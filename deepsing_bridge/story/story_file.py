"""`story.json` ↔ `Storyboard`: the one place that knows the file's layout.

Reading back gives the same storyboard to the last bit, and the same storyboard gives the same bytes: keys in
a fixed order, curves as the shortest decimals that are still the same float32, the rest as Python writes it.
Knows nothing of where the file lies.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from ..core.errors import BridgeError
from ..core.types import Sentiment, SentimentTrack
from .settings import Settings
from .storyboard import Scene, Storyboard

SCHEMA = "deepsing-story"
VERSION = 1


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
        fields = json.loads(text, parse_constant=_refuse)
        if fields["schema"] != SCHEMA:
            raise ValueError(f"schema {fields['schema']!r}")
        if fields["version"] != VERSION:
            raise BridgeError(f"{name}: schema version {fields['version']!r}; this program reads version {VERSION}")
        return _fields_to_storyboard(fields)
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as error:
        raise BridgeError(
            f"{name}: not a story, or a damaged one ({error}); expected one that this program wrote"
        ) from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"number {constant}")


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
        "weights": dict(sorted(board.weights.items())),
        "curve_hop_s": board.sentiment.hop_s,
        "valence": _decimals(board.sentiment.valence),
        "arousal": _decimals(board.sentiment.arousal),
        "power": list(board.power),
    }


def _decimals(values: NDArray[np.float32]) -> list[float]:
    return [float(str(value)) for value in values]


def scene_to_fields(scene: Scene, start_frame: int, end_frame: int) -> dict[str, Any]:
    """A scene as plain values, with the frames that its ends lie on."""
    return {
        "start_s": scene.start_s,
        "end_s": scene.end_s,
        "start_frame": start_frame,
        "end_frame": end_frame,
        "class_id": scene.class_id,
        "label": scene.label,
        "valence": scene.sentiment.valence,
        "arousal": scene.sentiment.arousal,
        "mood": scene.mood,
        "probabilities": list(scene.probabilities),
        "latent": list(scene.latent),
    }


def _fields_to_storyboard(fields: dict[str, Any]) -> Storyboard:
    return Storyboard(
        scenes=tuple(fields_to_scene(scene) for scene in fields["scenes"]),
        sentiment=_fields_to_track(fields),
        power=_floats(fields["power"]),
        duration_s=float(fields["song"]["duration_s"]),
        settings=Settings.of_fields(fields),
        generator=str(fields["generator"]),
        translator=str(fields["translator"]),
        song_path=Path(fields["song"]["path"]),
        song_digest=str(fields["song"]["sha256"]),
        weights={str(name): str(digest) for name, digest in fields["weights"].items()},
    )


def _fields_to_track(fields: dict[str, Any]) -> SentimentTrack:
    valence, arousal = (np.array(_floats(fields[axis]), np.float32) for axis in ("valence", "arousal"))
    if len(valence) != len(arousal):
        raise ValueError(f"{len(valence)} values of valence, {len(arousal)} of arousal")
    return SentimentTrack(valence, arousal, float(fields["curve_hop_s"]))


def fields_to_scene(scene: Mapping[str, Any]) -> Scene:
    """The way back. Raises LookupError, TypeError or ValueError for what is no scene."""
    return Scene(
        start_s=float(scene["start_s"]),
        end_s=float(scene["end_s"]),
        class_id=int(scene["class_id"]),
        label=str(scene["label"]),
        probabilities=_floats(scene["probabilities"]),
        latent=_floats(scene["latent"]),
        sentiment=Sentiment(float(scene["valence"]), float(scene["arousal"])),
        mood=str(scene["mood"]),
    )


def _floats(values: Iterable[Any]) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
