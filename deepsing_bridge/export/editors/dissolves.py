"""Dissolves between two clips of a track: which of them a format can say, and where each begins and ends.

In a timeline that `flatten` made, each stands between two clips that have the pictures for it, in whole frames.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import opentimelineio as otio
from opentimelineio.opentime import RationalTime

from ..timeline import Clip
from .edit import place

Track = Any  # opentimelineio has no type stubs
Transition = Any


class Dissolve(NamedTuple):
    """Frames of the timeline: the first mixed one, the cut, and the one after the last mixed one."""

    start: int
    cut: int
    end: int

    @property
    def frames(self) -> int:
        return self.end - self.start


class Ends(NamedTuple):
    """The dissolves at a clip's start and at its end, if any."""

    head: Dissolve | None
    tail: Dissolve | None


def ends_of(clip: Clip) -> Ends:
    """`clip` is of a track."""
    before, after = clip.parent().neighbors_of(clip)
    start, end = place(clip)
    return Ends(_at(before, start), _at(after, end))


def seen(clip: Clip) -> tuple[int, int]:
    """The frames of the timeline in which `clip` is seen, alone or mixed: the first, and the one after the last."""
    (start, end), (head, tail) = place(clip), ends_of(clip)
    return head.start if head else start, tail.end if tail else end


def alone(clip: Clip) -> tuple[int, int]:
    """The frames of the timeline in which `clip` is seen alone; none where one dissolve follows the other."""
    (start, end), (head, tail) = place(clip), ends_of(clip)
    return head.end if head else start, tail.start if tail else end


def source_frame(clip: Clip, frame: int) -> int:
    """The frame of its file that `clip` shows at `frame` of the timeline."""
    start, _ = place(clip)
    return int(clip.source_range.start_time.value) + frame - start


def fit_dissolves(track: Track) -> tuple[int, int]:
    """Make each dissolve of `track`, which is flat, as long as the clips beside it allow; without such, it goes.

    How many went, and how many are shorter now.
    """
    gone = shorter = 0
    for transition in [item for item in track if isinstance(item, otio.schema.Transition)]:
        wanted = _lengths(transition)
        possible = _fitting(track, transition) if _is_dissolve(transition) else (0, 0)
        if sum(possible) == 0:
            track.remove(transition)
            gone += 1
            continue
        shorter += possible != wanted
        rate = transition.in_offset.rate
        transition.in_offset, transition.out_offset = (RationalTime(frames, rate) for frames in possible)
    return gone, shorter


def without_dissolves(track: Track) -> int:
    """Remove the transitions of `track`. How many there were."""
    transitions = [item for item in track if isinstance(item, otio.schema.Transition)]
    for transition in transitions:
        track.remove(transition)
    return len(transitions)


def _at(neighbour: otio.core.Composable | None, cut: int) -> Dissolve | None:
    if not isinstance(neighbour, otio.schema.Transition):
        return None
    before, after = _lengths(neighbour)
    return Dissolve(cut - before, cut, cut + after)


def _lengths(transition: Transition) -> tuple[int, int]:
    return int(transition.in_offset.value), int(transition.out_offset.value)


def _is_dissolve(transition: Transition) -> bool:
    return bool(transition.transition_type == otio.schema.TransitionTypes.SMPTE_Dissolve)


def _fitting(track: Track, transition: Transition) -> tuple[int, int]:
    """As many frames before and after the cut as the clips have pictures for, and no dissolve before needs."""
    left, right = track.neighbors_of(transition)
    if track.kind != otio.schema.TrackKind.Video or not all(isinstance(one, otio.schema.Clip) for one in (left, right)):
        return 0, 0
    before, after = _lengths(transition)
    head = ends_of(left).head
    taken = head.end - head.cut if head else 0
    before = min(before, _frames(left) - taken, source_frame(right, place(right)[0]))
    after = min(after, int(left.available_range().duration.value) - source_frame(left, place(left)[1]), _frames(right))
    return max(before, 0), max(after, 0)


def _frames(clip: Clip) -> int:
    start, end = place(clip)
    return end - start


def pairs(track: Track) -> Iterator[tuple[Clip, Dissolve, Clip]]:
    """Each dissolve of `track` with the clips that it is between."""
    for item in track:
        if isinstance(item, otio.schema.Transition):
            left, right = track.neighbors_of(item)
            _, tail = ends_of(left)
            assert tail is not None
            yield left, tail, right
