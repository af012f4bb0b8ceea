"""What goes over ZeroMQ, as bytes."""

import json

import numpy as np
import pytest

from deepsing_bridge.client import read_frame
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import Frame, SentimentTrack
from deepsing_bridge.live import events
from deepsing_bridge.live.hub import LiveFrame
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.zeromq import codec

CURVE = SentimentTrack(np.zeros(2, np.float32), np.zeros(2, np.float32), 0.5)
SONG = events.SongLoaded("a.ogg", 1.0, 1, CURVE)
SCENE = events.SceneStarted(3, 7, "lake", 0.5, "neutral", 0.25, -0.5, 15.0, 20.0)


@pytest.mark.parametrize("pixel_format", codec.PIXEL_FORMATS)
def test_a_frame_comes_back_as_it_was_sent(pixel_format):
    shade = np.linspace(0, 255, 64 * 48 * 3).astype(np.uint8).reshape(48, 64, 3)  # smooth, for JPEG
    parts = codec.frame_parts(LiveFrame(7, Frame(9, 1.5, shade, 2), "Straße"), pixel_format)
    assert parts[0] == b"frame"
    assert json.loads(parts[1]) == {
        "schema": 1,
        "sequence": 7,
        "index": 9,
        "time_s": 1.5,
        "width": 64,
        "height": 48,
        "format": pixel_format,
        "scene_index": 2,
        "label": "Straße",
    }
    pixels = read_frame(parts).pixels
    assert np.abs(pixels[..., :3].astype(int) - shade).max() <= (8 if pixel_format == "jpeg" else 0)
    assert pixels.shape[2] == (4 if pixel_format == "rgba" else 3)
    assert pixel_format != "rgba" or (pixels[..., 3] == 255).all()


def test_the_first_row_of_a_frame_is_the_top_one():
    pixels = np.zeros((2, 1, 3), np.uint8)
    pixels[0] = (1, 2, 3)
    assert codec.frame_parts(LiveFrame(0, Frame(0, 0, pixels, 0), ""), "rgb")[2] == bytes([1, 2, 3, 0, 0, 0])


EVENTS = {
    "param/blend": (events.Echo("blend", 0.5, codec.Requester("five")), {"value": 0.5, "id": "five"}),
    "time": (events.TimeAt(1.5), {"time_s": 1.5}),
    "beat": (events.Beat(2, 17, 128.5), {"number": 2, "bar": 17, "tempo": 128.5}),
    "section": (events.SectionStarted(1, 2.0, 3.0), {"index": 1, "start_s": 2.0, "end_s": 3.0}),
    "scene": (
        SCENE,
        {
            "index": 3,
            "class_id": 7,
            "label": "lake",
            "probability": 0.5,
            "mood": "neutral",
            "valence": 0.25,
            "arousal": -0.5,
            "start_s": 15.0,
            "end_s": 20.0,
            "feeling": "calm",
            "colour": "#4caf50",
            "style": "",
        },
    ),
    "world": (
        events.WorldAt(0, "lake", 0.75, 1.5, (12.5, 0.5)),
        {"layer": 0, "label": "lake", "share": 0.75, "gamma": 1.5, "values": [12.5, 0.5]},
    ),
    "song": (SONG, {"title": "a.ogg", "duration_s": 1.0, "scenes": 1}),
    "error": (events.Problem("no", codec.Requester("seven")), {"text": "no", "id": "seven"}),
}


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_is_told_by_its_name_and_fields(name):
    event, fields = EVENTS[name]
    topic, body = codec.state_parts(event)
    assert (topic, json.loads(body)) == (b"state", {"schema": 1, "type": name} | fields)


def test_a_command_s_fields_are_put_in_the_vocabulary_s_order():
    given = {"end_s": 9, "command": "loop", "start_s": 3, "id": 1, "on": True}
    assert codec.name_and_values(vocabulary(), given) == ("loop", [True, 3, 9])
    with pytest.raises(BridgeError, match="start_s may only be left out"):
        codec.name_and_values(vocabulary(), {"command": "loop", "on": True, "end_s": 9})
