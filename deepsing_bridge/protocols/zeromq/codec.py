"""What is said over ZeroMQ, as bytes: frames and events out, commands in, answers out. Pure: no sockets, no threads.

A frame is three parts: `frame`, a JSON header, the pixels. An event is two: `state`, JSON. A command is one JSON
object, `{"command": "seek", "time_s": 12.0}`, with the vocabulary's names; so is its answer.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NoReturn, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ...client import FRAME, STATE
from ...core.errors import BridgeError
from ...core.fields import Value
from ...core.types import SentimentTrack
from ...live.events import Echo, Event, Problem, WorldAt, to_message
from ...live.hub import LiveFrame
from ...live.messages import ROOT
from ...live.vocabulary import Vocabulary

SCHEMA = 1
PixelFormat = Literal["rgb", "rgba", "jpeg"]
PIXEL_FORMATS: tuple[PixelFormat, ...] = get_args(PixelFormat)
JPEG_QUALITY = 90  # of 100; above it the files grow faster than the eye can tell
LONGEST_COMMAND = 64 * 1024  # bytes; ten times the longest sensible one, a path of 1,024 characters all escaped
LONGEST_ID = 64  # characters
MOST_DIGITS = 20  # of a whole number; all that fit in 64 bits have fewer

CommandId = str | int | None
"""A client's own name for a command, `id` in JSON, which comes back in the answer."""


@dataclass(frozen=True)
class Requester:
    """The sender of a command that came over ZeroMQ. What comes of it later is published with the command's id."""

    command_id: CommandId = None

    def __str__(self) -> str:
        return "ZeroMQ"


# ---- out: frames and events


def frame_parts(live: LiveFrame, pixel_format: PixelFormat) -> list[bytes]:
    """`frame`, the header, and the pixels: rows from the top down without gaps, or a JPEG file."""
    frame = live.frame
    height, width, _ = frame.pixels.shape
    header = {
        "schema": SCHEMA,
        "sequence": live.sequence,
        "index": frame.index,
        "time_s": frame.time_s,
        "width": width,
        "height": height,
        "format": pixel_format,
        "scene_index": frame.scene_index,
        "label": live.label,
    }
    return [FRAME, _json(header), _to_bytes(frame.pixels, pixel_format)]


def state_parts(event: Event) -> list[bytes]:
    """`state` and the event: schema, type (the vocabulary's name) and its fields."""
    name, values = to_message(event)
    sender = event.sender if isinstance(event, Problem | Echo) else None
    command_id = sender.command_id if isinstance(sender, Requester) else None
    following = {"values": event.values} if isinstance(event, WorldAt) else {}
    return [STATE, _json({"schema": SCHEMA, "type": name, **values} | following | _id(command_id))]


def _to_bytes(pixels: NDArray[np.uint8], pixel_format: PixelFormat) -> bytes:
    if pixel_format == "jpeg":
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "JPEG", quality=JPEG_QUALITY)
        return file.getvalue()
    if pixel_format == "rgba":
        opaque = np.full((*pixels.shape[:2], 1), 255, np.uint8)
        return np.concatenate([pixels, opaque], axis=2).tobytes()
    return pixels.tobytes()


# ---- in: commands


def read_command(body: bytes) -> dict[str, Any]:
    """The flat JSON object in `body`. Raises BridgeError for everything else, however strange."""
    if len(body) > LONGEST_COMMAND:
        raise BridgeError(f"expected at most {LONGEST_COMMAND} bytes, got {len(body)}")
    try:
        given = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant, parse_int=_to_int)
    except (ValueError, RecursionError) as error:  # ValueError: neither UTF-8 nor JSON
        raise BridgeError(f'expected JSON such as {{"command": "play"}}: {error!s:.80}') from error
    if not isinstance(given, dict):
        raise BridgeError('expected one JSON object such as {"command": "play"}')
    for name, value in given.items():
        if isinstance(value, dict | list):
            raise BridgeError(f"{name!r:.60}: expected text, a number, true or false, got a list or an object")
    return given


def id_of(given: Mapping[str, Any]) -> CommandId:
    """The command's `id`. Raises BridgeError if it is none that could be sent back."""
    command_id = given.get("id")
    whole = isinstance(command_id, int) and not isinstance(command_id, bool)
    if command_id is None or whole or (isinstance(command_id, str) and len(command_id) <= LONGEST_ID):
        return command_id
    raise BridgeError(f"id: expected a whole number, or text of at most {LONGEST_ID} characters")


def name_and_values(vocabulary: Vocabulary, given: Mapping[str, Any]) -> tuple[str, list[Value]]:
    """The command's name and its fields in the vocabulary's order; neither is checked any further.

    Raises BridgeError if there is no name, or a field that the command does not have. Of a command that is not
    known, only the name is given back.
    """
    name = given.get("command")
    if not isinstance(name, str):
        raise BridgeError('expected {"command": NAME, …}; {"command": "vocabulary"} lists the names')
    wanted = _fields(vocabulary, name)
    if wanted is None:
        return name, []
    for field in given:
        if field not in (*wanted, "command", "id"):
            raise BridgeError(f"{ROOT}/{name:.60}: expected {', '.join(wanted) or 'no fields'}, got {field!r:.60}")
    there = [field in given for field in wanted]
    if there != sorted(there, reverse=True):
        raise BridgeError(f"{ROOT}/{name:.60}: {wanted[there.index(False)]} may only be left out with all after it")
    return name, [given[field] for field in wanted if field in given]


def _fields(vocabulary: Vocabulary, name: str) -> tuple[str, ...] | None:
    if name.startswith("param/"):
        return ("value",)
    if name == "vocabulary":
        return ()
    message = vocabulary.commands.get(name)
    return tuple(field.name for field in message.fields) if message else None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number that can be used")


def _to_int(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"a whole number of {len(digits)} digits is too large")
    return int(digits)


# ---- answers


def agreement(command_id: CommandId, content: Mapping[str, Any]) -> bytes:
    return _json({"ok": True} | _id(command_id) | dict(content))


def refusal(command_id: CommandId, sentence: str) -> bytes:
    return _json({"ok": False} | _id(command_id) | {"error": sentence})


def event_content(event: Event) -> dict[str, Any]:
    """An event as the answer to `get` holds it: as on `state`, without the schema."""
    name, values = to_message(event)
    return {"type": name, **values}


def curve_content(curve: SentimentTrack) -> dict[str, Any]:
    """The whole curve: `valence` and `arousal`, a value each for every `hop_s` seconds."""
    valence, arousal = (np.round(values.astype(float), 4).tolist() for values in (curve.valence, curve.arousal))
    return {"type": "curve", "hop_s": curve.hop_s, "valence": valence, "arousal": arousal}


def _id(command_id: CommandId) -> dict[str, CommandId]:
    return {} if command_id is None else {"id": command_id}


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()
