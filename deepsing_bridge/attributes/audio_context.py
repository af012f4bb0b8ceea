"""An audio emotion model that hears every moment in its context: what ten seconds sound like, compared with rated
music by kernel ridge regression."""

from pathlib import Path

import torch

from .. import weights
from ..core.options import Alignment
from ..core.types import Progress, SentimentTrack, Song, no_progress
from .alignment import Outputs, Spread
from .context_features import ContextTrack, song_to_context
from .nets.kernel_ridge import KernelRidge

WEIGHTS = "audio-context.safetensors"
SPREAD = Spread(within=0.25, noise=0.08)
KERNEL = "kernel."  # before the names of its tensors in the file


class ContextAudioEstimator:
    """The ten seconds around every half second. `load` gives the shipped one."""

    file = WEIGHTS

    def __init__(self, net: KernelRidge, outputs: Outputs) -> None:
        self.net, self.outputs = net, outputs

    @classmethod
    def load(cls, models: Path = weights.MODELS) -> "ContextAudioEstimator":
        header, tensors = weights.header(WEIGHTS, models), weights.load(WEIGHTS, models)
        return cls(KernelRidge.of(weights.part(tensors, KERNEL)), Outputs.of(header, tensors, SPREAD))

    def estimate(self, song: Song, alignment: Alignment = "song", progress: Progress = no_progress) -> SentimentTrack:
        """One z-scored value for every 500 ms. `progress` counts windows, in two passes."""
        return self.outputs.align(self.raw_sentiment(song_to_context(song, progress)), alignment)

    def raw_sentiment(self, context: ContextTrack) -> SentimentTrack:
        """What the examples say about each window, in z-scores of the training sets' ratings."""
        with torch.inference_mode():
            answers = self.net(torch.from_numpy(context.values))
        return self.outputs.track(answers, context.hop_s)
