"""Puts a deepsing story on a timeline of DaVinci Resolve: media in a bin, clips, and markers and colours by feeling.

In Resolve: Workspace > Scripts > Deepsing Story takes the newest story that deepsing-bridge made.
From a terminal, beside a running Resolve Studio: python3 "Deepsing Story.py" STORY_FOLDER

One file, Python 3.6 or newer, standard library only, no window of its own. Resolve's calls do not raise, they
return None or False: each is checked, and a timeline is compared with the story before it counts as made.
Knows of the bridge only what lies in a story folder, and the list of recent stories.
"Deepsing Story (Lua).lua" does the same to Resolve in the same order: change both.
"""

import itertools
import json
import os
import re
import sys
import tempfile
import time
import unicodedata
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

RATES = ("23.976", "24", "25", "29.97", "30", "47.952", "48", "50", "59.94", "60")  # as Resolve names them
RATE_TOLERANCE = 0.005  # frames a second: 29.97 for 30000/1001 is the same rate, 30 is not
MEDIA_TYPES = {"video": 1, "audio": 2}  # as AppendToTimeline counts them
STILLS = (".avif", ".bmp", ".heic", ".heif", ".hif", ".jpeg", ".jpg", ".png", ".tga", ".tif", ".tiff", ".webp")
MARKER_FRAMES = 1
RESOLUTION = ("timelineResolutionWidth", "timelineResolutionHeight")  # settings of a timeline
TROUBLES_TOLD = 3
MODULES = {
    "darwin": "/Library/Application Support/Blackmagic Design/DaVinci Resolve/Developer/Scripting",
    "win32": r"%PROGRAMDATA%\Blackmagic Design\DaVinci Resolve\Support\Developer\Scripting",
    "linux": "/opt/resolve/Developer/Scripting",
}
RECENT_STORIES = (
    "$XDG_DATA_HOME/deepsing-bridge/stories.txt",
    "~/.local/share/deepsing-bridge/stories.txt",
    "~/Library/Application Support/deepsing-bridge/stories.txt",
    "$LOCALAPPDATA/deepsing-bridge/stories.txt",
)
NO_REASON = "Resolve gave no reason."
BY_HAND = "Without this script: File > Import > Timeline, choose story.otio (see the README of the Resolve plugin)."
NO_STORY = (
    "No story found. Make one with the bridge's command story SONG, or set the environment variable DEEPSING_STORY to "
    f"a story's folder before Resolve starts. {BY_HAND}"
)


class Failure(Exception):
    """A step that did not work, and what to do about it, in words for the user."""


class Item(NamedTuple):
    """A clip on a track. All times in frames at the story's rate, positions from the story's start."""

    kind: str  # "video" or "audio"
    track: int  # 1 is the first of its kind
    start: int
    frames: int
    source_start: int  # from the first frame of the media
    conform: float  # frames of the media to one of the story's
    file: str  # absolute path, where the media is now
    scene: dict  # label, note, colour; empty for sound


class Story(NamedTuple):
    """What `story.otio` says, with its media where they are now."""

    folder: Path
    name: str
    rate: str  # one of RATES
    start: int  # frame number of its first frame
    drop_frame: bool  # whether its timecode counts so
    size: tuple  # width and height of its pictures, pixels; empty where story.json does not tell
    dissolves: int  # how many there are
    items: tuple
    document: dict  # the .otio itself, with media paths that hold now
    moved: bool  # whether those are others than in the file

    @property
    def files(self):
        """Its media, each once."""
        return list(dict.fromkeys(item.file for item in self.items))

    @property
    def scenes(self):
        return [item for item in self.items if item.scene]

    @property
    def frames(self):
        return max(item.start + item.frames for item in self.items)


# --- Which story, and what is in it ----------------------------------------------------------------------------


def choose_story(arguments, resolve):
    """The folder that was named, else the newest that is still there, else one that the user is asked for."""
    named = arguments[0] if arguments else os.environ.get("DEEPSING_STORY")
    if named:
        return story_folder(named) or fail(f"{named}: no story.otio there. Name the folder of a finished story.")
    newest = next(filter(None, map(story_folder, recent_stories())), None)
    return newest or story_folder(ask_for_folder(resolve)) or fail(NO_STORY)


