"""Rated music becomes `models/audio-sentiment.safetensors`, the audio estimator of the paper's section 3.1.

A rating belongs to a whole clip, so what is fitted is the mean of the regressor's outputs over a clip's windows.
A first layer trained by gradient descent learns a thousand clips by heart (measured with 64 units and Adam: r 0.33
and 0.62), so the hidden units are given: each listens to one MFCC's level, or to how much it moves within the
window, or, at random, to everything a little. Only the second layer is fitted, by ridge regression.
Metrics are correlations over clips by artists that were not heard, in five folds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.fft import dct
from scipy.special import expit
from sklearn.linear_model import Ridge
from sklearn.model_selection import GroupKFold
from torch import Tensor

from .. import weights
from ..attributes.alignment import INTERVAL_S
from ..attributes.audio_paper import WEIGHTS
from ..attributes.nets.audio import AudioRegressor
from ..audio.decode import file_to_song
from ..audio.features import FRAME_VALUES, FRAMES_PER_WINDOW, HOP_S, N_CENS, N_MFCC, N_TEMPOGRAM, song_to_features
from ..core.types import Progress, no_progress
from . import checkpointing
from .counting import Count
from .rated_music import FOLDS, OUTPUTS, Row, centred_by_set, correlations, read_table, sets_and_groups, z_scored

HIDDEN = 256
LEVEL_UNITS = ((0.5, 0.0), (0.7, -2.0), (0.7, 2.0))  # slope and bias of three units for each MFCC: gentle, so that
# music much quieter than the clips still counts as quieter; three times steeper, r was the same but quiet and loud too
MOTIONS = (1, 4)  # half waves in a window: a slow and a quicker movement
MOTION_UNIT = (4.0, -6.0)  # off centre, so that its mean grows with movement in either direction
RANDOM_SLOPE = 1.5
RANDOM_BIAS = 0.75
RIDGE = 1.0  # times the mean squared length of a clip's centred hidden values
CLIP_WINDOWS = 60  # 30 s; a clip with fewer repeats its first ones

ATTENTION = np.repeat([1.0, 0.6, 0.1, 0.5], [13, N_MFCC - 13, N_TEMPOGRAM, N_CENS])
"""How much a random unit listens to each feature's level: to timbre first."""

SMALLEST_SD = np.repeat([0.02, 0.5], [FRAME_VALUES, N_MFCC * len(MOTIONS)])
"""What hardly varies (the first and last lags of the tempogram) is not blown up."""

COMMAND = "python bridge.py train audio"
Array = NDArray[np.float32]
Exact = NDArray[np.float64]


@dataclass(frozen=True)
class Clips:
    """`inputs` (clips, 60, 516): a clip's windows, each as levels and motions (see `_projection`).

    `targets` (clips, 2): OUTPUTS, z-scored within each set; `sets` (clips,) 0 for 4q and 1 for Emotify;
    `groups` (clips,), artist or track, what must not be split.
    """

    inputs: Array
    targets: Exact
    sets: NDArray[np.int64]
    groups: NDArray[np.str_]

    def take(self, index: NDArray[np.int64]) -> "Clips":
        return Clips(self.inputs[index], self.targets[index], self.sets[index], self.groups[index])


@dataclass(frozen=True)
class Regressor:
    """The net over `Clips.inputs`: `first` (256, 516), `first_bias` (256,), `second` (2, 256), `second_bias` (2,)."""

    first: Exact
    first_bias: Exact
    second: Exact
    second_bias: Exact

    def __call__(self, inputs: Array) -> Exact:
        """(clips, 60, 516) → (clips, 60, 2)."""
        hidden = _hidden(inputs, self.first, self.first_bias)
        outputs: Exact = hidden @ self.second.T + self.second_bias
        return outputs


def train(
    data: Path,
    models: Path = weights.MODELS,
    seed: int = 0,
    cache: Path | None = None,
    progress: Progress = no_progress,
) -> dict[str, float]:
    """Train on `data` (holding labels.csv and clips/) and return the metrics that are saved with the weights.

    `cache` is a folder for the clips' features, which take longer to compute than the rest.
    """
    table = read_table(data)
    count = Count(len(table) + FOLDS + 1, progress)
    clips = read_clips(data / "clips", table, cache, count)
    metrics = correlations(_unheard_predictions(clips, seed, count), clips.targets, clips.sets)
    regressor = fit(clips, seed)
    _save(regressor, clips, metrics, models)
    count.add()
    return metrics


def fit(clips: Clips, seed: int) -> Regressor:
    """Scale the given hidden layer by the clips, then ridge regression from its clip means to the targets."""
    mean = clips.inputs.mean(axis=(0, 1), dtype=np.float64)
    sd = np.maximum(clips.inputs.std(axis=(0, 1), dtype=np.float64), SMALLEST_SD)
    units, biases = _units(np.random.default_rng(seed))
    first, first_bias = units / sd, biases - units @ (mean / sd)
    hidden = _hidden(clips.inputs, first, first_bias).mean(axis=1)
    centred = centred_by_set(hidden, clips.sets)
    ridge = Ridge(RIDGE * np.square(centred).sum() / len(centred), fit_intercept=False)
    second: Exact = ridge.fit(centred, clips.targets).coef_
    return Regressor(first, first_bias, second, -second @ hidden.mean(axis=0))


