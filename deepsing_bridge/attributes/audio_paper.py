"""The paper's audio emotion model f (section 3.1): what 500 ms sound like → valence and arousal of them."""

from pathlib import Path

import torch

from .. import weights
from ..core.options import Alignment
from ..core.types import FeatureTrack, Progress, SentimentTrack, Song, no_progress
from .alignment import Outputs, Spread
from .nets.audio import AudioRegressor

WEIGHTS = "audio-sentiment.safetensors"
SPREAD = Spread(within=0.45, noise=0.3)
_BLOCK = 120  # windows: a minute


class PaperAudioEstimator:
    """Each half second by itself, into the paper's network. `load` gives the shipped one."""

    file = WEIGHTS

    def __init__(self, net: AudioRegressor, outputs: Outputs) -> None:
        self.net, self.outputs = net, outputs

    @classmethod
    def load(cls, models: Path = weights.MODELS) -> "PaperAudioEstimator":
        net, header, tensors = AudioRegressor(), weights.header(WEIGHTS, models), weights.load(WEIGHTS, models)
        net.load_state_dict({key: tensors[key].float() for key in net.state_dict()})
        return cls(net, Outputs.of(header, tensors, SPREAD))

    def estimate(self, song: Song, alignment: Alignment = "song", progress: Progress = no_progress) -> SentimentTrack:
        """One z-scored value for every 500 ms. `progress` counts feature frames."""
        from ..audio.features import song_to_features  # and with it librosa, which takes a second

        return self.features_to_sentiment(song_to_features(song, progress), alignment)

    def features_to_sentiment(self, features: FeatureTrack, alignment: Alignment = "song") -> SentimentTrack:
        """One z-scored value per window of `features`."""
        return self.outputs.align(self.raw_sentiment(features), alignment)

    def raw_sentiment(self, features: FeatureTrack) -> SentimentTrack:
        """What the network says about each window, in the units of its training targets."""
        with torch.inference_mode():
            blocks = torch.from_numpy(features.values).split(_BLOCK)
            answers = torch.cat([self.net(block.float()) for block in blocks])
        return self.outputs.track(answers, features.hop_s)
