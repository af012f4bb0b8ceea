"""What can be said to the bridge, and by it: the one table of messages, in the vocabulary."""

from dataclasses import dataclass
from typing import Literal

from ..core.fields import Field
from ..core.options import MOODS
from ..core.types import FEELINGS, LARGEST_SENTIMENT

Direction = Literal["in", "out", "both"]

ROOT = "/deepsing"
LONGEST_FADE_S = 3600.0


@dataclass(frozen=True)
class Message:
    """Something that is said once: a command (`in`), an event (`out`), or either, as what is told is set."""

    name: str
    direction: Direction
    meaning: str
    fields: tuple[Field, ...] = ()

    @property
    def address(self) -> str:
        return f"{ROOT}/{self.name}"


_TIME = Field("time_s", "float", "position in the song", "s", 0)
_STATE = Field("state", "choice", "", choices=("idle", "playing", "paused", "stopped", "ended"))


def _sentiment(axis: str, meaning: str = "") -> Field:
    return Field(axis, "float", meaning, "z", -LARGEST_SENTIMENT, LARGEST_SENTIMENT)


def _classes(most: int) -> tuple[Field, ...]:
    """`most` classes, each with a weight, all of which may be left out."""
    return tuple(
        field
        for number in ("", *map(str, range(2, most + 1)))
        for field in (
            Field(f"name{number}", "text", "of a class, or of several, separated by commas", optional=True),
            Field(f"weight{number}", "float", "of each, 1 by default", "", 0, 100, optional=True),
        )
    )