def to_network(regressor: Regressor) -> AudioRegressor:
    """The same function of the 9,156 features as they come."""
    net = AudioRegressor(FRAMES_PER_WINDOW * FRAME_VALUES, HIDDEN)
    arrays = {
        "fc1.weight": regressor.first @ _projection(),
        "fc1.bias": regressor.first_bias,
        "fc2.weight": regressor.second,
        "fc2.bias": regressor.second_bias,
    }
    net.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
    return net


def _projection() -> Array:
    """(516, 9156): every feature's mean over a window's 21 frames, then each MFCC's cosines of MOTIONS half waves."""
    frames = np.eye(FRAME_VALUES)
    levels = np.kron(np.full((1, FRAMES_PER_WINDOW), 1 / FRAMES_PER_WINDOW), frames)
    cosines = dct(np.eye(FRAMES_PER_WINDOW), axis=0, norm="ortho")[list(MOTIONS)]
    return np.concatenate([levels, np.kron(cosines, frames[:N_MFCC])]).astype(np.float32)


def _units(rng: np.random.Generator) -> tuple[Exact, Exact]:
    """The hidden layer over standardised inputs: weights (256, 516) and biases (256,)."""
    inputs = FRAME_VALUES + N_MFCC * len(MOTIONS)
    level, motions = np.eye(N_MFCC, inputs), np.eye(N_MFCC * len(MOTIONS), inputs, FRAME_VALUES)
    given = [*(slope * level for slope, _ in LEVEL_UNITS), MOTION_UNIT[0] * motions]
    given_biases = np.repeat([*(bias for _, bias in LEVEL_UNITS), *[MOTION_UNIT[1]] * len(MOTIONS)], N_MFCC)
    left = HIDDEN - len(given_biases)
    attention = RANDOM_SLOPE * ATTENTION / np.linalg.norm(ATTENTION)
    random = np.pad(rng.normal(size=(left, FRAME_VALUES)) * attention, ((0, 0), (0, inputs - FRAME_VALUES)))
    return np.concatenate([*given, random]), np.concatenate([given_biases, RANDOM_BIAS * rng.normal(size=left)])


def _hidden(inputs: Array, first: Exact, bias: Exact) -> Array:
    """(clips, 60, 516) → (clips, 60, 256)."""
    hidden: Array = expit(inputs @ first.T.astype(np.float32) + bias.astype(np.float32))
    return hidden


def read_clips(folder: Path, table: list[Row], cache: Path | None, count: Count) -> Clips:
    """The clips of `table`, whose sounds are in `folder`."""
    projection = _projection()
    inputs = np.empty((len(table), CLIP_WINDOWS, len(projection)), np.float32)
    for index, row in enumerate(table):
        inputs[index] = np.resize(_features(folder / row["clip"], cache) @ projection.T, inputs.shape[1:])
        count.add()
    sets, groups = sets_and_groups(table)
    return Clips(inputs, z_scored(table, sets), sets, groups)


def _features(clip: Path, cache: Path | None) -> Array:
    def features() -> NDArray[np.float16]:
        return song_to_features(file_to_song(clip)).values

    values = features() if cache is None else checkpointing.cached(cache / f"{clip.stem}.npy", features)
    return values.astype(np.float32)


def _unheard_predictions(clips: Clips, seed: int, count: Count) -> Exact:
    """For every clip the mean over its windows by a regressor that heard no clip of its group, (clips, 2)."""
    predictions = np.empty((len(clips.inputs), len(OUTPUTS)))
    folds = GroupKFold(FOLDS, shuffle=True, random_state=seed)
    for heard, unheard in folds.split(clips.inputs, groups=clips.groups):
        predictions[unheard] = fit(clips.take(heard), seed)(clips.inputs[unheard]).mean(axis=1)
        count.add()
    return predictions


def _save(regressor: Regressor, clips: Clips, metrics: dict[str, float], models: Path) -> None:
    """Matrices as float16, with the statistics of the 5 s averages over all clips."""
    interval = round(INTERVAL_S / HOP_S)
    averages = regressor(clips.inputs).reshape(-1, interval, len(OUTPUTS)).mean(axis=1)
    state = to_network(regressor).state_dict()
    tensors = {name: tensor.half() if tensor.ndim == 2 else tensor for name, tensor in state.items()}
    what = "audio attribute estimator: the features of 500 ms to arousal and valence"
    save_with_statistics(WEIGHTS, tensors, averages, metrics, models, what=what, command=COMMAND)


def save_with_statistics(
    file: str,
    tensors: Mapping[str, Tensor],
    averages: Array | Exact,
    metrics: dict[str, float],
    models: Path,
    *,
    what: str,
    command: str,
) -> None:
    """Save an audio estimator, and of `averages` (n, 2), its outputs over 5 s of all clips, mean and deviation."""
    statistics = {"mean": averages.mean(axis=0), "sd": averages.std(axis=0)}
    weights.save(
        file,
        {**tensors, **{name: torch.from_numpy(array).float() for name, array in statistics.items()}},
        header={"outputs": " ".join(OUTPUTS)},
        what=what,
        licence="Apache-2.0",
        command=command,
        metrics=metrics,
        models=models,
    )
