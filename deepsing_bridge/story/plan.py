"""Ties the stages together: `plan` turns a song into a storyboard, `Painter.paint` a storyboard into frames.

Everything random is drawn in `plan`, from its seed; painting the same storyboard gives the same pixels.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from ..attributes.alignment import Alignment
from ..attributes.audio_models import AudioEstimator, ContextEstimator
from ..audio.beats import mel_to_beats
from ..audio.features import mel_to_power, song_to_mel
from ..core.types import Frame, Progress, Scene, Sentiment, SentimentTrack, Song, Storyboard, no_progress
from ..core.units import HANDLE_S, frame_to_seconds, seconds_to_frame
from ..generators.generate import Generator
from ..render.crossfade import mix
from ..stylization.stylize import Style, StyleBook, Stylizer, mood
from ..translation.translators import SentimentTranslator, Translation

Cut = Literal["beats", "interval"]
Motion = Literal["still", "dynamic"]
BY_NEAREST, BY_THRESHOLD = "nearest", "threshold"

INTERVAL_S = 5.0  # paper section 3.1: one sentiment, and one picture, for every 5 s
SHORTEST_SCENE_S = 1.0  # anything shorter flickers
PICTURE_EVERY_S = 0.5  # of a dynamic story, as the features
NOISE = 0.1  # σ of the noise on latents, paper section 3.1
BLEND = 0.1  # of the stylization, paper section 3.1
AUDIO_MODEL = ContextEstimator()
DRIFT = 0.3  # the least, in σ, that a dynamic scene's latent wanders where the next scene has another class
REACH = 0.7  # of the latent's own size, if that is more: strong sentiments have large latents, and must not stand still
BATCH = 8  # pictures generated at a time


@dataclass(frozen=True)
class Settings:
    """What a user decides about a story besides the song. Sizes in pixels, even; `noise` and `blend` 0..1.

    `audio_model` hears the song's sentiment.
    """

    frame_rate: Fraction = Fraction(24)
    width: int = 512
    height: int = 512
    cut: Cut = "beats"
    motion: Motion = "dynamic"
    alignment: Alignment = "song"
    style: str = BY_NEAREST
    blend: float = BLEND
    noise: float = NOISE
    truncation: float | None = None
    seed: int = 0
    audio_model: AudioEstimator = AUDIO_MODEL


@dataclass(frozen=True, eq=False)
class SongAnalysis:
    """What a song says for itself: its sentiment and power at 0.5 s, and where it wants to be cut, in seconds.

    `path` and `digest` say which song it was, so that the sound itself need not be kept.
    """

    sentiment: SentimentTrack
    power: tuple[float, ...]
    cuts: list[float]
    duration_s: float
    path: Path
    digest: str


def plan(
    song: Song,
    generator: Generator,
    translator: SentimentTranslator,
    settings: Settings,
    weights: dict[str, str],
    progress: Progress = no_progress,
) -> Storyboard:
    """What is shown when, and why. `weights` (name → sha256) is only noted down. `progress` counts feature frames."""
    return compose(listen(song, settings, progress), generator, translator, settings, weights)


def listen(song: Song, settings: Settings, progress: Progress = no_progress) -> SongAnalysis:
    """The part of `plan` that needs the sound, and takes nearly all of its time. `progress` counts feature frames."""
    mel = song_to_mel(song)
    beats = mel_to_beats(mel) if settings.cut == "beats" else np.empty(0)
    return SongAnalysis(
        sentiment=settings.audio_model.listen(song, settings.alignment, progress),
        power=tuple(mel_to_power(mel).tolist()),
        cuts=cut_times(song.duration_s, settings.frame_rate, beats),
        duration_s=song.duration_s,
        path=song.source,
        digest=song.digest,
    )


def compose(
    heard: SongAnalysis,
    generator: Generator,
    translator: SentimentTranslator,
    settings: Settings,
    weights: dict[str, str],
) -> Storyboard:
    """The rest of `plan`: what was heard, translated into scenes."""
    felt = [heard.sentiment.between(start, end) for start, end in pairwise(heard.cuts)]
    translation = translator.translate(as_track(felt))
    chance = np.random.default_rng(settings.seed)
    latents = translation.latents + settings.noise * chance.standard_normal(translation.latents.shape, np.float32)
    return Storyboard(
        scenes=tuple(_scenes(heard.cuts, felt, translation, latents, generator.classes)),
        sentiment=heard.sentiment,
        power=heard.power,
        duration_s=heard.duration_s,
        frame_rate=settings.frame_rate,
        seed=settings.seed,
        generator=generator.name,
        translator=translator.name,
        motion=settings.motion,
        style=settings.style,
        blend=settings.blend,
        noise=settings.noise,
        truncation=settings.truncation,
        width=settings.width,
        height=settings.height,
        song_path=heard.path,
        song_digest=heard.digest,
        weights=weights,
    )


def cut_times(duration_s: float, rate: Fraction, beats: NDArray[np.float64]) -> list[float]:
    """Scene boundaries in seconds, on frame boundaries, first 0 and last the song's end.

    Every 5 s, each moved to the nearest of `beats` if one lies within half an interval. A boundary that would make
    a scene shorter than 1 s is left out.
    """
    wanted = np.arange(INTERVAL_S, duration_s, INTERVAL_S)
    moved = [_nearest(time, beats) for time in wanted]
    end = frame_to_seconds(seconds_to_frame(duration_s, rate), rate)
    cuts = [0.0]
    for time in (frame_to_seconds(seconds_to_frame(time, rate), rate) for time in moved):
        if time - cuts[-1] >= SHORTEST_SCENE_S and end - time >= SHORTEST_SCENE_S:
            cuts.append(time)
    return [*cuts, end]


def _nearest(time: float, beats: NDArray[np.float64]) -> float:
    if not len(beats):
        return time
    beat = float(beats[np.abs(beats - time).argmin()])
    return beat if abs(beat - time) <= INTERVAL_S / 2 else time


def as_track(felt: list[Sentiment]) -> SentimentTrack:
    """Sentiments one by one as the arrays that translators take."""
    valence = np.array([one.valence for one in felt], np.float32)
    arousal = np.array([one.arousal for one in felt], np.float32)
    return SentimentTrack(valence, arousal, INTERVAL_S)


def _scenes(
    cuts: list[float],
    felt: list[Sentiment],
    translation: Translation,
    latents: NDArray[np.float32],
    classes: tuple[str, ...],
) -> Iterator[Scene]:
    for i, sentiment in enumerate(felt):
        class_id = int(translation.class_ids[i])
        yield Scene(
            start_s=cuts[i],
            end_s=cuts[i + 1],
            class_id=class_id,
            label=classes[class_id],
            probabilities=tuple(translation.probabilities[i].tolist()),
            latent=tuple(latents[i].tolist()),
            sentiment=sentiment,
            mood=mood(sentiment),
        )


class Painter:
    """Paints any storyboard of one generator. Holds the pictures of the last scene or two, never of the song."""

    def __init__(self, generator: Generator, stylizer: Stylizer, styles: StyleBook) -> None:
        self.generator = generator
        self.stylizer = stylizer
        self.styles = styles
        self._pictures = lru_cache(maxsize=2)(self._paint_scene)

    def paint(self, board: Storyboard, times: Iterable[float]) -> Iterator[Frame]:
        """The frames shown at `times`, seconds from the song's start, in any order."""
        for time in times:
            scene = scene_at(board, time)
            pixels = self.picture(board, scene, time)
            yield Frame(seconds_to_frame(time, board.frame_rate), time, pixels, scene)

    def picture(self, board: Storyboard, scene: int, time: float) -> NDArray[np.uint8]:
        """(H, W, 3) uint8: what scene number `scene` shows at `time`, which may lie HANDLE_S beyond its end."""
        pictures = self._pictures(_Key(board, scene))
        place = min(max(time - board.scenes[scene].start_s, 0.0) / PICTURE_EVERY_S, len(pictures) - 1)
        before = int(place)
        after = min(before + 1, len(pictures) - 1)
        return mix(pictures[before], pictures[after], place - before)

    def _paint_scene(self, key: "_Key") -> NDArray[np.uint8]:
        """A scene's pictures, one for every PICTURE_EVERY_S from its start to HANDLE_S after its end; one if still."""
        board, scene = key.board, key.board.scenes[key.scene]
        latents = torch.tensor(scene_latents(board, key.scene), dtype=torch.float32)
        vectors = F.one_hot(torch.tensor(scene.class_id), len(self.generator.classes)).float()
        style = self.styles_for(board.style)(scene.sentiment)
        batches = [self._paint_batch(board, vectors.expand(len(z), -1), z, style) for z in latents.split(BATCH)]
        return np.concatenate(batches)

    def _paint_batch(self, board: Storyboard, vectors: Tensor, latents: Tensor, style: Style) -> NDArray[np.uint8]:
        pictures = self.generator.generate(vectors, latents, board.truncation)
        painted = self.stylizer.stylize(pictures, style.statistics, board.blend)
        return to_pixels(fit(painted, board.width, board.height))

    def styles_for(self, choice: str) -> Callable[[Sentiment], Style]:
        """How a scene's style is found: `nearest`, `threshold`, or always one image. BridgeError if it is missing."""
        if choice == BY_NEAREST:
            return self.styles.nearest
        if choice == BY_THRESHOLD:
            self.styles.by_threshold(Sentiment(0.0, 0.0))  # complains at once if one of the three is missing
            return self.styles.by_threshold
        style = self.styles.named(choice)
        return lambda sentiment: style


