import json
import re
from collections.abc import Iterator
from dataclasses import fields, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import SentimentTrack
from deepsing_bridge.story.settings import Settings
from deepsing_bridge.story.story_file import json_to_storyboard, storyboard_to_json
from deepsing_bridge.story.storyboard import Storyboard
from tests.builders import storyboard, with_settings

Path = tuple[str | int, ...]

NTSC = Fraction(30000, 1001)


def assert_equal(one: Storyboard, other: Storyboard) -> None:
    np.testing.assert_array_equal(one.sentiment.valence, other.sentiment.valence)
    np.testing.assert_array_equal(one.sentiment.arousal, other.sentiment.arousal)
    assert other.sentiment.valence.dtype == np.float32
    assert one.sentiment.hop_s == other.sentiment.hop_s
    for field in fields(Storyboard):
        if field.name not in ("sentiment", "structure", "levels", "sound"):
            assert getattr(one, field.name) == getattr(other, field.name)
    np.testing.assert_array_equal(one.structure.bars, other.structure.bars)
    np.testing.assert_array_equal(one.structure.sections, other.structure.sections)


@pytest.mark.parametrize("rate", [Fraction(24), NTSC, Fraction(24000, 1001)])
def test_reading_back_gives_the_same_storyboard(rate: Fraction) -> None:
    board = storyboard(rate=rate)
    assert_equal(board, json_to_storyboard(storyboard_to_json(board)))


def test_every_float32_of_the_curves_survives() -> None:
    values = np.random.default_rng(1).integers(0, 2**32, 20_000, dtype=np.uint32).view(np.float32)
    values = values[np.isfinite(values)]
    board = replace(storyboard(), sentiment=SentimentTrack(values, -values, 0.5))
    assert_equal(board, json_to_storyboard(storyboard_to_json(board)))


def test_every_setting_survives() -> None:
    settings = Settings(
        NTSC, 640, 360, "interval", "4bars", "still", "dataset", "threshold", 0.4, 0.3, 0.9, 0.35, 0.05, 0.5, 7, True
    )
    board = replace(storyboard(), settings=settings)
    assert json_to_storyboard(storyboard_to_json(board)).settings == settings


def test_a_story_from_before_a_setting_was_written_has_its_default() -> None:
    text = storyboard_to_json(storyboard()).replace('"cut": "bars",\n', "").replace('"alignment": "song",\n', "")
    assert '"cut"' not in text and '"alignment"' not in text
    assert json_to_storyboard(text).settings == storyboard().settings


def test_the_style_of_each_scene_survives_and_older_stories_have_none() -> None:
    scenes = tuple(replace(scene, style=name) for scene, name in zip(storyboard().scenes, "abcd", strict=True))
    text = storyboard_to_json(replace(storyboard(), scenes=scenes))
    assert [scene.style for scene in json_to_storyboard(text).scenes] == list("abcd")
    told = json.loads(text)
    for scene in told["scenes"]:
        del scene["style"]
    assert {scene.style for scene in json_to_storyboard(json.dumps(told)).scenes} == {""}


def test_where_scenes_go_survives_and_in_older_stories_chance_says_so() -> None:
    board = storyboard()
    assert "towards" not in storyboard_to_json(board)
    going = replace(board, scenes=tuple(replace(scene, towards=scene.latent[::-1]) for scene in board.scenes))
    assert json_to_storyboard(storyboard_to_json(going)).scenes == going.scenes


def test_a_scene_that_goes_where_its_generator_has_no_pictures_is_refused() -> None:
    told = json.loads(storyboard_to_json(storyboard()))
    told["scenes"][1]["towards"] = [0.0] * 7  # of 8
    with pytest.raises(BridgeError, match=r"story\.json: not a story, or a damaged one"):
        json_to_storyboard(json.dumps(told))


@pytest.mark.parametrize("name", ["bars", "sections"])
@pytest.mark.parametrize("times", [[2.0, 1.0], [1.0, 1.0], [-1.0], [1e9], [None], ["1", "x"], 5])
def test_impossible_times_are_refused(name: str, times: object) -> None:
    told = json.loads(storyboard_to_json(storyboard()))
    told[name] = times
    with pytest.raises(BridgeError, match=r"story\.json: not a story, or a damaged one"):
        json_to_storyboard(json.dumps(told))


def test_a_story_from_before_bars_were_written_has_none() -> None:
    told = json.loads(storyboard_to_json(storyboard()))
    del told["bars"], told["sections"]
    assert len(json_to_storyboard(json.dumps(told)).structure.bars) == 0