def story_folder(named):
    """`named` as a path if a finished story is there, else None. A path to the .otio itself will do."""
    folder = Path(named or "").expanduser()
    folder = folder.parent if folder.name == "story.otio" else folder
    return folder.absolute() if named and (folder / "story.otio").is_file() else None


def recent_stories():
    """Folders, newest first, from the list that the bridge keeps; there may be no list, and folders may be gone.

    A name in it that is not Unicode, as Linux allows, is one that is not found.
    """
    for place in RECENT_STORIES:
        listing = Path(os.path.expandvars(place)).expanduser()
        if listing.is_file():
            return listing.read_text(encoding="utf-8", errors="replace").split("\n")
    return []


def ask_for_folder(resolve):
    """The folder that the user picks, or None: where Resolve has no window for it, or it was cancelled."""
    try:
        return resolve.Fusion().RequestDir()
    except (AttributeError, TypeError):  # a method that a Resolve lacks is None there, or not there at all
        return None


def read_story(folder):
    """The `Story` in `folder`. Raises Failure for a file that is none, or media that are missing."""
    path = folder / "story.otio"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        story = document_to_story(folder, document)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Failure(f"{path}: not a story's timeline ({error!r}). Make the story again, into a new folder.") from None
    missing = [Path(file).name for file in story.files if not Path(file).is_file()]
    if missing:
        fail(
            f"Missing in {folder / 'media'}: {', '.join(missing)}. Copy the whole story folder, or make the story "
            "again with the same command: what is there stays."
        )
    return story


def document_to_story(folder, document):
    start = document["global_start_time"]
    moved = [relink(clip, folder) for clip in document_children(document, "Clip.2")]
    items = tuple(item for track in numbered_tracks(document) for item in track_items(*track))
    told = document["metadata"].get("deepsing", {}).get("start_timecode", "")
    return Story(
        folder=folder,
        name=document["name"],
        rate=rate_name(start["rate"]),
        start=int(start["value"]),
        drop_frame=";" in told,
        size=picture_size(folder),
        dissolves=len(document_children(document, "Transition.1")),
        items=items,
        document=document,
        moved=any(moved),
    )


