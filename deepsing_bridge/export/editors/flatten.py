"""Somebody's edit of a story → an `Edit` as every format can say it: tracks of clips and gaps, in whole frames.

Between two clips there may be a dissolve, as long as they have pictures for. Everything else that a timeline may hold
is laid out flat or dropped, and told in words.
"""

from collections import Counter
from collections.abc import Iterator

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from ...core.errors import BridgeError
from ..timeline import Clip, Timeline, is_of_media
from .dissolves import fit_dissolves, without_dissolves
from .edit import Edit
from .source import noted

CUTS = "transitions other than dissolves between two clips with pictures for them are hard cuts"
SHORTER = "dissolves are as short as the clips' handles"
EFFECTS = "effects and changes of speed are left out"
HIDDEN = "clips that are switched off are gaps"
MARKERS = "markers outside their clips are left out"
MISSING = "clips without a file are gaps"
NESTED = "what is nested is laid out flat, only the topmost of it"


class _Flattening:
    """One timeline's; counts what it drops."""

    def __init__(self, edit: Edit) -> None:
        self.exact, self.rate = edit.frame_rate, float(edit.frame_rate)
        self.dropped: Counter[str] = Counter()

    def timeline(self, edited: Timeline) -> Timeline:
        start = edited.global_start_time
        first = RationalTime(0, self.rate) if start is None else self._whole(start)
        flat = otio.schema.Timeline(edited.name, global_start_time=first, metadata=dict(edited.metadata))
        flat.tracks.extend(track for track in map(self._with_dissolves, edited.tracks) if track.find_clips())
        flat.tracks.markers.extend(self._moved(marker, RationalTime(0, self.rate)) for marker in edited.tracks.markers)
        for clip in flat.find_clips():
            self._drop_outside(clip)
        return flat

    def _with_dissolves(self, edited: otio.schema.Track) -> otio.schema.Track:
        flat = self.track(edited) if edited.source_range is None else self._cut(edited)
        gone, shorter = fit_dissolves(flat)
        self.dropped[CUTS] += gone
        self.dropped[SHORTER] += shorter
        return flat

    def _cut(self, edited: otio.schema.Track) -> otio.schema.Track:
        """Without transitions, which nothing can be trimmed or laid flat with."""
        flat = self.track(edited)
        self.dropped[CUTS] += without_dissolves(flat)
        return self._trimmed(flat, edited)

    def track(self, edited: otio.schema.Track) -> otio.schema.Track:
        """A hidden track is empty."""
        flat = otio.schema.Track(edited.name, kind=edited.kind)
        if edited.enabled:
            flat.extend(self._items(edited))
        self.dropped[HIDDEN] += not edited.enabled
        self.dropped[EFFECTS] += len(edited.effects)
        return flat

    def _items(self, edited: otio.schema.Track) -> Iterator[otio.core.Item]:
        """Each from the frame nearest to where it begins to that nearest to where it ends, so that nothing drifts."""
        end, reached = RationalTime(0, self.rate), 0
        for item in edited:
            if isinstance(item, otio.schema.Transition):
                yield self._transition(item)
                continue
            end += item.duration()
            frames = round(end.rescaled_to(self.rate).value) - reached
            reached += frames
            if frames > 0:
                yield from self._item(item, edited.kind, frames)

    def _transition(self, edited: otio.schema.Transition) -> otio.schema.Transition:
        offsets = self._whole(edited.in_offset), self._whole(edited.out_offset)
        return otio.schema.Transition(edited.name, edited.transition_type, *offsets, dict(edited.metadata))

    def _item(self, item: otio.core.Item, kind: str, frames: int) -> Iterator[otio.core.Item]:
        if not isinstance(item, otio.schema.Gap):
            self.dropped[EFFECTS] += len(item.effects)
        if isinstance(item, otio.schema.Stack | otio.schema.Track) and item.enabled:
            yield from self._nested(item, kind, frames)
        elif isinstance(item, otio.schema.Clip) and item.enabled and is_of_media(item):
            yield self._clip(item, frames)
        else:
            self._tell_gap(item)
            yield self._gap(frames)

    def _tell_gap(self, item: otio.core.Item) -> None:
        if not isinstance(item, otio.schema.Gap):
            self.dropped[MISSING if item.enabled else HIDDEN] += 1

    def _nested(self, item: otio.schema.Stack | otio.schema.Track, kind: str, frames: int) -> Iterator[otio.core.Item]:
        """Its tracks of this kind, the topmost of them at each frame, padded with a gap to `frames`."""
        self.dropped[NESTED] += 1
        tracks = [self._cut(track) for track in _tracks(item) if track.kind == kind]
        seen = otio.algorithms.flatten_stack(tracks) if tracks else otio.schema.Track()
        if isinstance(item, otio.schema.Stack):
            seen = self._trimmed(seen, item)
        room = frames
        for piece in [piece.deepcopy() for piece in seen]:
            length = min(room, int(piece.duration().value))
            if length > 0:
                piece.source_range = TimeRange(piece.source_range.start_time, RationalTime(length, self.rate))
                room -= length
                yield piece
        if room:
            yield self._gap(room)

    def _trimmed(self, flat: otio.schema.Track, edited: otio.core.Item) -> otio.schema.Track:
        if edited.source_range is None or not len(flat):
            return flat
        start, end = edited.source_range.start_time, edited.source_range.end_time_exclusive()
        first, last = self._whole(start), self._whole(end)
        return otio.algorithms.track_trimmed_to_range(flat, TimeRange(first, last - first))

    def _clip(self, edited: Clip, frames: int) -> Clip:
        """Its file begins at frame 0 and has the timeline's rate; what it really has is noted beside. It is as long
        as is used, at least."""
        used, reference = edited.trimmed_range(), edited.media_reference
        there = reference.available_range or used
        first = max(0, int(self._whole(used.start_time - there.start_time).value))
        available = max(first + frames, int(self._whole(there.duration).value))
        whole, facts = self._range(0, available), noted(reference, self.exact)
        file = otio.schema.ExternalReference(reference.target_url, whole, facts)
        file.name = reference.name
        flat = otio.schema.Clip(edited.name, file, self._range(first, frames), metadata=dict(edited.metadata))
        flat.markers.extend(self._moved(marker, there.start_time) for marker in edited.markers)
        return flat

    def _drop_outside(self, clip: Clip) -> None:
        first, last = clip.source_range.start_time, clip.source_range.end_time_exclusive()
        inside = [marker for marker in clip.markers if first <= marker.marked_range.start_time < last]
        self.dropped[MARKERS] += len(clip.markers) - len(inside)
        clip.markers[:] = [marker.deepcopy() for marker in inside]

    def _moved(self, marker: otio.schema.Marker, begins: RationalTime) -> otio.schema.Marker:
        moved = marker.deepcopy()
        at = self._whole(marker.marked_range.start_time - begins)
        moved.marked_range = TimeRange(at, self._whole(marker.marked_range.duration))
        return moved

    def _gap(self, frames: int) -> otio.schema.Gap:
        return otio.schema.Gap(source_range=self._range(0, frames))

    def _range(self, start: int, frames: int) -> TimeRange:
        return TimeRange(RationalTime(start, self.rate), RationalTime(frames, self.rate))

    def _whole(self, time: RationalTime) -> RationalTime:
        return RationalTime(round(time.rescaled_to(self.rate).value), self.rate)


def _tracks(item: otio.schema.Stack | otio.schema.Track) -> list[otio.schema.Track]:
    """Those of a stack, whose clips are each a track of their own, or the one that it is."""
    if isinstance(item, otio.schema.Track):
        return [item]
    return [child if isinstance(child, otio.schema.Track) else _of_one(child) for child in item]


def _of_one(item: otio.core.Item) -> otio.schema.Track:
    return otio.schema.Track(kind=otio.schema.TrackKind.Video, children=[item.deepcopy()])


def flattened(edit: Edit) -> tuple[Edit, str]:
    """`edit` flat, and what was dropped on the way, in words: nothing of a story as it was made.

    Raises BridgeError where nothing is left to be seen, or its nesting has no end in sight.
    """
    flattening = _Flattening(edit)
    try:
        flat = Edit(flattening.timeline(edit.timeline))
    except RecursionError as error:
        raise BridgeError(f"{edit.timeline.name}: nested too deeply") from error
    if not flat.pictures:
        raise BridgeError(f"{edit.timeline.name}: no picture in it that has a file and is switched on")
    dropped = "; ".join(f"{words} ({count})" for words, count in sorted(flattening.dropped.items()) if count)
    return flat, dropped
