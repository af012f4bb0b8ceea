"""Rated music becomes `models/audio-sentiment.safetensors`, the audio estimator of the paper's section 2.1.

One net of the paper's architecture is trained as several smaller ones, each from its own seed, whose hidden
units are then put side by side: their mean is again 256 sigmoid units and two outputs. A rating belongs to a
whole clip, so it is compared with the mean over windows drawn from the clip, never with a single one. While
training, a net also has to tell what else the raters said of a clip (quadrants, nine feelings); these outputs
are dropped at the end. Figures are correlations over clips by artists the nets did not hear, in five folds.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold
from torch import Tensor, nn

from .. import weights
from ..errors import BridgeError
from ..pipeline.audio import file_to_song
from ..pipeline.features import FRAME_VALUES, FRAMES_PER_WINDOW, HOP_S, song_to_features
from ..pipeline.nets.audio import AudioRegressor
from ..pipeline.sentiment import INTERVAL_S, WEIGHTS
from ..types import Progress, no_progress

OUTPUTS = ("arousal", "valence")  # the order inside the weight file, the same as in the authors' files
MEMBERS = 4
HIDDEN = 256 // MEMBERS
EPOCHS = 30
BATCH_CLIPS = 64
WINDOWS_PER_STEP = 12  # of a clip's 60, drawn anew in every epoch
LEARNING_RATE = 1e-3  # of Adam, reached after a tenth of the steps, then lowered to nothing
WEIGHT_DECAY = 0.1  # of the first layer
INPUT_DROPOUT = 0.2
HIDDEN_DROPOUT = 0.3
EXTRA_WEIGHT = 0.3  # of the outputs that only training has
CLIP_WINDOWS = 60  # 30 s; a clip with fewer repeats its first ones
FOLDS = 5

FOUR_QUADRANTS = "4q"
QUADRANTS = ("Q1", "Q2", "Q3", "Q4")
FEELINGS: dict[
    str, tuple[float, float]
] = {  # of Emotify: what a rater who ticked it says of (valence, arousal)
    "amazement": (0.5, 0.25),
    "solemnity": (0.0, -0.25),
    "tenderness": (0.5, -0.75),
    "nostalgia": (0.0, -0.5),
    "calmness": (0.5, -1.0),
    "power": (0.25, 1.0),
    "joyful_activation": (1.0, 1.0),
    "tension": (-1.0, 0.5),
    "sadness": (-1.0, -0.5),
}
"""Our reading of the GEMS model (Zentner et al. 2008) in Russell's circle; each axis is then z-scored."""

COMMAND = "python bridge.py train audio"
Row = dict[str, str]
Array = NDArray[np.float32]


@dataclass(frozen=True)
class Clips:
    """`inputs` (clips, 60, 436): windows, each the mean of its 21 frames, so fc1 weighs all 21 alike.

    `targets` (clips, outputs): OUTPUTS, then what else the raters said, z-scored within each set, NaN where a
    set has not asked; `sets` (clips,) 0 for 4q and 1 for Emotify; `groups` (clips,), what must not be split.
    """

    inputs: Array
    targets: Array
    sets: NDArray[np.int64]
    groups: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.inputs)

    def take(self, index: NDArray[np.int64]) -> "Clips":
        return Clips(self.inputs[index], self.targets[index], self.sets[index], self.groups[index])


def train(
    data: Path,
    models: Path = weights.MODELS,
    seed: int = 0,
    cache: Path | None = None,
    progress: Progress = no_progress,
) -> dict[str, float]:
    """Train on `data` (holding labels.csv and clips/) and return the figures that are saved with the weights.

    `cache` is a folder for the clips' features, which take longer to compute than the rest.
    """
    table = _read_table(data)
    steps = _Steps(progress, len(table) + (FOLDS + 1) * MEMBERS * EPOCHS)
    clips = _read_clips(data / "clips", table, cache, steps)
    figures = _figures(clips, _unseen_predictions(clips, seed, steps))
    _save(clips, _train_members(clips, seed, steps), figures, models)
    return figures