def picture_size(folder):
    """What story.json tells, if it is there and one of ours."""
    try:
        told = json.loads((folder / "story.json").read_text(encoding="utf-8"))
        return int(told["width"]), int(told["height"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ()


def document_children(document, schema):
    """Those of all tracks, of one kind."""
    tracks = document["tracks"]["children"]
    return [child for track in tracks for child in track["children"] if child["OTIO_SCHEMA"] == schema]


def relink(clip, folder):
    """Make the clip's path the one in the story's own `media`, if it is there. True if that is another."""
    reference = clip["media_references"][clip["active_media_reference_key"]]
    written = reference["target_url"]
    beside = folder / "media" / re.split(r"[/\\]", written)[-1]
    reference["target_url"] = written if Path(written).is_file() and not beside.is_file() else str(beside)
    return reference["target_url"] != written


def numbered_tracks(document):
    """(kind, number from 1, children) of each track."""
    numbers = {"Video": itertools.count(1), "Audio": itertools.count(1)}
    for track in document["tracks"]["children"]:
        yield track["kind"].lower(), next(numbers[track["kind"]]), track["children"]


def track_items(kind, track, children):
    start = 0
    for child in children:
        if child["OTIO_SCHEMA"] == "Transition.1":  # lies over the clips beside it, and takes no time of its own
            continue
        span = child["source_range"]
        frames = int(span["duration"]["value"])
        if child["OTIO_SCHEMA"] == "Clip.2":
            reference = child["media_references"][child["active_media_reference_key"]]
            first, conform = source(span, reference["available_range"])
            yield Item(kind, track, start, frames, first, conform, reference["target_url"], clip_scene(child))
        elif child["OTIO_SCHEMA"] != "Gap.1":
            raise ValueError(f"{child['OTIO_SCHEMA']}: expected clips, gaps and dissolves only")
        start += frames


def source(used, there):
    """Where the media's part begins, from its first frame, and how many frames of it are one of the story's: somebody's
    own footage has a rate and a timecode of its own."""
    rate, own = used["start_time"]["rate"], there["duration"]["rate"]
    begins = there["start_time"]["value"] * rate / there["start_time"]["rate"]
    same = abs(own - rate) < RATE_TOLERANCE
    return round(used["start_time"]["value"] - begins), 1.0 if same else own / rate


def clip_scene(clip):
    """What the story's marker tells of the scene that the clip shows, or {}. Its colours are Resolve's, in capitals."""
    for marker in clip["markers"]:
        if "deepsing" in marker["metadata"]:
            return {"label": marker["name"], "note": marker["comment"], "colour": marker["color"].capitalize()}
    return {}


def rate_name(rate):
    for name in RATES:
        if abs(float(name) - rate) < RATE_TOLERANCE:
            return name
    raise ValueError(f"frame rate {rate}: expected one of {', '.join(RATES)}")


# --- Saying and writing ----------------------------------------------------------------------------------------


class Log:
    """What is said goes to Resolve's console or the terminal, and to `resolve.log` once a story is known."""

    def __init__(self):
        self.path = None

    def open(self, folder, resolve):
        self.path = writable(folder, "resolve.log")
        host = f"{resolve.GetProductName()} {resolve.GetVersionString()}"
        self.write(f"--- {time.strftime('%Y-%m-%d %H:%M:%S')}, Python, {host}")

    def say(self, line):
        show(line)
        self.write(line)

    def write(self, line):
        """A log that can no longer be written ends, and nothing else does."""
        try:
            if self.path:
                with self.path.open("a", encoding="utf-8") as file:
                    file.write(line + "\n")
        except OSError as error:
            self.path = None
            show(f"No more is written to the log: {error}")


def show(line):
    try:
        print(line)
    except UnicodeEncodeError:  # a terminal that has not all letters of a path
        print(line.encode("ascii", "backslashreplace").decode())


def writable(folder, name):
    """`name` in `folder`, or in the temporary folder where that cannot be written."""
    for path in (folder / name, Path(tempfile.gettempdir()) / name):
        try:
            path.open("a", encoding="utf-8").close()
        except OSError:
            continue
        return path
    return fail(f"{folder}: cannot write {name} there, nor in {tempfile.gettempdir()}. Make room on the disk.")


def fail(sentence):
    raise Failure(sentence)


def checked(answer, call, advice):
    """`answer`, unless it is one of those that Resolve gives in place of an error."""
    return answer or fail(f"{call} failed. {advice}")


def listed(names):
    shown = ", ".join(names[:TROUBLES_TOLD])
    return shown if len(names) <= TROUBLES_TOLD else f"{shown} and {len(names) - TROUBLES_TOLD} more"


# --- Comparing what Resolve says -------------------------------------------------------------------------------


def rate_number(setting):
    """What a `timelineFrameRate` is, in frames a second: it may be "29.97", 29.97 or "29.97 DF". 0 if it is none."""
    number = re.match(r"[\d.]+", str(setting))
    return float(number.group()) if number else 0.0


def same_rate(setting, rate):
    """Whether a `timelineFrameRate` is `rate`; also without its fraction, as Resolve 18 gives that of a timeline."""
    wanted = float(rate)
    return any(abs(rate_number(setting) - one) < RATE_TOLERANCE for one in (wanted, int(wanted)))


def resolution(timeline):
    """Width and height, in words: Resolve has them as text or as numbers."""
    return tuple(str(timeline.GetSetting(name)) for name in RESOLUTION)


def same_file(one, other):
    return path_key(one) == path_key(other)


def path_key(path):
    """A path as it compares: macOS may spell one letter in two ways, Windows has two slashes and no case."""
    return unicodedata.normalize("NFC", os.path.normcase(path or ""))


def numbered(name):
    """`name`, `name 2`, `name 3` and so on."""
    yield name
    for number in itertools.count(2):
        yield f"{name} {number}"


def timecode(frame, rate, drop_frame=False):
    """Drop-frame leaves out numbers in every minute but each tenth, and has a semicolon before the frames."""
    second = round(float(rate))
    if drop_frame:
        dropped = 2 * (second // 30)
        tens, rest = divmod(frame, 600 * second - 9 * dropped)
        minutes = max(rest - dropped, 0) // (60 * second - dropped)
        frame += dropped * (9 * tens + minutes)
    fields = (frame // second // 3600, frame // second // 60 % 60, frame // second % 60, frame % second)
    hours, minutes, seconds, frames = (f"{field:02d}" for field in fields)
    return f"{hours}:{minutes}:{seconds}{';' if drop_frame else ':'}{frames}"


# --- In Resolve ------------------------------------------------------------------------------------------------


class Importer:
    """Brings one story into the project that is open. Takes away nothing but a timeline that it made itself."""

    def __init__(self, resolve, story, say):
        self.story, self.say = story, say
        manager = checked(resolve.GetProjectManager(), "Resolve.GetProjectManager", "Start Resolve again.")
        self.project = checked(manager.GetCurrentProject(), "ProjectManager.GetCurrentProject", "Open a project first.")
        self.pool = checked(self.project.GetMediaPool(), "Project.GetMediaPool", "Open a project first.")
        self.require_saved(manager)

    def require_saved(self, manager):
        """In a project that was never saved Resolve's calls do nothing, and say nothing."""
        name = self.project.GetName()
        if name not in (manager.GetProjectListInCurrentFolder() or []):
            advice = f'The project "{name}" was never saved. Save it (File > Save Project), then run this again.'
            checked(manager.SaveProject(), "ProjectManager.SaveProject", advice)

    def run(self):
        self.say(f'Story "{self.story.name}" from {self.story.folder}')
        folder, timeline = self.pool.GetCurrentFolder(), self.project.GetCurrentTimeline()
        try:
            self.set_frame_rate()
            timeline = self.make_timeline(self.import_media())
            self.set_size(timeline)
            self.add_markers(timeline)
            self.colour_clips(timeline)
        finally:
            self.put_back(folder, timeline)
        self.tell_what_is_there(timeline)

    def put_back(self, folder, timeline):
        """The user's bin is the current one again, and the new timeline or, if there is none, the user's."""
        if folder and not self.pool.SetCurrentFolder(folder):
            self.say("MediaPool.SetCurrentFolder failed: another bin than before is open.")
        if timeline and not self.project.SetCurrentTimeline(timeline):
            self.say(f'Project.SetCurrentTimeline failed: open "{timeline.GetName()}" by a double click in its bin.')

    def set_frame_rate(self):
        """First of all, as the first media in a project fix its rate."""
        rate = self.story.rate
        if same_rate(self.project.GetSetting("timelineFrameRate"), rate):
            return
        self.project.SetSetting("timelineFrameRate", rate)
        now = self.project.GetSetting("timelineFrameRate")
        if same_rate(now, rate):
            self.say(f"The project's frame rate is {rate} now.")
        else:
            self.say(
                f"Project.SetSetting: the project stays at {rate_number(now):g} frames a second, as it holds media or "
                f"timelines. Trying a timeline of its own rate, {rate}."
            )

    def set_size(self, timeline):
        """The timeline's own resolution, where the project has another than the pictures."""
        wanted = tuple(map(str, self.story.size))
        if not wanted or resolution(timeline) == wanted:
            return
        timeline.SetSetting("useCustomSettings", "1")
        for name, number in zip(RESOLUTION, wanted):
            timeline.SetSetting(name, number)
        if resolution(timeline) == wanted:
            self.say(f"The timeline's resolution is {'x'.join(wanted)}, that of the pictures.")
        else:
            self.say(
                f"Timeline.SetSetting: the timeline's resolution is {'x'.join(resolution(timeline))}, not "
                f"{'x'.join(wanted)}. Set it by hand: right click the timeline > Timelines > Timeline Settings."
            )

    # Media

    def import_media(self):
        """The story's media by `path_key`, all in its bin, which is the current one now."""
        folder = self.find_bin()
        checked(self.pool.SetCurrentFolder(folder), "MediaPool.SetCurrentFolder", "Close other windows of Resolve.")
        wanted = self.files_not_in(self.media_in(folder))
        for files in by_import(wanted):
            self.pool.ImportMedia(files)
        media = self.media_in(folder)
        refused = [Path(file).name for file in self.files_not_in(media)]
        if refused:
            fail(
                f"MediaPool.ImportMedia did not take {listed(refused)}. Drag one of them from {self.story.folder} into "
                "the media pool: if that fails too, this Resolve cannot read it."
            )
        self.say(f'Bin "{folder.GetName()}": {len(wanted)} files imported, {len(media) - len(wanted)} were there.')
        return media

    def files_not_in(self, media):
        return [file for file in self.story.files if path_key(file) not in media]

    def find_bin(self):
        """The bin of the story's name that is empty or has media of it, else a new one."""
        root = checked(self.pool.GetRootFolder(), "MediaPool.GetRootFolder", "Open a project first.")
        bins = {folder.GetName(): folder for folder in root.GetSubFolderList() or []}
        name = next(name for name in numbered(self.story.name) if name not in bins or self.may_use(bins[name]))
        if name in bins:
            return bins[name]
        return checked(self.pool.AddSubFolder(root, name), "MediaPool.AddSubFolder", f'Make the bin "{name}".')

    def may_use(self, folder):
        return bool(not folder.GetClipList() or self.media_in(folder))

    def media_in(self, folder):
        """The media pool items of the story in `folder`."""
        wanted = {path_key(file) for file in self.story.files}
        items = {path_key(item.GetClipProperty("File Path")): item for item in folder.GetClipList() or []}
        return {key: item for key, item in items.items() if key in wanted}

    # Timeline

    def make_timeline(self, media):
        """By the .otio, else clip by clip; right in every frame, or not at all."""
        ways = (
            ("MediaPool.ImportTimelineFromFile", self.import_otio),
            ("MediaPool.AppendToTimeline", partial(self.build, media, 0)),  # from Resolve 19 on, endFrame is not played
            ("MediaPool.AppendToTimeline", partial(self.build, media, -1)),  # up to Resolve 18, it is
        )
        for call, make in ways:
            try:
                return self.attempt(make)
            except Failure as failure:
                self.say(f"{call}: {failure}")
        return fail(
            f"No timeline was made: {ways[0][0]} and {ways[1][0]} both failed, see above. Make a new project, save "
            f"it, set its frame rate to {self.story.rate} (File > Project Settings > Master Settings) and run this "
            f"again. {BY_HAND}"
        )

    def attempt(self, make):
        """The timeline that `make` makes under a free name. Raises Failure, and leaves none, if it is not the story."""
        taken = [timeline.GetName() for timeline in self.timelines()]
        name = next(name for name in numbered(self.story.name) if name not in taken)
        try:
            timeline = make(name)
            troubles = list(self.differences(timeline))
            if troubles:
                fail(f"{listed(troubles)}.")
        except Failure:
            self.remove(name)
            raise
        return timeline

    def timelines(self):
        return [self.project.GetTimelineByIndex(index + 1) for index in range(self.project.GetTimelineCount() or 0)]

    def remove(self, name):
        """The timeline `name` of this run: there was none of that name before."""
        mine = [timeline for timeline in self.timelines() if timeline.GetName() == name]
        if mine and not self.pool.DeleteTimelines(mine):
            self.say(f'MediaPool.DeleteTimelines failed: delete the timeline "{name}", it is not right.')

    def import_otio(self, name):
        with self.otio() as path:
            options = {
                "timelineName": name,
                "importSourceClips": True,
                "sourceClipsPath": str(self.story.folder / "media"),
            }
            return checked(self.pool.ImportTimelineFromFile(str(path), options), "The import", NO_REASON)

    @contextmanager
    def otio(self):
        """The story's own file, or, if its media have moved, a copy with the new paths for as long as it is read."""
        if not self.story.moved:
            yield self.story.folder / "story.otio"
            return
        copy = writable(self.story.folder, "resolve-moved.otio")
        try:
            copy.write_text(json.dumps(self.story.document, ensure_ascii=False), encoding="utf-8")
            yield copy
        except OSError as error:
            raise Failure(f"A copy with the new paths could not be written: {error}.") from None
        finally:
            copy.unlink()

    def build(self, media, last, name):
        """Clip by clip. `last` is 0 where endFrame is the frame after the last one played, -1 where it is that one."""
        timeline = checked(self.pool.CreateEmptyTimeline(name), "MediaPool.CreateEmptyTimeline", NO_REASON)
        checked(self.project.SetCurrentTimeline(timeline), "Project.SetCurrentTimeline", NO_REASON)
        self.prepare(timeline)
        rows = [self.row(item, media, last) for item in self.story.items]
        checked(self.pool.AppendToTimeline(rows), "The call", NO_REASON)
        if self.story.dissolves:
            self.say(
                f"{self.story.dissolves} dissolves are hard cuts: scripts cannot place them, only Resolve's import of "
                "story.otio can. Clips have handles: select them all, then Timeline > Add Transition."
            )
        return timeline

    def prepare(self, timeline):
        """Rate, start and tracks; what Resolve refuses here is seen in the finished timeline."""
        if not same_rate(timeline.GetSetting("timelineFrameRate"), self.story.rate):
            timeline.SetSetting("useCustomSettings", "1")
            timeline.SetSetting("timelineFrameRate", self.story.rate)
        if self.story.drop_frame:
            timeline.SetSetting("useCustomSettings", "1")
            timeline.SetSetting("timelineDropFrameTimecode", "1")
        timeline.SetStartTimecode(timecode(self.story.start, self.story.rate, self.story.drop_frame))
        for kind in MEDIA_TYPES:
            for _ in range(timeline.GetTrackCount(kind) or 0, self.track_count(kind)):
                timeline.AddTrack(kind)

    def track_count(self, kind):
        return max([item.track for item in self.story.items if item.kind == kind], default=0)

    def row(self, item, media, last):
        return {
            "mediaPoolItem": media[path_key(item.file)],
            "startFrame": media_frame(item, 0),
            "endFrame": media_frame(item, item.frames) + last,
            "mediaType": MEDIA_TYPES[item.kind],
            "trackIndex": item.track,
            "recordFrame": self.story.start + item.start,
        }

    # Is it the story?

    def differences(self, timeline):
        """Where `timeline` is not the story, in words."""
        rate, start = timeline.GetSetting("timelineFrameRate"), timeline.GetStartFrame()
        if not same_rate(rate, self.story.rate):
            yield f"the timeline has {rate_number(rate):g} frames a second, not {self.story.rate}"
        if start != self.story.start:
            yield f"the timeline starts at frame {start}, not {self.story.start}"
        for kind in MEDIA_TYPES:
            for track in range(1, max(timeline.GetTrackCount(kind) or 0, self.track_count(kind)) + 1):
                yield from self.track_differences(timeline, kind, track)

    def track_differences(self, timeline, kind, track):
        wanted = [item for item in self.story.items if (item.kind, item.track) == (kind, track)]
        clips = clips_of(timeline, kind, track)
        if len(clips) != len(wanted):
            yield f"{kind} track {track} has {len(clips)} clips, not {len(wanted)}"
        for item, clip in zip(wanted, clips):
            for trouble in clip_differences(item, clip, self.story.start):
                yield f"{Path(item.file).name} {trouble}"

    # What the story felt

    def add_markers(self, timeline):
        refused = []
        for number, item in enumerate(self.story.scenes, 1):
            label, note, colour = (item.scene[fact] for fact in ("label", "note", "colour"))
            if not timeline.AddMarker(item.start, colour, label, note, MARKER_FRAMES, f"deepsing scene {number}"):
                refused.append(f"{label} at frame {item.start}")
        if refused:
            self.say(f"Timeline.AddMarker refused {listed(refused)}. The clips are not touched by this.")

    def colour_clips(self, timeline):
        refused = []
        for track in range(1, self.track_count("video") + 1):
            scenes = [item for item in self.story.scenes if item.track == track]
            for item, clip in zip(scenes, clips_of(timeline, "video", track)):
                if not clip.SetClipColor(item.scene["colour"]):
                    refused.append(Path(item.file).name)
        if refused:
            self.say(f"TimelineItem.SetClipColor refused {listed(refused)}. The clips are not touched by this.")

    def tell_what_is_there(self, timeline):
        story = self.story
        self.say(
            f'Done: timeline "{timeline.GetName()}", {len(story.scenes)} scenes, {story.frames} frames '
            f"({timecode(story.frames, story.rate)}) at {story.rate} frames a second, every clip online. On the Edit "
            "page you see the scenes on Video 1, the song on Audio 1, and a marker at each scene: yellow happy, pink "
            "tense, blue sad, green calm, purple neutral. Save the project to keep it."
        )


def by_import(files):
    """Stills each alone: of a run of numbers Resolve makes one sequence. All else together."""
    stills = [file for file in files if Path(file).suffix.lower() in STILLS]
    others = [file for file in files if file not in stills]
    return ([others] if others else []) + [[still] for still in stills]


def media_frame(item, frame):
    """The number of the media's frame that is on `frame` frames after the clip's start; halves upwards."""
    return int((item.source_start + frame) * item.conform + 0.5)


def is_left_offset(item, offset):
    """Exactly, where media have the story's rate. Else it may be counted in either, and rounded; of a still it means
    nothing."""
    if Path(item.file).suffix.lower() in STILLS:
        return True
    wanted = (item.source_start, media_frame(item, 0))
    return any(abs(offset - one) <= (item.conform != 1.0) for one in wanted)


def clips_of(timeline, kind, track):
    return sorted(timeline.GetItemListInTrack(kind, track) or [], key=lambda clip: clip.GetStart())


def clip_differences(item, clip, start):
    """Where the timeline's `clip` is not `item`. Its left offset is the frame of the media that it begins with."""
    if clip.GetStart() != start + item.start:
        yield f"starts at frame {clip.GetStart()}, not {start + item.start}"
    if clip.GetDuration() != item.frames:
        yield f"has {clip.GetDuration()} frames, not {item.frames}"
    if item.kind == "video" and not is_left_offset(item, clip.GetLeftOffset()):
        yield f"begins with frame {clip.GetLeftOffset()} of its media, not {item.source_start}"
    media = clip.GetMediaPoolItem()
    if not media or media.GetClipProperty("Online Status") == "Offline":
        yield "is offline"
    elif not same_file(media.GetClipProperty("File Path"), item.file):
        yield f"is linked to {media.GetClipProperty('File Path')}"


# --- From the menu or from outside -----------------------------------------------------------------------------


def find_resolve():
    """The Resolve that runs this, or the one that runs beside it. Raises Failure where there is none."""
    here = globals()
    if here.get("resolve"):
        return here["resolve"]
    module = here.get("bmd") or scripting_module()
    advice = (
        "Start Resolve Studio, and allow it: Preferences > System > General > External scripting using > Local. From "
        "outside the free edition cannot be reached; there use Workspace > Scripts."
    )
    return checked(module.scriptapp("Resolve"), 'scriptapp("Resolve")', advice)


def scripting_module():
    """Blackmagic's own module, from where RESOLVE_SCRIPT_API says or where it is installed."""
    scripting = os.environ.get("RESOLVE_SCRIPT_API") or os.path.expandvars(MODULES.get(sys.platform, ""))
    sys.path.append(str(Path(scripting) / "Modules"))
    try:
        import DaVinciResolveScript
    except ImportError as error:
        raise Failure(
            f"import DaVinciResolveScript failed ({error}). Install Resolve Studio on this computer, or set "
            "RESOLVE_SCRIPT_API, RESOLVE_SCRIPT_LIB and PYTHONPATH as Help > Documentation > Developer says."
        ) from None
    return DaVinciResolveScript


def main(arguments):
    """Bring a story in. False if it did not work; why has been said then."""
    log = Log()
    try:
        resolve = find_resolve()
        folder = choose_story(arguments, resolve)
        log.open(folder, resolve)
        Importer(resolve, read_story(folder), log.say).run()
    except Failure as failure:
        log.say(str(failure))
    else:
        return True
    finally:
        if log.path:
            show(f"This is in {log.path} too.")
    return False


if "resolve" in globals():  # chosen in Resolve's menu
    main([])
elif __name__ == "__main__" and not main(sys.argv[1:]):
    sys.exit(1)
