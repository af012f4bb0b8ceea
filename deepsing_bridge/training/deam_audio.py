"""DEAM → the paper's audio attribute estimator, trained as the paper says (section 3.1): `train audio --deam`.

Every rated 500 ms is an example; a song's are never on two sides. Features are standardised for the training, which
the first layer takes in at the end, so that what is written is the paper's network over the features as they come.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from .. import weights
from ..attributes.alignment import INTERVAL_S
from ..attributes.audio_paper import WEIGHTS
from ..attributes.nets.audio import AudioRegressor
from ..audio.decode import file_to_song
from ..audio.features import HOP_S, WINDOW_VALUES, song_to_features
from ..core.errors import BridgeError, first_few
from ..core.files import sha256
from ..core.types import Progress, no_progress
from ..weights import model_sets
from . import checkpointing, splits
from .card import joining, training_facts
from .deam import Deam, RatedSong
from .fitting import fit, seeded_rng
from .metrics import correlation, fitting_metrics
from .recipes import SKIPPED_S, Recipe
from .splits import Numbers, Split

OUTPUTS = ("arousal", "valence")  # the order inside the weight file, the same as in the authors' files
SMALLEST_SD = 0.01  # what hardly varies is not blown up
BLOCK = 2048  # windows at once outside the training
LATEST_S = 2.0  # so much may be rated beyond a sound's end: decoders differ in what they cut off
COMMAND = "python bridge.py train audio --deam FOLDER"

Half = NDArray[np.float16]


@dataclass(frozen=True)
class Examples:
    """`windows` (n, 9156) float16, which loses nothing; `ratings` (n, 2) in the order of OUTPUTS; `songs` (n,), each
    window's number of a song."""

    windows: Half
    ratings: Tensor
    songs: Numbers

    def take(self, numbers: Tensor | Numbers) -> Tensor:
        """(n, 9156) float32."""
        return torch.from_numpy(self.windows[np.asarray(numbers)].astype(np.float32))


def train(
    deam: Deam, name: str, recipe: Recipe, seed: int, keep: Path, stages: Callable[[str], Progress]
) -> dict[str, float]:
    """Fit the estimator, put it into the model set called `name`, and give its metrics.

    What is slow to compute, and an unfinished training, wait in `keep`. Raises BridgeError for what is no set's name,
    for too few songs, and for sound that is shorter than its ratings.
    """
    model_sets.folder_of(name)  # complains at once
    songs = splits.split([song.name for song in deam.songs], recipe, seed, "songs")
    examples = hear(deam.songs, keep / "features", stages("features"))
    sound = hashlib.sha256(examples.windows.data).hexdigest()
    facts = {"ratings": deam.digest, "sound": sound, "recipe": repr(recipe), "seed": seed}
    task = AudioTask(examples, _windows_of(examples, songs), seed)
    state = fit(task, recipe, seed, checkpointing.checkpoint_path(keep, "audio", facts), stages("fitting"))
    net = task.network()
    outputs = answers(net, examples)
    metrics = _metrics(outputs, examples, deam.songs, songs.test) | fitting_metrics(state)
    command = f"{COMMAND} {recipe.options} --seed {seed} --name {name}"
    _save(net, _statistics(outputs, examples), metrics, _facts(deam, songs, recipe, seed), command, name)
    return metrics


def hear(songs: tuple[RatedSong, ...], cache: Path, progress: Progress = no_progress) -> Examples:
    """The features of every rated window. Each song's are kept in `cache`, so that a run that was cut off goes on."""
    windows = np.empty((sum(len(song.windows) for song in songs), WINDOW_VALUES), np.float16)
    done = 0
    for number, song in enumerate(songs, 1):
        windows[done : done + len(song.windows)] = _features(song, cache)
        done += len(song.windows)
        progress(number, len(songs))
    ratings = np.concatenate([np.stack([song.arousal, song.valence], axis=1) for song in songs])
    numbers = np.repeat(np.arange(len(songs)), [len(song.windows) for song in songs])
    return Examples(windows, torch.from_numpy(ratings), numbers)


def _features(song: RatedSong, cache: Path) -> Half:
    """(rated windows, 9156); of a window that the sound only nearly reaches, those of its last one."""

    def heard() -> Half:
        return song_to_features(file_to_song(song.sound)).values

    values: Half = checkpointing.cached(cache / f"{sha256(song.sound)}.npy", heard)
    if song.windows[-1] >= len(values) + LATEST_S / HOP_S:
        lasts, rated = len(values) * HOP_S, (song.windows[-1] + 1) * HOP_S
        raise BridgeError(f"{song.sound}: lasts {lasts:g} s but is rated up to {rated:g} s; is it another song's?")
    return values[np.minimum(song.windows, len(values) - 1)]


