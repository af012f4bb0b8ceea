"""The one table of export formats: --help, the note after an export and docs/editors.md derive from it.

Imports nothing heavy, so that --help answers at once.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """`file`: what it is called beside story.otio. `adapter`: OpenTimelineIO's name of it, where a package has it."""

    name: str
    file: str
    host: str
    lost: str
    adapter: str | None = None
    package: str | None = None
    shows_media: bool = True  # False for lists of markers, which need no media
    every_track: bool = True  # False for those of the first track of pictures and the first of sound
    upper_dissolves: bool = True  # False for those that have dissolves on the first track of pictures only
    relative: bool = False  # True for those that may name media by where they are from the file's own folder
    own_start: bool = True  # False for those that begin at 00:00:00:00, wherever the timeline does


FORMATS = {
    entry.name: entry
    for entry in (
        Format(
            "fcp7xml",
            "story.xml",
            "Resolve (finds moved media), Premiere Pro",
            "track names; a song becomes linked mono tracks, one a channel, which Premiere takes for a stereo pair",
        ),
        Format(
            "fcpxml",
            "story.fcpxml",
            "Final Cut Pro, Resolve",
            "colours of markers (the feeling is in the note), track names, dissolves above the first track of pictures",
            upper_dissolves=False,
            relative=True,
        ),
        Format(
            "edl",
            "story.edl",
            "any editor, Avid",
            "track names, handles, lower case in markers, channels of sound beyond the fourth; a clip's name is cut to "
            "a reel of 8 characters, and it and the media's path are comments",
            every_track=False,
        ),
        Format(
            "mlt",
            "story.mlt",
            "melt, Shotcut",
            "bars and sections of the song; melt itself shows no markers",
            relative=True,
            own_start=False,
        ),
        Format(
            "kdenlive",
            "story.kdenlive",
            "Kdenlive (from 25.04 on it opens story.otio too, if no path has #, ?, % or a drive)",
            "nothing of the cut; markers become guides of the timeline, one category a feeling",
            "kdenlive",
            "otio-kdenlive-adapter",
            relative=True,
            own_start=False,
        ),
        Format(
            "xges",
            "story.xges",
            "Pitivi, ges-launch-1.0",
            "exact frames: it counts nanoseconds, and a cut may come a frame late or early; track names; "
            "GStreamer 1.22 has no DNxHR in .mov",
            "xges",
            "otio-xges-adapter",
            own_start=False,
        ),
        Format(
            "otio", "story.otio", "the story's own timeline, with --relink after it has moved", "nothing", relative=True
        ),
        Format("otioz", "story.otioz", "Resolve and others, with the media inside", "nothing"),
        Format("csv", "markers.csv", "spreadsheets, scripts", "everything but the markers", shows_media=False),
        Format(
            "youtube",
            "chapters.txt",
            "a film's description on YouTube",
            "everything but labels, in chapters of at least 10 s",
            shows_media=False,
        ),
    )
}
