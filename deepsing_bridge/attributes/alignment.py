"""A `FeatureTrack` becomes a `SentimentTrack`: the paper's regressor, then z-scores (sections 2.1 and 3.1).

Knows the weight files' order of outputs, and nobody else does. Knows nothing of sound.
"""

from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from .. import weights
from ..core.types import FeatureTrack, SentimentTrack
from .nets.audio import AudioRegressor

WEIGHTS = "audio-sentiment.safetensors"
INTERVAL_S = 5.0  # the authors average the regressor's outputs over 5 s, then take z-scores
FLATTEST = 1e-3  # a song whose sd is below this does not change, and is not blown up into one that does

Alignment = Literal["song", "dataset"]
"""Whose mean and standard deviation make the z-scores: the song's own, or those of the training set."""

Curve = NDArray[np.float32]


def features_to_sentiment(
    features: FeatureTrack, alignment: Alignment = "song", models: Path = weights.MODELS
) -> SentimentTrack:
    """One z-scored value per window of `features`.

    With "song", averages over 5 s have mean 0 and standard deviation 1 over the song; a song that does not
    change (or is too short for two such averages) is only centred.
    """
    return aligned(raw_sentiment(features, models), alignment, WEIGHTS, models)


def aligned(raw: SentimentTrack, alignment: Alignment, name: str, models: Path = weights.MODELS) -> SentimentTrack:
    """`raw` as z-scores, over itself or over the training set of the weight file `name`."""
    if alignment == "song":
        return SentimentTrack(_by_song(raw.valence, raw.hop_s), _by_song(raw.arousal, raw.hop_s), raw.hop_s)
    statistics = _statistics(name, models)
    return SentimentTrack(
        _z_score(raw.valence, *statistics["valence"]),
        _z_score(raw.arousal, *statistics["arousal"]),
        raw.hop_s,
    )


def raw_sentiment(features: FeatureTrack, models: Path = weights.MODELS) -> SentimentTrack:
    """What the regressor says about each window, in the units of its training targets."""
    tensors = weights.load(WEIGHTS, models)
    net = AudioRegressor()
    net.load_state_dict({key: tensors[key].float() for key in net.state_dict()})
    with torch.inference_mode():
        outputs = net(torch.from_numpy(features.values))
    return named(outputs, features.hop_s, WEIGHTS, models)


def named(outputs: torch.Tensor, hop_s: float, name: str, models: Path = weights.MODELS) -> SentimentTrack:
    """(windows, 2) in the order that the header of the weight file `name` tells."""
    columns = dict(zip(_outputs(name, models), outputs.T.numpy(), strict=True))
    return SentimentTrack(columns["valence"], columns["arousal"], hop_s)


def interval_means(curve: Curve, hop_s: float) -> Curve:
    """Means over whole 5 s intervals, (intervals,); of a curve shorter than one, its mean alone, (1,)."""
    length = min(round(INTERVAL_S / hop_s), len(curve))
    whole = len(curve) // length * length
    means: Curve = curve[:whole].reshape(-1, length).mean(axis=1)
    return means


def _outputs(name: str, models: Path) -> list[str]:
    return weights.header(name, models)["outputs"].split()


def _statistics(name: str, models: Path) -> dict[str, tuple[float, float]]:
    """Mean and standard deviation of each output over the training set's 5 s averages."""
    tensors = weights.load(name, models)
    pairs = zip(tensors["mean"].tolist(), tensors["sd"].tolist(), strict=True)
    return dict(zip(_outputs(name, models), pairs, strict=True))


def _by_song(curve: Curve, hop_s: float) -> Curve:
    means = interval_means(curve, hop_s).astype(np.float64)
    return _z_score(curve, means.mean(), means.std())


def _z_score(curve: Curve, mean: float, sd: float) -> Curve:
    return ((curve - mean) / (sd if sd > FLATTEST else 1.0)).astype(np.float32)
