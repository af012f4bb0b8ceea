"""An audio emotion model that hears every moment in its context: what ten seconds sound like, compared with rated
music by kernel ridge regression, and how loud, busy and bright they are."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from .. import weights
from ..core.options import Alignment
from ..core.types import Progress, SentimentTrack, Song, no_progress
from .alignment import Outputs, Spread
from .nets import musicnn
from .nets.context import ContextRegressor
from .shrinkage import shrunk

if TYPE_CHECKING:
    from .context_features import ContextTrack, Senses

WEIGHTS = "audio-context.safetensors"
SPREAD = Spread(within=0.25, noise=0.08)
_BLOCK = 1200  # windows, ten minutes, that are compared with all examples at once
VALENCE_KEPT = 0.4
"""Of how valence moves within a piece, where a song has several. Arousal keeps all of it: that it moves with loudness
and events is known. With less live sound, which cannot do it, says something else; with more valence is late where
pieces meet (`experiments/moments.py`)."""


class ContextAudioEstimator:
    """The ten seconds around every half second, as far as a song stays the same piece. `load` gives the shipped one."""

    file = WEIGHTS

    def __init__(self, net: ContextRegressor, outputs: Outputs) -> None:
        self.net, self.outputs = net, outputs

    @classmethod
    def load(cls, models: Path = weights.MODELS) -> "ContextAudioEstimator":
        header, tensors = weights.header(WEIGHTS, models), weights.load(WEIGHTS, models)
        weights.digest(musicnn.WEIGHTS)  # loaded when a song is heard; whoever notes down what decides, notes it now
        net = ContextRegressor.of({name: tensor.float() for name, tensor in tensors.items()})
        return cls(net, Outputs.of(header, tensors, SPREAD))

    def estimate(self, song: Song, alignment: Alignment = "song", progress: Progress = no_progress) -> SentimentTrack:
        """One z-scored value for every 500 ms. `progress` counts windows, in three passes."""
        from .context_features import song_to_senses  # and with it librosa, which takes a second

        return self.outputs.align(self.raw_song(song_to_senses(song, progress)), alignment)

    def raw_song(self, senses: "Senses") -> SentimentTrack:
        """What is said of a whole song, as `raw_sentiment` says it. It turns where the song becomes another piece."""
        changes = senses.changes()
        raw = self.raw_sentiment(senses.context(changes=changes))
        return replace(raw, valence=shrunk(raw.valence, changes, VALENCE_KEPT))

    def raw_sentiment(self, context: "ContextTrack") -> SentimentTrack:
        """What the examples say about each window, in z-scores of the training sets' ratings."""
        with torch.inference_mode():
            blocks = torch.from_numpy(context.values).split(_BLOCK)
            answers = torch.cat([self.net(block) for block in blocks])
        return self.outputs.track(answers, context.hop_s)