def merged(members: "list[_Member]") -> AudioRegressor:
    """The members' mean as one net of the paper's architecture that takes unscaled features."""
    net = AudioRegressor(FRAMES_PER_WINDOW * FRAME_VALUES, MEMBERS * HIDDEN)
    scaled = torch.cat([member.first.weight / member.sd for member in members])
    shift = torch.cat(
        [member.first.bias - member.first.weight @ (member.mean / member.sd) for member in members]
    )
    kept = len(OUTPUTS)
    net.load_state_dict(
        {
            "fc1.weight": scaled.repeat(1, FRAMES_PER_WINDOW) / FRAMES_PER_WINDOW,
            "fc1.bias": shift,
            "fc2.weight": torch.cat([member.second.weight[:kept] for member in members], dim=1)
            / len(members),
            "fc2.bias": torch.stack([member.second.bias[:kept] for member in members]).mean(0),
        }
    )
    return net


class _Steps:
    """Counts what is done towards one total, over clips and epochs alike."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def tick(self) -> None:
        self._done += 1
        self._progress(self._done, self._total)


def _read_table(data: Path) -> list[Row]:
    path = data / "labels.csv"
    if not path.exists():
        raise BridgeError(f"{path}: no such file; expected a folder with labels.csv and clips/")
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _read_clips(folder: Path, table: list[Row], cache: Path | None, steps: _Steps) -> Clips:
    inputs = np.empty((len(table), CLIP_WINDOWS, FRAME_VALUES), np.float32)
    for index, row in enumerate(table):
        means = (
            _features(folder / row["clip"], cache).reshape(-1, FRAMES_PER_WINDOW, FRAME_VALUES).mean(axis=1)
        )
        inputs[index] = np.resize(means, inputs.shape[1:])
        steps.tick()
    sets = np.array([int(row["set"] != FOUR_QUADRANTS) for row in table])
    groups = np.array([f"{row['set']} {row['group']}" for row in table])
    return Clips(inputs, _targets(table, sets), sets, groups)


def _features(clip: Path, cache: Path | None) -> Array:
    if cache is None:
        return song_to_features(file_to_song(clip)).values
    stored = cache / f"{clip.stem}.npy"
    if not stored.exists():
        cache.mkdir(parents=True, exist_ok=True)
        np.save(stored, song_to_features(file_to_song(clip)).values.astype(np.float16))  # nothing is lost
    values: Array = np.load(stored).astype(np.float32)
    return values


def _targets(table: list[Row], sets: NDArray[np.int64]) -> Array:
    """(clips, 2 + 4 + 9), every column z-scored within its set."""
    targets = np.array([_ratings(row) for row in table])
    for members in (sets == 0, sets == 1):
        targets[members] -= targets[members].mean(axis=0)
        targets[members] /= targets[members].std(axis=0)
    return targets.astype(np.float32)


def _ratings(row: Row) -> list[float]:
    if row["set"] == FOUR_QUADRANTS:
        quadrants = [float(row["quadrant"] == quadrant) for quadrant in QUADRANTS]
        return [*(float(row[output]) for output in OUTPUTS), *quadrants, *[np.nan] * len(FEELINGS)]
    shares = np.array([float(row[feeling]) for feeling in FEELINGS])
    named = dict(zip(("valence", "arousal"), shares @ np.array(list(FEELINGS.values())), strict=True))
    return [*(named[output] for output in OUTPUTS), *[np.nan] * len(QUADRANTS), *shares]


class _Member(nn.Module):
    """A small `AudioRegressor` that scales its inputs, has dropout, further outputs, an offset per set."""

    mean: Tensor
    sd: Tensor

    def __init__(self, inputs: Tensor, outputs: int) -> None:
        super().__init__()
        self.register_buffer("mean", inputs.mean((0, 1)))
        self.register_buffer("sd", inputs.std((0, 1)) + 1e-4)
        self.first = nn.Linear(inputs.shape[-1], HIDDEN)
        self.second = nn.Linear(HIDDEN, outputs)
        self.offsets = nn.Parameter(torch.zeros(2, outputs))  # the sets' z-scores have different zeros
        self.input_dropout = nn.Dropout(INPUT_DROPOUT)
        self.hidden_dropout = nn.Dropout(HIDDEN_DROPOUT)

    def forward(self, inputs: Tensor) -> Tensor:
        """(…, 436) → (…, outputs)."""
        hidden = torch.sigmoid(self.first(self.input_dropout((inputs - self.mean) / self.sd)))
        return self.second(self.hidden_dropout(hidden))  # type: ignore[no-any-return]


def _train_members(clips: Clips, seed: int, steps: _Steps) -> list[_Member]:
    return [_train_member(clips, seed * MEMBERS + member, steps) for member in range(MEMBERS)]


def _train_member(clips: Clips, seed: int, steps: _Steps) -> _Member:
    torch.manual_seed(seed)
    inputs, targets, sets = (torch.from_numpy(a) for a in (clips.inputs, clips.targets, clips.sets))
    member = _Member(inputs, targets.shape[1])
    optimizer = _optimizer(member)
    batches = -(-len(clips) // BATCH_CLIPS)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, LEARNING_RATE, total_steps=EPOCHS * batches, pct_start=0.1
    )
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(clips)).chunk(batches):
            drawn = torch.rand(len(batch), CLIP_WINDOWS).argsort(dim=1)[:, :WINDOWS_PER_STEP]
            predicted = member(inputs[batch[:, None], drawn]).mean(dim=1) + member.offsets[sets[batch]]
            optimizer.zero_grad()
            _loss(predicted, targets[batch]).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
        steps.tick()
    return member.eval()


def _optimizer(member: _Member) -> torch.optim.Optimizer:
    first = [member.first.weight]
    rest = [parameter for parameter in member.parameters() if parameter is not member.first.weight]
    groups = [{"params": first, "weight_decay": WEIGHT_DECAY}, {"params": rest, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=LEARNING_RATE)


def _loss(predicted: Tensor, targets: Tensor) -> Tensor:
    """Mean squared error of what the net is for, plus a share of that of its further outputs."""
    errors = (predicted - targets.nan_to_num()) ** 2 * targets.isfinite()
    kept = len(OUTPUTS)
    further = errors[:, kept:].sum() / targets[:, kept:].isfinite().sum()
    return errors[:, :kept].mean() + EXTRA_WEIGHT * further


def _window_predictions(members: list[_Member], clips: Clips) -> Array:
    """The members' mean for every window, (clips, 60, 2)."""
    with torch.inference_mode():
        outputs = [member(torch.from_numpy(clips.inputs))[..., : len(OUTPUTS)] for member in members]
        mean: Array = torch.stack(outputs).mean(dim=0).numpy()
    return mean


