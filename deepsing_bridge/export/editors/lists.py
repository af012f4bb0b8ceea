"""The markers as lists: a table for spreadsheets, and chapters as YouTube takes them."""

import csv
import io
from typing import NamedTuple

from ...core.errors import BridgeError
from ...core.units import frame_to_seconds
from .edit import Edit, Mark

HEADS = ("timecode", "seconds", "frame", "label", "feeling", "valence", "arousal", "colour")
FORMULAS = ("=", "+", "-", "@")
"""A cell that begins so is a formula to a spreadsheet; with an apostrophe before it, it is text."""

CHAPTER_S, CHAPTERS = 10, 3
"""The shortest and the fewest that YouTube takes (support.google.com/youtube/answer/9884579)."""


class Chapter(NamedTuple):
    start_s: int
    labels: tuple[str, ...]


def edit_to_csv(edit: Edit) -> str:
    """A row for each marker; timecode counts as the story's start does."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(HEADS)
    table.writerows(_row(mark, edit) for mark in edit.marks)
    return text.getvalue()


def _row(mark: Mark, edit: Edit) -> tuple[object, ...]:
    seconds = f"{frame_to_seconds(mark.frame, edit.frame_rate):.3f}"
    label = f"'{mark.label}" if mark.label.startswith(FORMULAS) else mark.label
    return (edit.timecode(mark.frame), seconds, mark.frame, label, mark.feeling, mark.valence, mark.arousal, mark.rgb)


def edit_to_chapters(edit: Edit) -> str:
    """A line for each chapter. Raises BridgeError for a story too short for YouTube's rules."""
    found = chapters(edit)
    if len(found) < CHAPTERS:
        raise BridgeError(
            f"{edit.timeline.name}: YouTube takes at least {CHAPTERS} chapters of at least {CHAPTER_S} s; "
            f"this story has room for {len(found)}"
        )
    return "".join(f"{_clock(chapter.start_s)} {', '.join(chapter.labels)}\n" for chapter in found)


def merge_note(edit: Edit) -> str:
    return f"{len(edit.marks)} scenes became {len(chapters(edit))} chapters, as YouTube wants each {CHAPTER_S} s long"


def chapters(edit: Edit) -> list[Chapter]:
    """Scenes, each joined to the ones before it until they last long enough, the first from 0 s on."""
    end_s = int(frame_to_seconds(edit.frames, edit.frame_rate))
    found: list[Chapter] = []
    for mark in edit.marks:
        start_s = int(frame_to_seconds(mark.frame, edit.frame_rate)) if found else 0
        if not found or (start_s - found[-1].start_s >= CHAPTER_S and end_s - start_s >= CHAPTER_S):
            found.append(Chapter(start_s, (mark.label,)))
        elif mark.label not in found[-1].labels:
            found[-1] = Chapter(found[-1].start_s, (*found[-1].labels, mark.label))
    return found


def _clock(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