MESSAGES = (
    Message("play", "in", "play on from here"),
    Message("pause", "in", "stop here"),
    Message("stop", "in", "stop and go back to the start"),
    Message("toggle", "in", "play if it does not, else pause"),
    Message("seek", "in", "go to a position", (_TIME,)),
    Message(
        "load",
        "in",
        "analyse a song below one of the --songs folders and go to its start",
        (Field("path", "text", "file"),),
    ),
    Message(
        "loop",
        "both",
        "repeat a part of the song, or all of it; told when it changes, from 0 to 0 for none",
        (
            Field("on", "bool", "whether to repeat"),
            Field("start_s", "float", "where the part begins", "s", 0, optional=True),
            Field("end_s", "float", "where it ends", "s", 0, optional=True),
        ),
    ),
    Message(
        "get",
        "in",
        "ask for a parameter, or for status, transport, loop, song, scene, cues, class/held, section, time, "
        "valence, arousal, levels",
        (Field("name", "text", "of what"),),
    ),
    Message(
        "fade",
        "in",
        "turn a parameter slowly; whoever turns it meanwhile has it",
        (
            Field("name", "text", "of a parameter that is a number"),
            Field("value", "float", "where to"),
            Field("fade_s", "float", "how long it takes", "s", 0, LONGEST_FADE_S),
        ),
    ),
    Message(
        "class",
        "in",
        "show scenes of these classes alone, each as often as it weighs; without any, of all again",
        _classes(4),
    ),
    Message("class/release", "in", "show scenes of all classes again"),
    Message("scene/next", "in", "go on to the next scene now; the song goes on as it is"),
    Message(
        "cue",
        "in",
        "call a cue, as /deepsing/cue/NAME does without a value",
        (
            Field("name", "text", "of the cue"),
            Field("fade_s", "float", "in place of its own", "s", 0, LONGEST_FADE_S, optional=True),
        ),
    ),
    Message(
        "cue/save",
        "in",
        "make a cue of what is seen now; one that is there stays of the parameters that it has",
        (Field("name", "text", "of the cue"),),
    ),
    Message("tap", "in", "a beat, by hand: what beats are in a song that has none; the first is a bar's"),
    Message("next", "in", "go on to the next song of the playlist"),
    Message("previous", "in", "go back to the song before"),
    Message("curve", "in", "ask for the whole sentiment curve, in numbered chunks"),
    Message(
        "subscribe",
        "in",
        "hear everything that goes out",
        (Field("port", "int", "where to, the sender's own by default", "", 1, 65535, optional=True),),
    ),
    Message(
        "unsubscribe",
        "in",
        "hear no more",
        (Field("port", "int", "as in subscribe", "", 1, 65535, optional=True),),
    ),
    Message("time", "out", "position in the song, 25 times a second", (_TIME,)),
    Message(
        "valence",
        "out",
        "the song's valence now, offset included, 25 times a second",
        (_sentiment("valence"),),
    ),
    Message(
        "arousal",
        "out",
        "the song's arousal now, offset included, 25 times a second",
        (_sentiment("arousal"),),
    ),
    Message(
        "scene",
        "out",
        "a scene begins, or becomes another",
        (
            Field("index", "int", "number of the scene, from 0"),
            Field("class_id", "int", "the generator's class"),
            Field("label", "text", "its name"),
            Field("probability", "float", "the translator's, of this class", "", 0, 1),
            Field("mood", "choice", "what styles go by", choices=MOODS),
            _sentiment("valence", "asked for, offset included"),
            _sentiment("arousal", "asked for, offset included"),
            Field("start_s", "float", "", "s", 0),
            Field("end_s", "float", "", "s", 0),
            Field("feeling", "choice", "what people call valence and arousal", choices=FEELINGS),
            Field("colour", "text", "of the feeling, as #rrggbb"),
            Field("style", "text", "name of the style image that it is painted with"),
        ),
    ),
    Message(
        "class/held",
        "out",
        "the classes that scenes are of, when they are held or released",
        (Field("classes", "text", "with their shares; empty for all"),),
    ),
    Message(
        "world",
        "out",
        "how worlds are drawn, at frame rate; TIME and the inputs of the world's shader follow as floats",
        (
            Field("layer", "int", "0 the scene's, 1 the next one's while it is mixed in", "", 0, 1),
            Field("label", "text", "the world"),
            Field("share", "float", "how much of it is seen", "", 0, 1),
            Field("gamma", "float", "what its colours, 0..1, are raised to: below 1 it is lighter", "", 0),
        ),
    ),
    Message(
        "beat",
        "out",
        "a beat, as a Link session has it, else as it is heard, or as it is tapped where a song has none",
        (
            Field("number", "int", "in its bar, from 1; 0 where no bars are found", "", 0),
            Field("bar", "int", "number of the bar, from 1; 0 before the first", "", 0),
            Field("tempo", "float", "of the beats around", "1/min", 0),
        ),
    ),
    Message(
        "tapped",
        "out",
        "somebody has tapped a beat",
        (
            Field("taps", "int", "how many belong together", "", 1),
            Field("tempo", "float", "of these; 0 before the second", "1/min", 0),
        ),
    ),
    Message(
        "link",
        "out",
        "the Link session, when it changes; only with --link",
        (
            Field("peers", "int", "how many others are in it", "", 0),
            Field("tempo", "float", "", "1/min", 0),
            Field("playing", "bool", "whether it plays"),
        ),
    ),
    Message("cues", "out", "which cues there are", (Field("names", "text", "separated by commas"),)),
    Message(
        "cue/fired",
        "out",
        "a cue was called",
        (Field("name", "text", "of the cue"), Field("fade_s", "float", "how long it takes", "s", 0)),
    ),
    Message("cue/saved", "out", "a cue was made, or is another", (Field("name", "text", "of the cue"),)),
    Message(
        "pending",
        "out",
        "what waits for a beat or a bar, when it begins to wait and when nothing waits any more",
        (
            Field("what", "text", "separated by commas; empty for nothing"),
            Field("wait_s", "float", "until the first of it", "s", 0),
        ),
    ),
    Message(
        "onset",
        "out",
        "a note or a drum, as it is heard",
        (Field("strength", "float", "in this song", "", 0, 1),),
    ),
    Message(
        "levels",
        "out",
        "what is heard now, in this song's range, as often as frames",
        (
            Field("pulse", "float", "of the last onset; falls within half a second", "", 0, 1),
            Field("bass", "float", "", "", 0, 1),
            Field("mid", "float", "", "", 0, 1),
            Field("treble", "float", "", "", 0, 1),
            Field("energy", "float", "loudness, smoothed", "", 0, 1),
        ),
    ),
    Message(
        "section",
        "out",
        "another part of the song begins, as verse or chorus",
        (
            Field("index", "int", "number of the section, from 0", "", 0),
            Field("start_s", "float", "", "s", 0),
            Field("end_s", "float", "", "s", 0),
        ),
    ),
    Message(
        "transport",
        "out",
        "it plays, pauses, stops, or has ended",
        (_STATE, _TIME),
    ),
    Message(
        "status",
        "out",
        "once a second, and when its state changes",
        (
            Field("song", "text", "file name, or the live sound's device; empty without one"),
            _STATE,
            Field("fps", "float", "frames shown in the last second", "1/s", 0),
            Field("dropped_frames", "int", "frames that could not be made in time, since the start", "", 0),
            Field("dropped_commands", "int", "commands refused because too many waited, since the start", "", 0),
            Field("lost", "int", "frames and events that were not published or recorded, since the start", "", 0),
            Field("failing", "text", "what does not work: shared memory, recording, live sound; empty if all does"),
        ),
    ),
    Message(
        "song",
        "out",
        "a song is there, or live sound",
        (
            Field("title", "text", "file name, or the device's name"),
            Field("duration_s", "float", "0 of live sound", "s", 0),
            Field("scenes", "int", "how many", "", 0),
        ),
    ),
    Message(
        "progress",
        "out",
        "how far the analysis of a song is",
        (Field("stage", "text", "what is being done"), Field("share", "float", "", "", 0, 1)),
    ),
    Message(
        "curve/chunk",
        "out",
        "part of the sentiment curve; valence and arousal in turn follow as floats",
        (
            Field("chunk", "int", "number of this chunk, from 0", "", 0),
            Field("chunks", "int", "how many there are", "", 0),
            Field("first", "int", "index of its first point", "", 0),
            Field("hop_s", "float", "between two points", "s", 0),
        ),
    ),
    Message("error", "out", "what was wrong, to whoever sent it", (Field("text", "text", "one sentence"),)),
)