def _unseen_predictions(clips: Clips, seed: int, steps: _Steps) -> Array:
    """For every clip the mean over its windows from members that saw no clip of its group, (clips, 2)."""
    predictions = np.empty((len(clips), len(OUTPUTS)), np.float32)
    folds = GroupKFold(FOLDS, shuffle=True, random_state=seed)
    for seen, unseen in folds.split(clips.inputs, groups=clips.groups):
        members = _train_members(clips.take(seen), seed, steps)
        predictions[unseen] = _window_predictions(members, clips.take(unseen)).mean(axis=1)
    return predictions


def _figures(clips: Clips, predictions: Array) -> dict[str, float]:
    """Pearson's r over the clips of each set, by axis."""
    return {
        f"{name} {output} r": round(
            float(np.corrcoef(predictions[of, column], clips.targets[of, column])[0, 1]), 3
        )
        for name, of in ((FOUR_QUADRANTS, clips.sets == 0), ("emotify", clips.sets == 1))
        for column, output in enumerate(OUTPUTS)
    }


def _save(clips: Clips, members: list[_Member], figures: dict[str, float], models: Path) -> None:
    """The merged net as float16, with the statistics of its 5 s averages over all clips."""
    interval = round(INTERVAL_S / HOP_S)
    averages = _window_predictions(members, clips).reshape(-1, interval, len(OUTPUTS)).mean(axis=1)
    tensors = {name: tensor.half() for name, tensor in merged(members).state_dict().items()}
    statistics = {
        "mean": torch.from_numpy(averages.mean(axis=0)),
        "sd": torch.from_numpy(averages.std(axis=0)),
    }
    weights.save(
        WEIGHTS,
        tensors | statistics,
        header={"outputs": " ".join(OUTPUTS)},
        what="audio attribute estimator: the features of 500 ms to arousal and valence",
        licence="Apache-2.0",
        command=COMMAND,
        figures=figures,
        models=models,
    )