@dataclass(frozen=True)
class _Key:
    """A scene of a storyboard, compared by identity: hashing the storyboard's arrays at every frame would be slow."""

    board: Storyboard
    scene: int

    def __hash__(self) -> int:
        return hash((id(self.board), self.scene))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.board is other.board and self.scene == other.scene


def scene_at(board: Storyboard, time: float) -> int:
    """The number of the scene that is on at `time`; the first or last one for a time outside the song."""
    starts = [scene.start_s for scene in board.scenes]
    return max(int(np.searchsorted(starts, time, side="right")) - 1, 0)


def scene_latents(board: Storyboard, index: int) -> NDArray[np.float64]:
    """(pictures, latent_dim): the scene's latent, and in a dynamic story its way towards where it goes.

    It goes towards the next scene's latent where that has the same class, else it wanders by REACH, or by DRIFT
    if it is small; how far it has come is the share of the scene's power that has sounded, so it moves with the music.
    """
    scene = board.scenes[index]
    if board.motion == "still":
        return np.array(scene.latent)[None]
    times = np.arange(0, scene.end_s + HANDLE_S - scene.start_s + PICTURE_EVERY_S, PICTURE_EVERY_S)
    return latents_at(board, index, scene.start_s + times)


def latents_at(board: Storyboard, index: int, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """(times, latent_dim): where the latent of scene number `index` is at each of `times` in the song."""
    scene = board.scenes[index]
    start = np.array(scene.latent)
    share = _power_share(board, scene, times)
    return start + share[:, None] * (_destination(board, index) - start)


def _destination(board: Storyboard, index: int) -> NDArray[np.float64]:
    here, following = board.scenes[index], board.scenes[index + 1 : index + 2]
    if following and following[0].class_id == here.class_id:
        return np.array(following[0].latent)
    start, chance = np.array(here.latent), np.random.default_rng([board.seed, index])
    reach = max(DRIFT, REACH * float(np.sqrt(np.square(start).mean())))
    return start + reach * chance.standard_normal(len(start))


def _power_share(board: Storyboard, scene: Scene, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of the scene's power sounded by each of `times`; goes on beyond 1 in the handle."""
    hop_s = board.sentiment.hop_s
    sounded = np.concatenate([[0.0], np.cumsum(np.maximum(board.power, 1e-9)) * hop_s])
    at = np.interp([scene.start_s, scene.end_s, *times], np.arange(len(sounded)) * hop_s, sounded)
    start, end, here = at[0], at[1], at[2:]
    return np.clip((here - start) / max(end - start, 1e-9), 0.0, 1.5)


def fit(pictures: Tensor, width: int, height: int) -> Tensor:
    """(n, 3, S, S) enlarged to cover `width`×`height`, and cropped to it from the middle."""
    side = max(width, height)
    if pictures.shape[-1] != side:
        pictures = F.interpolate(pictures, size=(side, side), mode="bicubic", antialias=True, align_corners=False)
    top, left = (side - height) // 2, (side - width) // 2
    return pictures[..., top : top + height, left : left + width]


def to_pixels(pictures: Tensor) -> NDArray[np.uint8]:
    """(n, 3, H, W) in 0..1 → (n, H, W, 3) uint8."""
    return (pictures.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).contiguous().numpy()


def clip_frames(board: Storyboard, index: int) -> int:
    """How many frames the clip of scene `index` has, its handle included."""
    scene, rate = board.scenes[index], board.frame_rate
    length = seconds_to_frame(scene.end_s, rate) - seconds_to_frame(scene.start_s, rate)
    return length + math.ceil(HANDLE_S * rate)
