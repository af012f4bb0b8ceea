"""How far the audio models' 5 s averages spread within songs, and between estimates of the same passage.

Where the `Spread` of each estimator and `PRIOR_AVERAGES` of `attributes/alignment.py` are from. By clips of 30 s:

    python -m bench.song_spread ../shared/data/music/clips --every 10
"""

import argparse
import io
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import digamma, polygamma

from deepsing_bridge.attributes import audio_models
from deepsing_bridge.attributes.alignment import interval_means
from deepsing_bridge.attributes.context_features import song_to_context
from deepsing_bridge.audio.decode import SAMPLE_RATE, file_to_song
from deepsing_bridge.audio.features import song_to_features
from deepsing_bridge.core.types import Song

Array = NDArray[np.float32]
Key = tuple[str, str]
REHEARD = 5  # every so manieth clip is heard in other versions, too


def versions(samples: Array) -> Iterator[Array]:
    """What a listener would call the same: itself, later by less than a window, 9 cents lower, as MP3, with noise 30 dB
    below it, 1 dB quieter."""
    length, noise = len(samples), np.random.default_rng(0).standard_normal(len(samples))
    yield samples
    for later in (SAMPLE_RATE // 8, SAMPLE_RATE // 4):
        yield np.concatenate([samples[:later][::-1], samples])[:length]
    yield soxr.resample(samples, 1000, 1005)[:length]
    yield as_mp3(samples)
    yield samples + 10 ** (-30 / 20) * samples.std() * noise
    yield 10 ** (-1 / 20) * samples


def as_mp3(samples: Array, rate: int = 44_100, bits_per_s: int = 64_000) -> Array:
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as coded:
        stream = coded.add_stream("libmp3lame", rate=rate, layout="mono")
        stream.bit_rate = bits_per_s
        frame = av.AudioFrame.from_ndarray(soxr.resample(samples, SAMPLE_RATE, rate)[None], "fltp", "mono")
        frame.sample_rate = rate
        for part in (frame, None):
            coded.mux(stream.encode(part))
    file.seek(0)
    with av.open(file) as coded:
        heard = np.concatenate([frame.to_ndarray()[0] for frame in coded.decode(audio=0)])
    return np.resize(soxr.resample(heard, rate, SAMPLE_RATE), len(samples))


def averages(samples: Array) -> Iterator[tuple[Key, NDArray[np.float64]]]:
    """Per model and axis the 5 s averages, in standard deviations of the model's training set."""
    song = Song(np.asarray(samples, np.float32), SAMPLE_RATE, Path("clip"), "")
    context, paper = audio_models.ContextAudioEstimator.load(), audio_models.PaperAudioEstimator.load()
    for name, model, track in (
        (audio_models.CONTEXT, context, context.raw_sentiment(song_to_context(song))),
        (audio_models.PAPER, paper, paper.raw_sentiment(song_to_features(song))),
    ):
        for axis, (_, sd) in model.outputs.statistics.items():
            yield (name, axis), interval_means(getattr(track, axis), track.hop_s).astype(np.float64) / sd


def smyth(variances: NDArray[np.float64], degrees: int) -> tuple[float, float]:
    """The usual standard deviation, and how many degrees of freedom it is worth (Smyth 2004, section 6.2)."""
    logs = np.log(variances) - digamma(degrees / 2) + np.log(degrees / 2)
    differ = logs.var(ddof=1) - polygamma(1, degrees / 2)
    if differ <= 0:
        return float(np.exp(logs.mean() / 2)), np.inf
    worth = 2 * brentq(lambda half: polygamma(1, half) - differ, 1e-3, 1e6)
    return float(np.exp((logs.mean() + digamma(worth / 2) - np.log(worth / 2)) / 2)), worth


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path)
    parser.add_argument("--every", type=int, default=10, help="take one clip of so many")
    given = parser.parse_args()
    within: dict[Key, list[NDArray[np.float64]]] = defaultdict(list)
    noise: dict[Key, list[float]] = defaultdict(list)
    for number, path in enumerate(sorted(given.clips.iterdir())[:: given.every]):
        heard = list(versions(file_to_song(path).samples))[: None if number % REHEARD == 0 else 1]
        told = [dict(averages(one)) for one in heard]
        for key, own in told[0].items():
            within[key].append(own)
            if len(told) > 1:
                centred = [one[key][:5] - one[key][:5].mean() for one in told]  # one version is a little shorter
                noise[key].append(float(np.var(centred, axis=0, ddof=1).mean()))
    print("model    axis     clips  usual within a song  worth, averages  reheard  noise")
    for (name, axis), clips in within.items():
        whole = [clip for clip in clips if len(clip) == max(map(len, clips))]
        usual, worth = smyth(np.array([clip.var(ddof=1) for clip in whole]), len(whole[0]) - 1)
        again = noise[name, axis]
        sd = np.sqrt(np.mean(again))
        print(f"{name:8} {axis:8} {len(whole):5} {usual:20.2f} {worth:16.1f} {len(again):8} {sd:6.2f}")


if __name__ == "__main__":
    main()
