"""However wild the estimator, no sentiment beyond what is ever told goes out: song, story.json, OSC."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import torch

from deepsing_bridge.attributes.alignment import Outputs
from deepsing_bridge.attributes.audio_paper import PaperAudioEstimator
from deepsing_bridge.core.types import LARGEST_SENTIMENT, SentimentTrack
from deepsing_bridge.generators.photos import PhotoGenerator
from deepsing_bridge.live.commands import Play, SetParam
from deepsing_bridge.protocols.osc.server import OscServer
from deepsing_bridge.story.analysis import SongAnalysis, analyze
from deepsing_bridge.story.story_file import storyboard_to_json
from tests.adapters import running
from tests.live.players import Player
from tests.protocols.osc.test_server import Client
from tests.story.songs import planned, two_halves


def extremes(_: Outputs, answers: torch.Tensor, hop_s: float) -> SentimentTrack:
    """A thousand times as far as any music, up in the first half and down in the second."""
    curve = np.full(len(answers), 1000, np.float32)
    curve[len(curve) // 2 :] *= -1
    return SentimentTrack(curve, -curve, hop_s)


@pytest.fixture(scope="module")
def heard() -> SongAnalysis:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Outputs, "track", extremes)
        return analyze(two_halves(), PaperAudioEstimator.load(), "dataset")


def sentiments(told: object) -> Iterator[float]:
    """Whatever a story.json has under valence and arousal, at any depth."""
    if isinstance(told, dict):
        for name, value in told.items():
            if name in ("valence", "arousal"):
                yield from value if isinstance(value, list) else [value]
            else:
                yield from sentiments(value)
    elif isinstance(told, list):
        for value in told:
            yield from sentiments(value)


def test_nothing_beyond_the_bound_is_in_a_song_or_its_story(heard: SongAnalysis) -> None:
    for curve in (heard.sentiment.valence, heard.sentiment.arousal):
        assert np.abs(curve).max() == LARGEST_SENTIMENT, "it was to go beyond"
    told = list(sentiments(json.loads(storyboard_to_json(planned(heard, PhotoGenerator.load())))))
    assert len(told) > 2 * len(heard.sentiment.valence)
    assert max(map(abs, told)) <= LARGEST_SENTIMENT


def test_nothing_beyond_the_bound_is_told_live_with_offsets_on_top(heard: SongAnalysis) -> None:
    player = Player()
    with running(OscServer(player.hub, Path, port=0)) as server, closing(Client(server.port)) as client:
        client.say("/deepsing/subscribe")
        client.hear("/deepsing/status")
        player.put_on(heard)
        player.say(SetParam("valence_offset", 2.0), SetParam("arousal_offset", -2.0), Play())
        told = []
        for _ in range(round(heard.duration_s) - 1):
            player.run(1.0, 1 / 60)
            client.hear("/deepsing/status")  # once a second: so much is read that nothing is lost on the way
            told += [*client.hear("/deepsing/valence"), *client.hear("/deepsing/arousal")]
        client.say("/deepsing/curve")
        curve = client.hear("/deepsing/curve/chunk")[4:]
        scenes = [one.values[5:7] for one in client.heard if one.address == "/deepsing/scene"]
    told += [*curve, *(value for scene in scenes for value in scene)]
    assert scenes and (min(told), max(told)) == (-LARGEST_SENTIMENT, LARGEST_SENTIMENT)
