"""The colour of each feeling, by name and as a number: one table for timelines, editors' formats, the report
and the live bridge.

Knows nothing of how a feeling is found (`types.Sentiment.feeling`).
"""

FEELING_COLOURS = {"happy": "YELLOW", "tense": "PINK", "sad": "BLUE", "calm": "GREEN", "neutral": "PURPLE"}
"""The five names that OpenTimelineIO's markers, Resolve's markers and Resolve's clips all have."""

STRUCTURE_COLOURS = {"section": "RED", "bar": "CYAN"}
"""Of markers of the song itself; OpenTimelineIO and Resolve have these two, too."""

RGB = {
    **{"YELLOW": "#f4c20d", "PINK": "#f0569a", "BLUE": "#2d7dd2", "GREEN": "#4caf50", "PURPLE": "#9a86c4"},
    **{"RED": "#e0403a", "CYAN": "#35b8c4"},
}
"""What editors that want numbers are given for them."""

NO_COLOUR = "#9e9e9e"
"""For a marker in a colour of somebody's own."""


def feeling_rgb(feeling: str) -> str:
    """The colour of `feeling` as #rrggbb."""
    return RGB[FEELING_COLOURS[feeling]]
