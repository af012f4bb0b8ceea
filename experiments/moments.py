"""Does a curve follow the music from moment to moment? Rated clips joined to songs, and real songs' own loudness.

Ratings belong to clips of 30 s, so nobody has said how a song moves. But two clips of opposite quadrants, one after the
other, are a song whose sentiment is known to turn, and at what second. Each is heard by models that heard no clip of its
artist. With --deam, curves are compared with people's, second by second.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from sklearn.model_selection import GroupKFold

from deepsing_bridge.attributes import audio_models
from deepsing_bridge.attributes.alignment import Outputs, interval_means
from deepsing_bridge.attributes.audio_context import SPREAD, ContextAudioEstimator
from deepsing_bridge.attributes.context_features import CONTEXT_S, NOWHERE, song_to_senses
from deepsing_bridge.attributes.dynamics import NAMES, song_to_dynamics
from deepsing_bridge.audio.decode import file_to_song
from deepsing_bridge.audio.features import HOP_S, song_to_features
from deepsing_bridge.cli.progress import progress
from deepsing_bridge.core.types import Progress, SentimentTrack, Song, no_progress
from deepsing_bridge.training import audio, audio_context
from deepsing_bridge.training.counting import Count
from deepsing_bridge.training.deam import Deam, read_deam
from deepsing_bridge.training.metrics import correlation
from deepsing_bridge.training.rated_music import OUTPUTS, Row, read_table
from experiments.page import blank, picture, save, table, write_csv, write_page
from experiments.setting import OUT, SONGS, songs_in

DATA = Path("../shared/data/music")
UP_TO_CHANGES = f"{audio_models.CONTEXT}, up to changes"
WHOLE = f"{audio_models.CONTEXT}, as songs are heard"
WINDOWS_S = {
    audio_models.PAPER: (0.5, 2.5, 5.0, 10.0),
    audio_models.CONTEXT: (4.0, 6.0, 10.0, 15.0, 20.0),
    UP_TO_CHANGES: (10.0, 20.0),
    WHOLE: (CONTEXT_S,),
}
"""What is tried: the paper's answers of 0.5 s are smoothed, the context model is told of so much around, or of that up
to where another piece begins. In the last, the default, valence is also drawn towards its piece's."""
COLOURS = ("#8d94a3", "#ffc857", "#5ec8b5", "#f2789f")  # of WINDOWS_S, in the figure
PAIRS = (("Q1", "Q3"), ("Q4", "Q2"))  # of opposite quadrants; in the first one valence is the higher
NEAR_S, FAR_S = 5.0, 20.0  # from a joint: where a curve's level before it and after it is taken
HALFWAY_S = 4.0
FOLDS = 5
CUES = ("loudness", "events", "fast pulse")

Curves = Mapping[str, NDArray[np.floating]]
"""A song's `valence` and `arousal`, (windows,) each."""
Listener = Callable[[Song], Iterator[tuple[str, float, Curves]]]
"""The names in WINDOWS_S that a model goes by, and its curves of a song by each window."""


@dataclass(frozen=True)
class Joint:
    """`step`: how far the curve moves the way that it should, in σ of the ratings; `lag_s`: when it does, after the
    joint; `r`: with a step at the joint."""

    model: str
    window_s: float
    axis: str
    step: float
    lag_s: float
    r: float

    @property
    def right(self) -> bool:
        return self.step > 0

    @property
    def in_time(self) -> bool:
        return self.right and abs(self.lag_s) <= HALFWAY_S


def measure_joint(model: str, window_s: float, axis: str, curve: NDArray[np.floating], at_s: float, sign: int) -> Joint:
    """`sign`: whether `axis` should rise or fall at `at_s`. The lag is where a step fits the curve best."""
    times = (np.arange(len(curve)) + 0.5) * HOP_S - at_s
    before, after = (times > -FAR_S) & (times < -NEAR_S), (times > NEAR_S) & (times < FAR_S)
    low, high = curve[before].mean(), curve[after].mean()
    around = np.abs(times) < FAR_S
    places = np.arange(-FAR_S + NEAR_S, FAR_S - NEAR_S + HOP_S, HOP_S)
    off = [np.square(curve - np.where(times < place, low, high))[around].sum() for place in places]
    r = sign * correlation(curve[around], (times > 0)[around].astype(float))
    return Joint(model, window_s, axis, sign * float(high - low), float(places[int(np.argmin(off))]), r)


def joined_songs(
    table: list[Row], clips: Path, seed: int, unheard: NDArray[np.intp], count: int
) -> Iterator[tuple[Song, float, int]]:
    """`count` songs of two clips each: the song, at what second it turns, and whether valence rises there.

    Arousal rises where valence rises in songs of the first of PAIRS, and falls in those of the other.
    """
    rng = np.random.default_rng(seed)
    for number in range(count):
        high, low = PAIRS[number % len(PAIRS)]
        first, second = (rng.choice([i for i in unheard if table[i]["quadrant"] == name]) for name in (high, low))
        sign = int(rng.choice((-1, 1)))
        order = (first, second) if sign < 0 else (second, first)
        parts = [file_to_song(clips / table[index]["clip"]) for index in order]
        samples = np.concatenate([part.samples for part in parts])
        yield Song(samples, parts[0].sample_rate, parts[0].source, ""), parts[0].duration_s, sign


