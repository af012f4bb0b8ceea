"""The one table of what a user decides about a story or a show: name, meaning, range and default of each.

The command line, `Settings`, the vocabulary of the live bridge, `story.json` and takes derive from it. Knows nothing of
how an option is given.
"""

from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeVar, get_args

from .fields import Field, Value

T = TypeVar("T", bound=Value)

Cut = Literal["bars", "sections", "beats", "interval"]
Motion = Literal["still", "dynamic", "live"]
Paths = Literal["absolute", "relative"]
Alignment = Literal["song", "dataset"]
"""Whose mean and standard deviation make the z-scores: the song's own, or those of the training set."""

NEAREST, THRESHOLD = "nearest", "threshold"
AUTO = "auto"  # what the live bridge calls NEAREST
MOODS = ("negative", "neutral", "positive")  # what THRESHOLD goes by, and what its style images are called
SHIPPED_STYLES = ("calm", *MOODS, "tense")  # the images in models/styles, by name
STYLE_RULES = (AUTO, NEAREST, THRESHOLD)  # what may be said in place of a style image's name


@dataclass(frozen=True)
class Option(Generic[T]):
    field: Field
    default: T

    @property
    def name(self) -> str:
        return self.field.name


# The paper (section 3.1) has 0.1, with which worlds feel less as they were asked to: docs/design.md.
NOISE = Option(Field("noise", "float", "variety: σ of the noise on latents", "σ", 0, 1), 0.03)
BLEND = Option(Field("blend", "float", "how strongly pictures are stylized", "", 0, 1), 0.1)  # paper section 3.1
TRUNCATION = Option(
    Field("truncation", "float", "latents are scaled by it: less is calmer, and nearer to the mean", "", 0.05, 1), 1.0
)
TEMPERATURE = Option(
    Field(
        "temperature",
        "float",
        "0: a picture is of one class; else of a mixture, the translator's softmax at this temperature",
        "",
        0,
        1,
    ),
    0.0,  # the paper says a softmax and no temperature; its authors' script has 0.05
)
STYLE = Option(
    Field("style", "text", "nearest (in sentiment), threshold (by the mean of both), or an image's name"), NEAREST
)
SIZE = Option(Field("size", "size", "the frames' width and height", "px"), "512x512")
FPS = Option(Field("fps", "float", "frames a second", "1/s", 1, 60), 24.0)
SEED = Option(Field("seed", "int", "the same seed gives the same story; the song's own if not given", "", 0), 0)
CUT: Option[Cut] = Option(
    Field(
        "cut",
        "choice",
        "on strong downbeats and where a section begins, there alone, on beats, or at fixed times",
        choices=get_args(Cut),
    ),
    "bars",
)
EVERY = Option(Field("every", "period", "how long scenes are wanted: 5s, 4bars, 8beats"), "5s")  # paper section 3.2
MOTION: Option[Motion] = Option(
    Field(
        "motion", "choice", "a picture every 500 ms that moves with the music, or one a scene", choices=get_args(Motion)
    ),
    "dynamic",
)
ALIGNMENT: Option[Alignment] = Option(
    Field("alignment", "choice", "sentiment relative to this song, or to all music", choices=get_args(Alignment)),
    "song",
)
VIEW = Option(
    Field("view", "int", "palette of classes, a view of the generator; each song's own until it is turned"), 0
)

REACT = Option(Field("react", "float", "how strongly the music moves the pictures", "", 0, 1), 0.5)

GRADE = Option(Field("grade", "float", "how far colours go towards those of the film's first scene", "", 0, 1), 0.25)

DISSOLVE = Option(
    Field("dissolve", "int", "frames in which a scene goes over into the next; 0: hard cuts", "frames", 0, 120), 0
)

START_TIMECODE = Option(
    Field("start_timecode", "text", "timecode at which the timeline begins; 01:00:00;00 counts drop-frame"),
    "00:00:00:00",
)
PATHS: Option[Paths] = Option(
    Field(
        "paths",
        "choice",
        "how timelines name their media; relative: a folder that is moved stays whole",
        choices=get_args(Paths),
    ),
    "absolute",
)

ALLOW_FLASHING = Option(
    Field("allow_flashing", "bool", "let pictures flash more than three times a second; this can cause seizures"), False
)

FILL = Option(Field("fill", "bool", "paint scenes that the footage has no fitting shot for"), False)
FARTHEST = Option(
    Field("farthest", "float", "how far in feeling the nearest shot may be before a scene is painted", "σ", 0, 10), 1.0
)

MORPH = Option(Field("morph", "float", "share of a scene that is spent moving to the next", "", 0, 1), 0.25)
VALENCE_OFFSET = Option(Field("valence_offset", "float", "added to the song's valence", "z", -2, 2), 0.0)
AROUSAL_OFFSET = Option(Field("arousal_offset", "float", "added to the song's arousal", "z", -2, 2), 0.0)
FREEZE = Option(Field("freeze", "bool", "hold the picture; time goes on"), False)
SPEED = Option(Field("speed", "float", "how fast pictures move; the song goes on as it is", "", 0, 2), 1.0)
DIM = Option(Field("dim", "float", "how bright it is; 0 is black", "", 0, 1), 1.0)
QUANTISE = Option(
    Field(
        "quantise",
        "choice",
        "what cues, scenes, classes, views, styles and songs wait for",
        choices=("off", "beat", "bar", "4bars"),
    ),
    "off",
)
CROSSFADE = Option(Field("crossfade", "int", "bars that the pictures of another song take to come", "bars", 0, 16), 0)
LIVE_SIZE = replace(SIZE, default="256x256")  # a processor paints that at a live frame rate
LIVE_STYLE = Option(
    Field(
        "style",
        "choice",
        "auto: nearest in sentiment; threshold: by the mean of both; or one image's name",
        choices=(AUTO, THRESHOLD, *SHIPPED_STYLES),
    ),
    AUTO,
)
