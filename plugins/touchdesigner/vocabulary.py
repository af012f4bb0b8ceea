"""What the bridge understands and tells, as far as it is used here: literal, as TouchDesigner cannot import the bridge.

A test compares it with deepsing_bridge/live/vocabulary.py.
"""

from __future__ import annotations

from typing import Any, NamedTuple

ROOT = "/deepsing/"


class Knob(NamedTuple):
    """A parameter of the bridge, and how it stands on the panel. `low` and `high` bound numbers."""

    name: str
    label: str
    kind: str
    default: Any
    low: float = 0
    high: float = 1
    choices: tuple[str, ...] = ()

    @property
    def par(self) -> str:
        """What TouchDesigner calls it: one capital letter, no underscores."""
        return self.name.replace("_", "").capitalize()


KNOBS = (
    Knob("noise", "Noise", "float", 0.03, 0, 1),
    Knob("blend", "Blend", "float", 0.1, 0, 1),
    Knob("truncation", "Truncation", "float", 1.0, 0.05, 1),
    Knob("morph", "Morph", "float", 0.25, 0, 1),
    Knob("valence_offset", "Valence Offset", "float", 0.0, -2, 2),
    Knob("arousal_offset", "Arousal Offset", "float", 0.0, -2, 2),
    Knob(
        "style",
        "Style",
        "choice",
        "auto",
        choices=("auto", "threshold", "calm", "negative", "neutral", "positive", "tense"),
    ),
    Knob("view", "View", "int", 0, 0, 5),
    Knob("freeze", "Freeze", "bool", False),
    Knob("react", "React", "float", 0.5, 0, 1),
    Knob("grade", "Grade", "float", 0.25, 0, 1),
    Knob("dim", "Dim", "float", 1.0, 0, 1),
    Knob("speed", "Speed", "float", 1.0, 0, 2),
)
BY_NAME = {knob.name: knob for knob in KNOBS}
BY_PAR = {knob.par: knob for knob in KNOBS}

BUTTONS = ("play", "pause", "stop")
"""Commands without values, each a pulse on the panel."""

FEELINGS = ("happy", "tense", "sad", "calm", "neutral")
MOODS = {"negative": -1, "neutral": 0, "positive": 1}

ROWS = {
    "time": {"time_s": "time_s"},
    "valence": {"valence": "valence"},
    "arousal": {"arousal": "arousal"},
    "scene": {
        "index": "scene",
        "class_id": "class_id",
        "label": "label",
        "probability": "probability",
        "mood": "mood",
        "valence": "scene_valence",
        "arousal": "scene_arousal",
        "start_s": "scene_start_s",
        "end_s": "scene_end_s",
        "feeling": "feeling",
        "colour": "colour",
        "style": "scene_style",
    },
    "class/held": {"classes": "held"},
    "beat": {"number": "beat", "bar": "bar", "tempo": "tempo"},
    "tapped": {"taps": "taps", "tempo": "tap_tempo"},
    "link": {"peers": "link_peers", "tempo": "link_tempo", "playing": "link_playing"},
    "cues": {"names": "cues"},
    "cue/fired": {"name": "cue", "fade_s": "cue_fade_s"},
    "cue/saved": {"name": "cue_saved"},
    "pending": {"what": "pending", "wait_s": "pending_wait_s"},
    "onset": {"strength": "onset"},
    "levels": {name: name for name in ("pulse", "bass", "mid", "treble", "energy")},
    "section": {"index": "section", "start_s": "section_start_s", "end_s": "section_end_s"},
    "status": {
        "song": "song",
        "state": "state",
        "fps": "fps",
        "dropped_frames": "dropped_frames",
        "dropped_commands": "dropped_commands",
        "lost": "lost",
        "failing": "failing",
    },
    "loop": {"on": "loop", "start_s": "loop_start_s", "end_s": "loop_end_s"},
    "song": {"title": "title", "duration_s": "duration_s", "scenes": "scenes"},
    "progress": {"stage": "stage", "share": "share"},
    "error": {"text": "error"},
}
"""Of each event, its values in the order in which they come, and the row of the table `now` that each goes to."""

TEXTS = (
    "label",
    "mood",
    "feeling",
    "colour",
    "scene_style",
    "song",
    "state",
    "title",
    "stage",
    "error",
    "failing",
    "held",
    "pending",
    "cues",
    "cue",
    "cue_saved",
)
DERIVED = ("alive", "playing", "mood_number", "feeling_number", "red", "green", "blue")
"""Rows that are made here: whether the bridge is heard, whether it plays, -1, 0 or 1 for the mood, the feeling's place
in FEELINGS, and its colour, 0 to 1."""

CHANNELS = DERIVED + tuple(row for rows in ROWS.values() for row in rows.values() if row not in TEXTS)
"""The rows that are numbers."""
