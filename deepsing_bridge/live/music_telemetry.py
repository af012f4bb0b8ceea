"""Tells beats, onsets, sections and levels as the song comes to them. Part of the engine; needs no picture."""

import math
from collections.abc import Iterator
from dataclasses import astuple

import numpy as np
from numpy.typing import NDArray

from ..core.types import Structure
from ..story.analysis import SongAnalysis
from .events import Beat, LevelsAt, Musical, Onset, SectionStarted
from .hub import Hub
from .pace import Pace
from .state import State
from .taps import BEATS_IN_BAR, BeatGrid

TEMPO_BEATS = 4  # around a beat, from which its tempo is taken
LONGEST_STEP_S = 0.25  # of the song: what was passed over is not told late

Times = NDArray[np.float64]


class MusicTelemetry:
    def __init__(self, hub: Hub, state: State) -> None:
        self._hub = hub
        self._pace = Pace(state.controls.fps, hub.clock.now())
        self._told: tuple[int, float] = (state.epoch, 0.0)  # song or jump, and the time until which all was told
        self.section: SectionStarted | None = None
        self.levels = LevelsAt(*astuple(state.analysis.levels.at(0.0)))
        self._next_s = math.inf
        self._grid_s = -math.inf  # until when beats of taps or of a session were told, on the clock

    def next_s(self) -> float:
        """When there is something to tell again, on the clock."""
        return min(self._pace.next_s(), self._next_s)

    def step(self, state: State, now: float) -> None:
        time_s, analysis = state.transport.position(now), state.analysis
        has_sections = state.song and state.begun is None
        section = section_at(analysis.structure, analysis.duration_s, time_s) if has_sections else None
        changed, self.section = section is not None and section != self.section, section
        if section is not None and changed:
            self._hub.post(section)
        self.levels = LevelsAt(*astuple(analysis.levels.at(time_s)))
        if state.transport.playing:
            for event in self._passed(state, time_s):
                if not (state.session and isinstance(event, Beat)):
                    self._hub.post(event)
        self._next_s = now + _until_next(analysis, time_s) if state.transport.playing else math.inf
        if grid := state.session or state.tapped(now):
            self._tell_grid(grid, now)
        self._tell_levels(state, now)

    def _tell_grid(self, grid: BeatGrid, now: float) -> None:
        for index in grid.passed(max(self._grid_s, now - LONGEST_STEP_S), now):
            self._hub.post(Beat(index % BEATS_IN_BAR + 1, index // BEATS_IN_BAR + 1, grid.tempo))
        self._grid_s = now
        self._next_s = min(self._next_s, grid.next(now))

    def _passed(self, state: State, time_s: float) -> list[Musical]:
        epoch, before_s = self._told
        jumped = epoch != state.epoch or not 0 <= time_s - before_s <= LONGEST_STEP_S
        self._told = state.epoch, time_s
        return list(passed(state.analysis, math.nextafter(time_s, -math.inf) if jumped else before_s, time_s))

    def _tell_levels(self, state: State, now: float) -> None:
        if self._pace.rate != state.controls.fps:
            self._pace = Pace(state.controls.fps, now)
        if self._pace.due(now):
            self._pace = self._pace.served(now)
            self._hub.post(self.levels)


def passed(analysis: SongAnalysis, before_s: float, time_s: float) -> Iterator[Musical]:
    """The beats and onsets after `before_s` and up to `time_s`."""
    structure = analysis.structure
    for index in _between(structure.beats, before_s, time_s):
        yield beat_of(structure, index)
    times, strengths = analysis.levels.onsets
    for index in _between(times, before_s, time_s):
        yield Onset(float(strengths[index]))


def beat_of(structure: Structure, index: int) -> Beat:
    """What is told of beat number `index`."""
    beats, time_s = structure.beats, structure.beats[index]
    bar = int(np.searchsorted(structure.bars, time_s, "right"))
    first = int(np.searchsorted(beats, structure.bars[bar - 1])) if bar else 0
    number = index - first + 1 if bar else 0
    around = np.diff(beats[max(index - TEMPO_BEATS, 0) : index + TEMPO_BEATS + 1])
    return Beat(number, bar, 60 / float(np.median(around)) if len(around) else 0.0)


def section_at(structure: Structure, duration_s: float, time_s: float) -> SectionStarted:
    """The section that is on at `time_s`."""
    borders = [0.0, *structure.sections.tolist(), duration_s]
    index = int(np.searchsorted(structure.sections, time_s, "right"))
    return SectionStarted(index, borders[index], borders[index + 1])


def _between(times: Times, before_s: float, time_s: float) -> range:
    """The numbers of the `times` after `before_s` and up to `time_s`."""
    first, stop = np.searchsorted(times, [before_s, time_s], "right").tolist()
    return range(first, stop)


def _until_next(analysis: SongAnalysis, time_s: float) -> float:
    """Seconds of the song until the next beat or onset."""
    coming = (_after(times, time_s) for times in (analysis.structure.beats, analysis.levels.onsets[0]))
    return min(coming) - time_s


def _after(times: Times, time_s: float) -> float:
    index = int(np.searchsorted(times, time_s, "right"))
    return float(times[index]) if index < len(times) else math.inf
