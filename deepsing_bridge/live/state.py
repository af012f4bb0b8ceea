"""What the engine knows at one moment. Immutable: the engine replaces it, everybody else reads it."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ..core.errors import BridgeError
from ..core.types import Sentiment, SentimentTrack
from ..render.look import Look
from ..render.speed import STEADY, SpeedTrack
from ..story.analysis import SongAnalysis
from ..story.cuts import INTERVAL_S
from ..story.plan import Begun
from ..story.storyboard import Storyboard
from .controls import Controls, PlanParameters
from .crossfade import bar_s
from .early_cuts import EarlyCuts, cut_early, next_cut
from .live_set import UNHEARD, HeardBeats, grown
from .taps import UNTAPPED, BeatGrid, Taps
from .transport import Transport

NO_SONG = "no song is loaded: load one first"


@dataclass(frozen=True)
class FrameCounts:
    """Frames since the start: those that were `shown` in time, and those that were `dropped`."""

    shown: int = 0
    dropped: int = 0

    def one_more(self, missed: int) -> "FrameCounts":
        """After another frame, and `missed` that could not be made before it."""
        return FrameCounts(self.shown + 1, self.dropped + missed)


@dataclass(frozen=True)
class State:
    """`analysis` is of the song that is on, or what is idled with while there is none (`song` False).

    `curve` is its sentiment as it is told: see `told_curve`. `epoch` counts songs and jumps. `board` is the newest plan
    of the song, None until there is one. `speed` is how fast pictures have moved since the last jump; `taps` are the
    performer's, and `session` the beats that others keep, which go before all. The song's pictures take `crossfade_s`
    to come; at a jump they are there at once.
    It is seen in its `own_view` until somebody chooses one.
    `held` are the classes that scenes are of (`PlanParameters`), `cuts` the scenes that were told to begin early.
    Of live sound, `begun` is the scene that is on, None for songs; `beats` are those heard, and `name` is where.
    """

    controls: Controls
    transport: Transport
    analysis: SongAnalysis
    curve: SentimentTrack
    song: bool = False
    epoch: int = 0
    board: Storyboard | None = None
    speed: SpeedTrack = STEADY
    taps: Taps = UNTAPPED
    session: BeatGrid | None = None
    crossfade_s: float = 0.0
    own_view: bool = True
    held: tuple[tuple[int, float], ...] = ()
    cuts: EarlyCuts = field(default_factory=dict)
    begun: Begun | None = None
    beats: HeardBeats = UNHEARD
    name: str = ""

    @property
    def title(self) -> str:
        return self.name or self.analysis.path.name

    def tapped(self, now_s: float) -> BeatGrid | None:
        """What is tapped, where nothing is heard to go by."""
        return None if len(self.analysis.structure.beats) or self.beats.grid(now_s) else self.taps.grid

    @property
    def plan_parameters(self) -> PlanParameters:
        return replace(self.controls.plan_parameters, held=self.held)

    @property
    def look(self) -> Look:
        """What is asked of the painter; what is seen fades into it."""
        return replace(self.controls.look, speed=self.speed)

    def sentiment(self, now_s: float) -> Sentiment:
        """The song's sentiment now, offsets included."""
        place = self.transport.position(now_s) / self.curve.hop_s
        offset_v, offset_a = (float(self.controls.value(f"{axis}_offset", now_s)) for axis in ("valence", "arousal"))
        felt = Sentiment(_value_at(self.curve.valence, place), _value_at(self.curve.arousal, place))
        return felt.shifted(offset_v, offset_a)

    def blend(self, now_s: float) -> float:
        return float(self.controls.value("blend", now_s))

    def dim(self, now_s: float) -> float:
        return float(self.controls.value("dim", now_s))

    def moved(self, transport: Transport, jumped: bool = False) -> "State":
        return replace(
            self,
            transport=transport,
            epoch=self.epoch + jumped,
            crossfade_s=0.0 if jumped else self.crossfade_s,
        )

    def with_song(self, analysis: SongAnalysis, transport: Transport) -> "State":
        """Another one, of which there is no plan yet."""
        bars = int(self.controls.targets["crossfade"])
        return replace(
            self,
            transport=transport,
            analysis=analysis,
            curve=told_curve(analysis.sentiment),
            song=True,
            epoch=self.epoch + 1,
            board=None,
            cuts={},
            crossfade_s=bars * bar_s(analysis.structure, self.taps.grid),
        )

    def planned(self, board: Storyboard) -> "State":
        """With a new plan: of a song, or of the scene of live sound that is on."""
        if self.begun is not None:
            return replace(self, board=grown(self.board, board))
        return replace(self, board=cut_early(board, self.cuts))

    def cut_to_next(self, time_s: float) -> "State":
        """The next scene begins at `time_s`. Raises BridgeError where there is none."""
        if not self.song:
            raise BridgeError(NO_SONG)
        following = next_cut(self.board, time_s) if self.board else None
        if self.board is None or following is None:
            return self
        cut = {following: time_s}
        return replace(self, cuts={**self.cuts, **cut}, board=cut_early(self.board, cut))

    def at_speed(self, now_s: float) -> "State":
        """With pictures that move as fast as is wanted now; evenly all over a song that went to another place."""
        here, speed = self.transport.position(now_s), float(self.controls.targets["speed"])
        since_s, last = self.speed.last
        if here < since_s:
            return replace(self, speed=SpeedTrack.steady(speed))
        return self if speed == last else replace(self, speed=self.speed.turned(here, speed))


def told_curve(track: SentimentTrack) -> SentimentTrack:
    """The means over 5 s around each point: the resolution of a story, without its steps."""
    width = min(max(round(INTERVAL_S / track.hop_s), 1), len(track))
    return SentimentTrack(_moving_mean(track.valence, width), _moving_mean(track.arousal, width), track.hop_s)


def _moving_mean(values: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    padded = np.pad(values, (width // 2, width - 1 - width // 2), mode="edge")
    return np.convolve(padded, np.full(width, 1 / width), mode="valid").astype(np.float32)


def _value_at(values: NDArray[np.float32], place: float) -> float:
    """Between the two nearest of `values`, and at its ends beyond them."""
    return float(np.interp(place, np.arange(len(values)), values))
