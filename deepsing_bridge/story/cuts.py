"""A song's structure becomes the boundaries of scenes (paper section 3.2: intervals of 5 s). Pure."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..core.types import Structure
from ..core.units import Period, frame_to_seconds, parse_period, seconds_to_frame
from .settings import Settings

INTERVAL_S = 5.0  # paper section 3.2: one sentiment, and one picture, for every 5 s
SHORTEST_SCENE_S = 1.0  # anything shorter flickers
TIGHTNESS = 0.6  # standard deviations of accents that a scene of half or twice the length wanted has to be worth
LONGEST = 2.0  # times the length wanted: no scene is longer, if there is a downbeat
STRONGER = 0.8  # standard deviations: a beat near a weak downbeat is cut on instead if it has so much more of an accent

Times = NDArray[np.float64]


def cut_times(structure: Structure, duration_s: float, settings: Settings) -> list[float]:
    """Scene boundaries in seconds, on frame boundaries, first 0 and last the song's end.

    They lie where `settings.cut` says, about as far apart as `settings.every` says; a song without bars is cut as one
    without beats, and one without beats every few seconds, where something else begins to sound. A boundary that would
    make a scene shorter than 1 s is left out.
    """
    period = parse_period(settings.every)
    match settings.cut:
        case "sections":
            wanted = structure.sections
        case "bars" if len(structure.bars) > 1:
            wanted = _on_bars(structure, period, duration_s)
        case "bars" | "beats":
            wanted = _on_beats(structure, period, duration_s)
        case "interval":
            wanted = _multiples(_seconds(structure, period), duration_s)
    return _on_frames(wanted, duration_s, settings)


def _on_frames(wanted: Times, duration_s: float, settings: Settings) -> list[float]:
    rate = settings.frame_rate
    end = frame_to_seconds(seconds_to_frame(duration_s, rate), rate)
    cuts = [0.0]
    for time in (frame_to_seconds(seconds_to_frame(time, rate), rate) for time in wanted.tolist()):
        if time - cuts[-1] >= SHORTEST_SCENE_S and end - time >= SHORTEST_SCENE_S:
            cuts.append(time)
    return [*cuts, end]


def _on_bars(structure: Structure, period: Period, duration_s: float) -> Times:
    """Where each section begins, and within it on downbeats, or on the strong beats next to weak ones."""
    borders = [0.0, *structure.sections.tolist(), duration_s]
    cuts: list[float] = []
    for start, end in pairwise(borders):
        inside = (structure.bars > start) & (structure.bars < end)
        bars, accents = structure.bars[inside], structure.accents[inside]
        if period.unit == "bars":
            cuts += bars[int(period.amount) - 1 :: int(period.amount)].tolist()
        elif len(bars) > 1:
            found = _strongest(bars, accents, (start, end), _whole_bars_s(bars, _seconds(structure, period)))
            cuts += [_accented(bar, structure, (start, end), float(np.median(np.diff(bars)))) for bar in found]
        cuts.append(end)
    return np.array(cuts[:-1])


def _whole_bars_s(bars: Times, wanted_s: float) -> float:
    """The time of so many of a section's bars as are nearest to `wanted_s`."""
    bar_s = float(np.median(np.diff(bars)))
    return bar_s * max(round(wanted_s / bar_s), 1)


def _strongest(bars: Times, accents: Times, ends: tuple[float, float], period_s: float) -> list[float]:
    """Those of `bars` that make scenes near `period_s` long and begin with strong accents: the best way from one of the
    `ends` to the other, as a beat tracker finds beats (Ellis, "Beat tracking by dynamic programming", 2007)."""
    times, worth = [ends[0], *bars.tolist(), ends[1]], [0.0, *accents.tolist(), 0.0]
    best, before = [0.0], [0]
    for number in range(1, len(times)):
        ways = {
            earlier: best[earlier] - TIGHTNESS * _off(times[number] - times[earlier], period_s) ** 2
            for earlier in reversed(range(number))
            if times[number] - times[earlier] <= LONGEST * period_s or earlier == number - 1
        }
        before.append(max(ways, key=lambda way: ways[way]))
        best.append(ways[before[-1]] + worth[number])
    cuts, number = [], before[-1]
    while number:
        cuts.append(times[number])
        number = before[number]
    return cuts[::-1]


def _accented(bar: float, structure: Structure, ends: tuple[float, float], bar_s: float) -> float:
    """The downbeat `bar`; but where it is weaker than beats are on average, the strongest beat within half a bar of it,
    if that is STRONGER and leaves the shortest scene to both `ends` of the section."""
    heard = structure.beat_accents
    if not len(heard) or (own := heard[np.abs(structure.beats - bar).argmin()]) >= 0:
        return bar
    near = np.abs(structure.beats - bar) <= bar_s / 2
    near &= (structure.beats >= ends[0] + SHORTEST_SCENE_S) & (structure.beats <= ends[1] - SHORTEST_SCENE_S)
    strongest = np.where(near, heard, -np.inf).argmax()
    return float(structure.beats[strongest]) if heard[strongest] >= own + STRONGER and near.any() else bar


def _off(length_s: float, wanted_s: float) -> float:
    """How many times twice as long, or half as long."""
    return float(np.log2(max(length_s, 1e-3) / wanted_s))


def _on_beats(structure: Structure, period: Period, duration_s: float) -> Times:
    """On the beat nearest to each multiple of the period, or on so manieth ones."""
    if period.unit == "beats" and len(structure.beats):
        return structure.beats[int(period.amount) :: int(period.amount)]
    period_s = _seconds(structure, period)
    near = structure.beats if len(structure.beats) else structure.changes
    return np.array([_nearest(time, near, period_s / 2) for time in _multiples(period_s, duration_s).tolist()])


def _multiples(period_s: float, duration_s: float) -> Times:
    return np.arange(period_s, duration_s, period_s)


def _nearest(time: float, times: Times, reach_s: float) -> float:
    if not len(times):
        return time
    nearest = float(times[np.abs(times - time).argmin()])
    return nearest if abs(nearest - time) <= reach_s else time


def _seconds(structure: Structure, period: Period) -> float:
    """How long `period` lasts in this song; INTERVAL_S where there is no such thing in it."""
    if period.unit == "s":
        return period.amount
    times = structure.bars if period.unit == "bars" else structure.beats
    return float(period.amount * np.median(np.diff(times))) if len(times) > 1 else INTERVAL_S