def arousal_sign(number: int, valence_sign: int) -> int:
    return valence_sign if number % len(PAIRS) == 0 else -valence_sign


def paper_listener(clips: audio.Clips, heard: NDArray[np.intp]) -> Listener:
    net = audio.to_network(audio.fit(clips.take(heard), seed=0)).eval()

    def listen(song: Song) -> Iterator[tuple[str, float, Curves]]:
        with torch.inference_mode():
            answers = net(torch.from_numpy(song_to_features(song).values).float()).numpy()
        for window_s in WINDOWS_S[audio_models.PAPER]:
            smoothed = uniform_filter1d(answers, round(window_s / HOP_S), axis=0, mode="nearest")
            yield audio_models.PAPER, window_s, _named(smoothed)

    return listen


def context_listener(clips: audio_context.Clips, heard: NDArray[np.intp]) -> Listener:
    net = audio_context.fit(clips, heard)
    estimator = ContextAudioEstimator(net, Outputs(dict.fromkeys(OUTPUTS, (0.0, 1.0)), SPREAD))

    def listen(song: Song) -> Iterator[tuple[str, float, Curves]]:
        senses = song_to_senses(song)
        for name, changes in ((audio_models.CONTEXT, NOWHERE), (UP_TO_CHANGES, senses.changes())):
            for window_s in WINDOWS_S[name]:
                context = senses.context(window_s, changes=changes)
                with torch.inference_mode():
                    yield name, window_s, _named(net(torch.from_numpy(context.values)).numpy())
        whole = estimator.raw_song(senses)
        yield WHOLE, CONTEXT_S, {"valence": whole.valence, "arousal": whole.arousal}

    return listen


def _named(answers: NDArray[np.floating]) -> Curves:
    return dict(zip(OUTPUTS, answers.T, strict=True))


def run(data: Path, cache: Path | None, count: int, stages: Callable[[str], Progress]) -> list[Joint]:
    """`count` joints in each of FOLDS folds, which are those that both models are measured on."""
    table = read_table(data)
    plain = audio.read_clips(data / "clips", table, cache, Count(len(table), stages("features")))
    context = audio_context.read_clips(data / "clips", table, cache, Count(len(table), stages("contexts")))
    tell, joints, done = stages("joints"), [], 0
    folds = GroupKFold(FOLDS, shuffle=True, random_state=0).split(plain.targets, groups=plain.groups)
    for fold, (heard, unheard) in enumerate(folds):
        listeners = paper_listener(plain, heard), context_listener(context, heard)
        for number, (song, at_s, sign) in enumerate(joined_songs(table, data / "clips", fold, unheard, count)):
            signs = {"valence": sign, "arousal": arousal_sign(number, sign)}
            for listen in listeners:
                for name, window_s, curves in listen(song):
                    joints += [measure_joint(name, window_s, axis, curves[axis], at_s, signs[axis]) for axis in signs]
            done += 1
            tell(done, FOLDS * count)
    return joints


@dataclass(frozen=True)
class Within:
    """r of a real song's arousal with what one can measure of it, over 5 s each."""

    song: str
    model: str
    with_cue: Mapping[str, float]


def within_songs(folder: Path, progress: Progress = no_progress) -> list[Within]:
    found = []
    files = songs_in(folder)
    for number, file in enumerate(files, 1):
        song = file_to_song(file)
        cues = five_seconds(song)
        for name in audio_models.ESTIMATORS:
            track = audio_models.load(name).estimate(song)
            arousal = interval_means(track.arousal, track.hop_s)
            found.append(Within(file.stem, name, {cue: correlation(arousal, values) for cue, values in cues.items()}))
        progress(number, len(files))
    return found


def five_seconds(song: Song) -> dict[str, NDArray[np.floating]]:
    """Loudness in dB (the mean power of 5 s), events a second, and how clear a beat of over 120 a minute is."""
    values, loudness = song_to_dynamics(song)
    power = interval_means(10 ** (loudness / 10), HOP_S)
    columns = {name: interval_means(values[:, NAMES.index(name)], HOP_S) for name in CUES[1:]}
    return {CUES[0]: 10 * np.log10(power)} | columns