class AudioTask:
    """The regressor over standardised windows, as `fitting.Task`. `split` numbers windows."""

    def __init__(self, examples: Examples, split: Split, seed: int) -> None:
        self._all, self._split = examples, split
        self.examples = len(split.train)
        self._mean, self._sd = _moments(examples, split.train)
        with seeded_rng(seed):
            self.net = AudioRegressor()

    def loss(self, batch: Tensor) -> Tensor:
        return self._error(self._split.train[batch.numpy()])

    def validation_error(self) -> float:
        blocks = list(_blocks(self._split.val))
        return sum(float(self._error(block)) * len(block) for block in blocks) / len(self._split.val)

    def network(self) -> AudioRegressor:
        """What was fitted, of the features as they come, rounded as the file has it."""
        state = {name: tensor.clone() for name, tensor in self.net.state_dict().items()}
        first = state["fc1.weight"] / self._sd
        state |= {"fc1.weight": first, "fc1.bias": state["fc1.bias"] - first @ self._mean}
        net = AudioRegressor()
        net.load_state_dict({name: t.half().float() if t.ndim == 2 else t for name, t in state.items()})
        return net.eval()

    def _error(self, numbers: Numbers) -> Tensor:
        outputs = self.net((self._all.take(numbers) - self._mean) / self._sd)
        return F.mse_loss(outputs, self._all.ratings[numbers])


def _moments(examples: Examples, numbers: Numbers) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of every feature, each (9156,), without a copy of all windows."""
    sums = torch.zeros(2, WINDOW_VALUES, dtype=torch.float64)
    for block in _blocks(numbers):
        windows = examples.take(block).double()
        sums += torch.stack([windows.sum(0), windows.square().sum(0)])
    mean, square = sums / len(numbers)
    return mean.float(), (square - mean.square()).clamp(min=0).sqrt().clamp(min=SMALLEST_SD).float()


def _blocks(numbers: Numbers) -> Iterator[Numbers]:
    return (numbers[first : first + BLOCK] for first in range(0, len(numbers), BLOCK))


def _windows_of(examples: Examples, songs: Split) -> Split:
    """The windows of each part's songs."""
    return Split(*(np.flatnonzero(np.isin(examples.songs, part)) for part in (songs.train, songs.val, songs.test)))


@torch.inference_mode()
def answers(net: AudioRegressor, examples: Examples) -> Tensor:
    """(n, 2) what the network says of every window."""
    return torch.cat([net(examples.take(block)) for block in _blocks(np.arange(len(examples.songs)))])


def _metrics(outputs: Tensor, examples: Examples, songs: tuple[RatedSong, ...], test: Numbers) -> dict[str, float]:
    """Pearson's r over the held-out windows, and over the held-out songs with what was said of them as a whole."""
    windows = np.flatnonzero(np.isin(examples.songs, test))
    means = torch.stack([outputs[examples.songs == song].mean(0) for song in test])
    whole = torch.tensor([[songs[i].whole_arousal, songs[i].whole_valence] for i in test])
    found: dict[str, float] = {}
    for column, axis in reversed(list(enumerate(OUTPUTS))):
        heard, rated = outputs[windows, column], examples.ratings[windows, column]
        found[f"{axis} r, held-out 500 ms"] = round(correlation(heard, rated), 3)
        found[f"{axis} r, held-out songs"] = round(correlation(means[:, column], whole[:, column]), 3)
    return found


def _statistics(outputs: Tensor, examples: Examples) -> dict[str, Tensor]:
    """Mean and deviation of the answers' 5 s averages over all songs: what `--alignment dataset` goes by."""
    interval = round(INTERVAL_S / HOP_S)
    per_song = (outputs[examples.songs == song] for song in np.unique(examples.songs))
    means = torch.cat([block.mean(0)[None] for song in per_song for block in song.split(interval)])
    return {"mean": means.mean(0), "sd": means.std(0, correction=0)}


def _facts(deam: Deam, songs: Split, recipe: Recipe, seed: int) -> dict[str, object]:
    shares = f"{len(songs.train)} songs for training, {len(songs.val)} for validation, {len(songs.test)} for the test"
    unrated = f"; left out, as nobody rated them: {first_few(deam.unrated)}" if deam.unrated else ""
    return {
        "data": f"DEAM (Aljanaki, Yang and Soleymani 2017), {len(deam.songs)} songs from {SKIPPED_S:g} s on{unrated}",
        "split": shares,
        **{setting: value for setting, value, _ in recipe.rows()},
        "seed": seed,
    }


def _save(
    net: AudioRegressor,
    statistics: dict[str, Tensor],
    metrics: dict[str, float],
    facts: dict[str, object],
    command: str,
    name: str,
) -> None:
    tensors = {key: tensor.half() if tensor.ndim == 2 else tensor for key, tensor in net.state_dict().items()}
    with joining(name) as folder:
        weights.save(
            WEIGHTS,
            tensors | statistics,
            header={"outputs": " ".join(OUTPUTS)} | training_facts(facts),
            what="audio attribute estimator: the features of 500 ms to arousal and valence, trained on DEAM",
            licence="what DEAM's terms leave to you; its songs are under Creative Commons licences",
            command=command,
            metrics=metrics,
            models=folder,
        )
