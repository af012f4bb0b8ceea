"""Rated music becomes `models/audio-context.safetensors`: the audio estimator that hears every moment in its context.

The same clips, ratings and folds as for the paper's estimator (`audio.py`), so that the two can be compared. What is
fitted is kernel ridge regression (`kernel_ridge.py`) on three moments of each clip; what is measured is the mean over
all its moments, as for the paper's. How near counts as alike is chosen anew inside every fold, on the clips that it may
hear.

Clips teach how music differs from music. How arousal moves within a piece they cannot, nor does a kernel know that the
same music is calmer when it is softer: that is known from psychology, and given (`CUES`).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from .. import weights
from ..attributes.alignment import interval_means
from ..attributes.audio_context import WEIGHTS
from ..attributes.context_features import LOUDNESS, ROW, SENSES, SWELL, song_to_context
from ..attributes.dynamics import NAMES
from ..attributes.nets.context import ContextRegressor
from ..audio.decode import file_to_song
from ..audio.features import HOP_S
from ..core.types import Progress, no_progress
from . import checkpointing, kernel_ridge
from .audio import save_with_statistics
from .counting import Count
from .rated_music import FOLDS, OUTPUTS, Row, correlations, read_table, sets_and_groups, z_scored

MOMENTS = 3  # of each clip that are kept as examples, evenly spread
FOLDINGS = 5  # ways of splitting the clips into folds; the first is the one that the paper's estimator is measured on
IMPORTANCE = np.pad(np.concatenate([np.full(size, size**-0.5, np.float32) for size in SENSES]), (0, ROW - sum(SENSES)))
"""All senses count the same, however many numbers they have. Loudness says nothing of what music is like."""
CUES = {
    "loudness": 0.03,  # a dB, between songs: much of it is how they were mastered
    "swell": 0.05,  # a dB more, within a song
    "events": 0.1,  # each a second
    "low onsets": 0.35,  # a dB of rise, the mean over bands
    "flatness": 0.15,  # a tenfold
    "band 6": 0.25,  # a tenfold of the share of 3.4 to 5.6 kHz
}
"""What each adds to arousal, in σ of the ratings. The directions are what nearly every study finds: louder, faster,
more percussive and brighter music is more arousing (Gabrielsson and Lindström 2010), and loudness most of all within a
piece (Schubert 2004). The sizes are as large as they can be with no harm to what is said of clips that were not heard.
"""
COMMAND = "python bridge.py train audio-context"

Array = NDArray[np.float32]
Exact = NDArray[np.float64]


@dataclass(frozen=True)
class Clips:
    """`contexts`: a clip's (windows, ROW) each; `targets` (clips, 2) OUTPUTS, z-scored within each set; `sets` and
    `groups` as in `audio.Clips`."""

    contexts: list[Array]
    targets: Exact
    sets: NDArray[np.int64]
    groups: NDArray[np.str_]


def train(
    data: Path,
    models: Path = weights.MODELS,
    seed: int = 0,
    foldings: int = FOLDINGS,
    cache: Path | None = None,
    progress: Progress = no_progress,
) -> dict[str, float]:
    """Train on `data` (holding labels.csv and clips/) and return the metrics that are saved with the weights.

    `seed` deals the folds. `cache` is a folder for the clips' contexts, which take longer to compute than the rest.
    """
    table = read_table(data)
    count = Count(len(table) + foldings * FOLDS + 1, progress)
    clips = read_clips(data / "clips", table, cache, count)
    metrics = _metrics(clips, seed, foldings, count)
    _save(fit(clips, np.arange(len(table))), clips, metrics, models)
    count.add()
    return metrics


def measure(
    data: Path,
    seed: int = 0,
    foldings: int = FOLDINGS,
    cache: Path | None = None,
    progress: Progress = no_progress,
) -> dict[str, float]:
    """The metrics of `train`, without making the weights."""
    table = read_table(data)
    count = Count(len(table) + foldings * FOLDS, progress)
    return _metrics(read_clips(data / "clips", table, cache, count), seed, foldings, count)


def fit(clips: Clips, heard: NDArray[np.intp]) -> ContextRegressor:
    """From the clips whose indices are in `heard`: the kernel learns what the cues leave."""
    moments = np.stack([_moments(clips.contexts[index]) for index in heard])
    centre, slopes = moments.mean((0, 1), dtype=np.float64), cue_slopes()
    left = clips.targets[heard] - ((moments - centre) @ slopes).mean(axis=1)
    net = ContextRegressor(kernel_ridge.fit(moments, left, clips.groups[heard], IMPORTANCE))
    net.centre.copy_(torch.from_numpy(centre))
    net.cues.copy_(torch.from_numpy(slopes))
    return net.eval()


def cue_slopes() -> Exact:
    """CUES as (ROW, 2): of each column of a context, how OUTPUTS move with it."""
    motion = sum(SENSES[:-1])  # where the means of the dynamics begin
    columns = {"loudness": LOUDNESS, "swell": SWELL} | {name: motion + number for number, name in enumerate(NAMES)}
    slopes = np.zeros((ROW, len(OUTPUTS)))
    for name, slope in CUES.items():
        slopes[columns[name], OUTPUTS.index("arousal")] = slope
    return slopes


def _metrics(clips: Clips, seed: int, foldings: int, count: Count) -> dict[str, float]:
    """r of the first folding, and over all of them the mean and the standard deviation of r."""
    runs = [
        correlations(_unheard_predictions(clips, seed + folding, count), clips.targets, clips.sets)
        for folding in range(foldings)
    ]
    return runs[0] | {name: metric for axis in runs[0] for name, metric in _over(axis, [run[axis] for run in runs])}


def _over(name: str, foldings: list[float]) -> list[tuple[str, float]]:
    return [
        (f"{name}, mean of {len(foldings)} foldings", round(float(np.mean(foldings)), 3)),
        (f"{name}, sd of {len(foldings)} foldings", round(float(np.std(foldings)), 3)),
    ]


def _moments(context: Array) -> Array:
    """(windows, d) → (MOMENTS, d): those in the middle of each third."""
    return context[(2 * np.arange(MOMENTS) + 1) * len(context) // (2 * MOMENTS)]


def read_clips(folder: Path, table: list[Row], cache: Path | None, count: Count) -> Clips:
    contexts = []
    for row in table:
        contexts.append(_context(folder / row["clip"], cache))
        count.add()
    sets, groups = sets_and_groups(table)
    return Clips(contexts, z_scored(table, sets), sets, groups)


def _context(clip: Path, cache: Path | None) -> Array:
    if cache is None:
        return song_to_context(file_to_song(clip)).values
    return checkpointing.cached(cache / f"{clip.stem}.context.npy", lambda: song_to_context(file_to_song(clip)).values)


def _unheard_predictions(clips: Clips, seed: int, count: Count) -> Exact:
    """For every clip the mean over its windows by a regressor that heard no clip of its group, (clips, 2)."""
    predictions = np.empty((len(clips.contexts), len(OUTPUTS)))
    folds = GroupKFold(FOLDS, shuffle=True, random_state=seed)
    for heard, unheard in folds.split(clips.targets, groups=clips.groups):
        predictions[unheard] = _means(fit(clips, heard), [clips.contexts[index] for index in unheard])
        count.add()
    return predictions


def _means(regressor: ContextRegressor, contexts: list[Array]) -> Exact:
    return np.array([_curves(regressor, context).mean(axis=0) for context in contexts])


def _curves(regressor: ContextRegressor, context: Array) -> Array:
    """(windows, d) → (windows, 2)."""
    with torch.inference_mode():
        curves: Array = regressor(torch.from_numpy(context)).numpy()
    return curves


def _save(regressor: ContextRegressor, clips: Clips, metrics: dict[str, float], models: Path) -> None:
    """Examples as float16, with the statistics of the 5 s averages over all clips."""
    curves = [_curves(regressor, context) for context in clips.contexts]
    averages = np.concatenate([np.stack([interval_means(c, HOP_S) for c in curve.T], axis=1) for curve in curves])
    state = regressor.state_dict()
    state["kernel.examples"] = state["kernel.examples"].half()
    what = "audio attribute estimator: 10 s of music to arousal and valence of their middle, by kernel ridge and cues"
    save_with_statistics(WEIGHTS, state, averages, metrics, models, what=what, command=COMMAND)