def with_people(deam: Deam, progress: Progress) -> list[tuple[str, str, str, float]]:
    """Model, axis, song, and r of its curve with the raters', for every song of DEAM."""
    rows = []
    for number, rated in enumerate(deam.songs, 1):
        song = file_to_song(rated.sound)
        for name in audio_models.ESTIMATORS:
            track: SentimentTrack = audio_models.load(name).estimate(song)
            windows = np.minimum(rated.windows, len(track) - 1)
            for axis in ("valence", "arousal"):
                people: NDArray[np.float32] = getattr(rated, axis)
                if people.std() > 0:
                    rows.append((name, axis, rated.name, correlation(getattr(track, axis)[windows], people)))
        progress(number, len(deam.songs))
    return rows


def write(out: Path, joints: list[Joint], within: list[Within], people: list[tuple[str, str, str, float]]) -> None:
    write_csv(
        out,
        "moments",
        ("model", "window_s", "axis", "step", "lag_s", "r"),
        [(j.model, j.window_s, j.axis, j.step, j.lag_s, j.r) for j in joints],
    )
    _plot(out / "moments.jpg", joints)
    parts = [
        f"{len(joints) // sum(2 * len(windows) for windows in WINDOWS_S.values())} joints of clips of opposite quadrants, each heard by models that heard no clip of its artists. "
        f"*Right*: the axis moves the way that it should from before the joint to after it. *In time*: of all joints, those where it does and is half-way within {HALFWAY_S:g} s. *Lag*: the median of those that are right. *r*: with a step at the joint, the mean.",
        picture("moments.jpg", "How often each axis moves the right way, and in time, by model and window"),
        table(
            ("model", "window, s", "axis", "right", "in time", "lag, s", "r"),
            [_summary(*key, joints) for key in _keys(joints)],
        ),
        "Real songs, whole models as shipped: r of arousal with what can be measured, means over 5 s.",
        table(("song", "model", *CUES), [(w.song, w.model, *(w.with_cue[cue] for cue in CUES)) for w in within]),
    ]
    if people:
        parts += [
            "DEAM: the mean over songs of r with the raters' curves.",
            table(("model", "axis", "r"), _people(people)),
        ]
    write_page(out, "moments", "From moment to moment", "python -m experiments.moments", parts)


def _keys(joints: list[Joint]) -> list[tuple[str, float, str]]:
    return list(dict.fromkeys((j.model, j.window_s, j.axis) for j in joints))


def _of(joints: list[Joint], model: str, window_s: float, axis: str) -> list[Joint]:
    return [j for j in joints if (j.model, j.window_s, j.axis) == (model, window_s, axis)]


def _summary(model: str, window_s: float, axis: str, joints: list[Joint]) -> tuple[object, ...]:
    mine = _of(joints, model, window_s, axis)
    lag = float(np.median([j.lag_s for j in mine if j.right] or [np.nan]))
    shares = (f"{np.mean([getattr(j, what) for j in mine]):.0%}" for what in ("right", "in_time"))
    return model, f"{window_s:g}", axis, *shares, f"{lag:+.1f}", float(np.mean([j.r for j in mine]))


def _people(people: list[tuple[str, str, str, float]]) -> list[tuple[str, str, float]]:
    keys = dict.fromkeys((model, axis) for model, axis, _, _ in people)
    return [(m, a, float(np.mean([r for model, axis, _, r in people if (model, axis) == (m, a)]))) for m, a in keys]


def _plot(path: Path, joints: list[Joint]) -> None:
    figure, panels = blank(2, 1200, 460)
    for axes, axis in zip(panels, ("valence", "arousal"), strict=True):
        for (model, windows), colour in zip(WINDOWS_S.items(), COLOURS, strict=True):
            for what, line in (("right", "-"), ("in_time", ":")):
                shares = [np.mean([getattr(j, what) for j in _of(joints, model, w, axis)]) for w in windows]
                axes.plot(windows, shares, f"o{line}", color=colour, label=f"{model}: {what.replace('_', ' ')}")
        axes.axhline(0.5, color="#4a4f5a", linewidth=1)
        axes.set_title(axis)
        axes.set_xlabel("seconds that an answer is taken from")
        axes.set_ylabel("share of joints")
        axes.set_ylim(0.3, 1.02)
    panels[1].legend(frameon=False, labelcolor="linecolor", loc="lower right")
    save(figure, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="rated music: labels.csv and clips/")
    parser.add_argument("--songs", type=Path, default=SONGS, help="a folder with songs")
    parser.add_argument("--deam", type=Path, help="DEAM, unpacked as it is published")
    parser.add_argument("--cache", type=Path, help="a folder where what is slow to compute is kept for the next time")
    parser.add_argument("--joints", type=int, default=20, help="how many in each of five folds")
    parser.add_argument("--out", type=Path, default=OUT, help="the folder for page, figure and table")
    given = parser.parse_args()
    with progress() as stages:
        joints = run(given.data, given.cache, given.joints, stages)
        within = within_songs(given.songs, stages("real songs"))
        people = with_people(read_deam(given.deam, stages("checking DEAM")), stages("DEAM")) if given.deam else []
    write(given.out, joints, within, people)


if __name__ == "__main__":
    main()