def test_the_bytes_do_not_depend_on_the_order_of_the_weights() -> None:
    board = storyboard()
    turned = replace(board, weights=dict(reversed(board.weights.items())))
    assert storyboard_to_json(board) == storyboard_to_json(turned)


def test_the_file_tells_what_a_person_looks_for() -> None:
    board = storyboard(scenes=3, rate=NTSC)
    told = json.loads(storyboard_to_json(board))
    assert told["version"] == 1
    assert told["frame_rate"] == "30000/1001"
    assert told["song"] == {"path": "song.wav", "sha256": "5a" * 32, "duration_s": board.duration_s}
    assert [s["label"] for s in told["scenes"]] == ["lake", "fire", "dog"]
    assert [s["start_frame"] for s in told["scenes"]] == [
        0,
        *(s["end_frame"] for s in told["scenes"][:-1]),
    ]
    assert told["scenes"][-1]["end_frame"] == told["frames"]


def test_scenes_tile_the_song_in_whole_frames() -> None:
    frames = storyboard(scenes=40, rate=NTSC).scene_frames()
    assert all(end == start for (_, end), (start, _) in pairwise(frames))
    assert frames[-1][1] == round(Fraction(storyboard(scenes=40).duration_s) * NTSC)


def test_numbers_that_are_none_are_not_written() -> None:
    with pytest.raises(ValueError):
        storyboard_to_json(with_settings(storyboard(), blend=float("nan")))


GOOD = storyboard_to_json(storyboard())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "3",
        '{"a": 1}',
        '{"schema": "other", "version": 1}',
        GOOD[: len(GOOD) // 2],
        GOOD.replace('"frame_rate": "24"', '"frame_rate": "24/0"'),
        GOOD.replace('"blend": 0.1', '"blend": NaN'),
        GOOD.replace('"blend": 0.1', '"blend": 1e9'),
        GOOD.replace('"width": 256', '"width": 1e300'),
        GOOD.replace('"motion": "dynamic"', '"motion": "sideways"'),
        GOOD.replace('"seed": 0', '"seed": null'),
        GOOD.replace('"valence": [', '"valence": [0.5, ', 1),
        GOOD.replace('"mood"', '"moood"'),
        GOOD.replace('"weights": {', '"weights": 3, "w": {'),
    ],
)
def test_a_foreign_or_damaged_file_gets_one_sentence(text: str) -> None:
    assert text != GOOD
    with pytest.raises(BridgeError, match=r"^out/story\.json: not a story, or a damaged one") as caught:
        json_to_storyboard(text, "out/story.json")
    assert "\n" not in str(caught.value)


PYTHON = re.compile(r"object|iterable|attribute|convert|literal|codec|argument|NoneType|subscript|not supported|unpack")


def test_whatever_part_is_wrong_is_told_in_words_for_people() -> None:
    """Each value of a story in turn is left out, and made something else: it is read, or refused in plain words."""
    refused = 0
    for path in _paths(json.loads(GOOD)):
        for other in (None, "x", [], {}, 1e300, -1, True, [1], {"a": 1}, "\ud800", ...):
            told = json.loads(GOOD)
            _spoil(told, path, other)
            try:
                json_to_storyboard(json.dumps(told))
            except BridgeError as error:
                assert not PYTHON.search(str(error)), error
                refused += 1
    assert refused > 500


def test_numbers_that_no_network_could_bear_are_refused() -> None:
    for path in (
        ("valence", 0),
        ("scenes", 0, "arousal"),
        ("scenes", 0, "latent", 0),
        ("scenes", 0, "probabilities", 0),
    ):
        told = json.loads(GOOD)
        _spoil(told, path, 1e300)
        with pytest.raises(BridgeError, match=r"number 1e\+300"):
            json_to_storyboard(json.dumps(told))


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where in `value` something is; of a list, its first two."""
    parts = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for name, part in parts:
        yield (*path, name)
        yield from _paths(part, (*path, name))


def _spoil(value: Any, path: Path, other: object) -> None:
    *above, name = path
    for each in above:
        value = value[each]
    if other is ...:
        del value[name]
    else:
        value[name] = other


def test_a_later_version_is_named() -> None:
    with pytest.raises(BridgeError, match="schema version 2; this program reads version 1"):
        json_to_storyboard(GOOD.replace('"version": 1', '"version": 2'))
