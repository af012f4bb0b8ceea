"""A DaVinci Resolve in memory, as unhelpful as the real one. Has the published API's names and no others.

It never raises: what it does not like it answers with None, False or an empty list. `Habits` says what it does
badly; the defaults are what users of Resolve have reported. A media file of a test is a text that tells what a
real one would hold: see `media_text`. Knows nothing of stories.
"""

import functools
import inspect
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from deepsing_bridge.core.units import parse_frame_rate, timecode_to_frame

MARKER_COLOURS = "Blue Cyan Green Yellow Red Pink Purple Fuchsia Rose Lavender Sky Mint Lemon Sand Cocoa Cream"
CLIP_COLOURS = "Orange Apricot Yellow Lime Olive Green Teal Navy Blue Purple Violet Pink Tan Beige Brown Chocolate"
RATES = ("23.976", "24", "25", "29.97", "30", "48", "50", "59.94", "60")
DEFAULT_START = "01:00:00:00"
STILL = re.compile(r"(.*?)(\d+)(\.(?:png|jpg|tif))$")


@dataclass
class Habits:
    """What this Resolve does badly."""

    project_open: bool = True
    saved: bool = True
    default_rate: str = "24"
    import_gives_none: bool = False
    import_ignores_rate: bool = True  # in a project of another rate, an .otio gets the project's
    import_shift: int = 0  # frames by which an imported clip is too long
    import_slip: int = 0  # frames of its media that an imported clip leaves out
    import_links_by_name: bool = False  # to a file of that name, wherever in the media pool it is
    offline: tuple[str, ...] = ()  # files that an import leaves offline even so
    unreadable: tuple[str, ...] = ()  # files that this Resolve has no decoder for
    append_gives_none: bool = False
    append_drops: tuple[str, ...] = ()  # files that AppendToTimeline leaves out
    end_frame_is_played: bool = True  # up to Resolve 18; from 19 on endFrame is the frame after the last
    own_timeline_rate: bool = False  # an empty timeline may have a rate of its own
    cuts_timeline_rate: bool = False  # 29.97 is read back as 29, as in Resolve 18
    size_refused: bool = False  # a timeline keeps the project's resolution
    markers_refused: bool = False
    colours_refused: bool = False
    deletes_timelines: bool = True


class Fake:
    """Writes each call of a public method into the world's journal."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def __init_subclass__(cls) -> None:
        for name, method in list(vars(cls).items()):
            if inspect.isfunction(method) and not name.startswith("_"):
                setattr(cls, name, _journalled(f"{cls.__name__}.{name}", method))


def _journalled(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def call(self: Fake, *arguments: Any) -> Any:
        self._world.journal.append((name, repr(_plain(arguments))))
        return method(self, *arguments)

    return call


def _plain(value: Any) -> Any:
    """As it compares between Python and Lua: no objects, one kind of number, one kind of list, keys in order."""
    if isinstance(value, Fake):
        return type(value).__name__
    if isinstance(value, dict):
        return {key: _plain(value[key]) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


@dataclass
class World:
    """What is open in this Resolve, with no API between."""

    habits: Habits
    journal: list[tuple[str, str]] = field(default_factory=list)  # every call: the method, its arguments as text
    rate: str = ""
    timelines: list["Timeline"] = field(default_factory=list)
    current_timeline: "Timeline | None" = None

    def __post_init__(self) -> None:
        self.rate = self.habits.default_rate
        self.root = Folder(self, "Master")
        self.current_folder = self.root

    def folders(self) -> Iterator["Folder"]:
        waiting = [self.root]
        while waiting:
            folder = waiting.pop(0)
            yield folder
            waiting.extend(folder.folders)

    def called(self, method: str) -> int:
        """How often, as in `called("MediaPool.ImportMedia")`."""
        return [name for name, _ in self.journal].count(method)

    def deeds(self) -> list[tuple[str, str]]:
        """The calls that change something, in order."""
        return [call for call in self.journal if not call[0].split(".")[1].startswith("Get")]

    def locked(self) -> bool:
        """Whether the project's rate can no longer change."""
        return any(folder.items for folder in self.folders()) or bool(self.timelines)


def media_text(
    seconds: Fraction | float | None = None, frames: int | None = None, rate: Fraction | float | None = None
) -> str:
    """The content of a stand-in for a media file: a picture has frames, a sound only seconds. `rate`: a film's own, if
    it is not the project's."""
    own = {} if rate is None else {"rate": float(rate)}
    return json.dumps({"frames": frames, **own} if seconds is None else {"seconds": float(seconds)})


def open_world(**habits: Any) -> World:
    """A Resolve with an empty project."""
    return World(Habits(**habits))


class Fusion(Fake):
    UIManager = None  # as in the free edition since 19.1


class Resolve(Fake):
    def Fusion(self) -> Fusion:
        return Fusion(self._world)

    def GetProductName(self) -> str:
        return "DaVinci Resolve Studio"

    def GetVersionString(self) -> str:
        return "21.1.0.14"

    def GetProjectManager(self) -> "ProjectManager":
        return ProjectManager(self._world)


class ProjectManager(Fake):
    def GetCurrentProject(self) -> "Project | None":
        return Project(self._world) if self._world.habits.project_open else None

    def GetProjectListInCurrentFolder(self) -> list[str]:
        return ["Another", "Film"] if self._world.habits.saved else ["Another"]

    def SaveProject(self) -> bool:
        return self._world.habits.saved


class Project(Fake):
    def GetName(self) -> str:
        return "Film" if self._world.habits.saved else "Untitled Project"

    def GetMediaPool(self) -> "MediaPool":
        return MediaPool(self._world)

    def GetTimelineCount(self) -> int:
        return len(self._world.timelines)

    def GetTimelineByIndex(self, idx: int) -> "Timeline | None":
        return self._world.timelines[int(idx) - 1] if 1 <= idx <= len(self._world.timelines) else None

    def GetCurrentTimeline(self) -> "Timeline | None":
        return self._world.current_timeline

    def SetCurrentTimeline(self, timeline: "Timeline") -> bool:
        if timeline not in self._world.timelines:
            return False
        self._world.current_timeline = timeline
        return True

    def GetSetting(self, settingName: str) -> Any:
        return float(self._world.rate) if settingName == "timelineFrameRate" else ""

    def SetSetting(self, settingName: str, settingValue: str) -> bool:
        known = settingName == "timelineFrameRate" and settingValue in RATES
        if not known or self._world.locked() or not self._world.habits.saved:
            return False
        self._world.rate = settingValue
        return True


class Folder(Fake):
    def __init__(self, world: World, name: str) -> None:
        super().__init__(world)
        self.name = name
        self.folders: list[Folder] = []
        self.items: list[MediaPoolItem] = []

    def GetName(self) -> str:
        return self.name

    def GetSubFolderList(self) -> list["Folder"]:
        return list(self.folders)

    def GetClipList(self) -> list["MediaPoolItem"]:
        return list(self.items)


class MediaPoolItem(Fake):
    """`frames` at the project's rate for a sound, which takes that on when it is imported. `rate` 0: the project's."""

    def __init__(self, world: World, path: str, kind: str, frames: int, online: bool = True, rate: float = 0.0) -> None:
        super().__init__(world)
        self.path, self.kind, self.frames, self.online, self.rate = path, kind, frames, online, rate

    def GetName(self) -> str:
        return Path(self.path).name

    def GetClipProperty(self, propertyName: str) -> str:
        status = "Online" if self.online else "Offline"
        return {"File Path": self.path, "Online Status": status, "Type": self.kind}.get(propertyName, "")


class MediaPool(Fake):
    def GetRootFolder(self) -> Folder:
        return self._world.root

    def GetCurrentFolder(self) -> Folder:
        return self._world.current_folder

    def SetCurrentFolder(self, folder: Folder) -> bool:
        if folder not in self._world.folders():
            return False
        self._world.current_folder = folder
        return True

    def AddSubFolder(self, folder: Folder, name: str) -> Folder | None:
        if not self._world.habits.saved or name in [one.name for one in folder.folders]:
            return None
        added = Folder(self._world, name)
        folder.folders.append(added)
        return added

    def ImportMedia(self, items: list[str]) -> list[MediaPoolItem]:
        """Into the current folder, also what is there already; a run of numbered stills becomes one item."""
        if not self._world.habits.saved:
            return []
        made = [item for path in _merged(items) if (item := self._read(path))]
        self._world.current_folder.items.extend(made)
        return made

    def _read(self, path: str) -> MediaPoolItem | None:
        if not Path(path).is_file() or Path(path).name in self._world.habits.unreadable:
            return MediaPoolItem(self._world, path, "Still", 1) if "[" in path else None
        facts = json.loads(Path(path).read_text())
        if "seconds" in facts:
            rate = float(self._world.rate)
            return MediaPoolItem(self._world, path, "Audio", int(facts["seconds"] * rate + 1e-3))
        return MediaPoolItem(self._world, path, "Video", facts["frames"], rate=facts.get("rate", 0.0))

    def CreateEmptyTimeline(self, name: str) -> "Timeline | None":
        return self._add_timeline(
            Timeline(self._world, name, self._world.rate, _frame(DEFAULT_START, self._world.rate))
        )

    def _add_timeline(self, timeline: "Timeline") -> "Timeline | None":
        taken = [one.name for one in self._world.timelines]
        if timeline.name in taken or not self._world.habits.saved:
            return None
        self._world.timelines.append(timeline)
        self._world.current_timeline = timeline
        self._world.current_folder.items.append(timeline.item)
        return timeline

    def DeleteTimelines(self, timeline: list["Timeline"]) -> bool:
        if not self._world.habits.deletes_timelines:
            return False
        for one in timeline:
            self._world.timelines.remove(one)
            for folder in self._world.folders():
                folder.items = [item for item in folder.items if item is not one.item]
        self._world.current_timeline = self._world.timelines[-1] if self._world.timelines else None
        return True

    def AppendToTimeline(self, clipInfo: list[dict[str, Any]]) -> list["TimelineItem"] | None:
        """To the current timeline. An item that would lie over another is left out, and nothing is said."""
        timeline = self._world.current_timeline
        if timeline is None or self._world.habits.append_gives_none:
            return None
        return [item for info in clipInfo if (item := self._append(timeline, info))]

    def _append(self, timeline: "Timeline", info: dict[str, Any]) -> "TimelineItem | None":
        media, first = info["mediaPoolItem"], int(info["startFrame"])
        frames = min(int(info["endFrame"]) + self._world.habits.end_frame_is_played, media.frames) - first
        if media.rate:  # speed is kept, and what is told of the clip is counted in the timeline's frames
            frames, first = (round(number * float(timeline.rate) / media.rate) for number in (frames, first))
        kind = {1: "video", 2: "audio"}[int(info["mediaType"])]
        item = TimelineItem(self._world, media, int(info["recordFrame"]), frames, first)
        if media.GetName() in self._world.habits.append_drops:
            return None
        return item if timeline.put(kind, int(info["trackIndex"]), item) else None

    def ImportTimelineFromFile(self, filePath: str, importOptions: dict[str, Any]) -> "Timeline | None":
        """Only what Resolve itself would have written; media only with both options that ask for them."""
        document, habits = json.loads(Path(filePath).read_text(encoding="utf-8")), self._world.habits
        if habits.import_gives_none or not _is_in_its_dialect(document):
            return None
        start = document["global_start_time"]
        rate = self._world.rate if habits.import_ignores_rate else _nearest_rate(start["rate"])
        timeline = Timeline(self._world, importOptions["timelineName"], rate, int(start["value"]), tracks=0)
        if self._add_timeline(timeline) is None:
            return None
        find = functools.partial(self._find_media, importOptions)
        for track in document["tracks"]["children"]:
            self._import_track(timeline, track, find)
        return timeline

    def _import_track(self, timeline: "Timeline", track: dict[str, Any], find: Callable[[str], Any]) -> None:
        habits, kind, at = self._world.habits, track["kind"].lower(), timeline.start
        timeline.tracks[kind].append([])
        for child in track["children"]:
            if child["OTIO_SCHEMA"] == "Transition.1":
                timeline.dissolves.append(at)
                continue
            frames = int(child["source_range"]["duration"]["value"])
            if child["OTIO_SCHEMA"] == "Clip.2":
                reference = child["media_references"][child["active_media_reference_key"]]
                media, begins = find(reference["target_url"]), reference["available_range"]["start_time"]
                used = child["source_range"]["start_time"]
                first = round(used["value"] - begins["value"] * used["rate"] / begins["rate"])
                shown = frames + habits.import_shift
                timeline.tracks[kind][-1].append(
                    TimelineItem(self._world, media, at, shown, first + habits.import_slip)
                )
            at += frames

    def _find_media(self, options: dict[str, Any], path: str) -> MediaPoolItem | None:
        """None is offline. What lies in the current folder already is not imported again."""
        if self._world.habits.import_links_by_name:
            items = (item for folder in self._world.folders() for item in folder.items)
            return next(item for item in items if item.GetName() == Path(path).name)
        if not options.get("importSourceClips") or Path(path).name in self._world.habits.offline:
            return None
        beside = Path(options.get("sourceClipsPath", "/nowhere")) / Path(path).name
        found = path if Path(path).is_file() and "sourceClipsPath" in options else str(beside)
        known = [item for item in self._world.current_folder.items if item.path == found]
        return next(iter(known or self.ImportMedia([found])), None)


class Timeline(Fake):
    def __init__(self, world: World, name: str, rate: str, start: int, tracks: int = 1) -> None:
        super().__init__(world)
        self.name, self.rate, self.start = name, rate, start
        self.own_settings = False
        self.settings = {"timelineResolutionWidth": "1920", "timelineResolutionHeight": "1080"}
        self.dissolves: list[int] = []  # the frames of the cuts
        self.tracks: dict[str, list[list[TimelineItem]]] = {
            kind: [[] for _ in range(tracks)] for kind in ("video", "audio")
        }
        self.markers: dict[int, dict[str, Any]] = {}
        self.item = MediaPoolItem(world, "", "Timeline", 0)

    def put(self, kind: str, track: int, item: "TimelineItem") -> bool:
        if not 1 <= track <= len(self.tracks[kind]):
            return False
        there = self.tracks[kind][track - 1]
        if any(one.start < item.start + item.frames and item.start < one.start + one.frames for one in there):
            return False
        there.append(item)
        return True

    def end(self) -> int:
        """The frame after the last, from the timeline's start."""
        clips = [clip for kind in self.tracks.values() for track in kind for clip in track]
        return max((clip.start + clip.frames for clip in clips), default=self.start) - self.start

    def GetName(self) -> str:
        return self.name

    def GetStartFrame(self) -> int:
        return self.start

    def SetStartTimecode(self, timecode: str) -> bool:
        self.start = _frame(timecode, self.rate)
        return True

    def GetTrackCount(self, trackType: str) -> int:
        return len(self.tracks[trackType])

    def AddTrack(self, trackType: str) -> bool:
        self.tracks[trackType].append([])
        return True

    def GetItemListInTrack(self, trackType: str, index: int) -> list["TimelineItem"] | None:
        tracks = self.tracks[trackType]
        return list(tracks[int(index) - 1]) if 1 <= index <= len(tracks) else None

    def GetSetting(self, settingName: str) -> Any:
        if settingName != "timelineFrameRate":
            return self.settings.get(settingName, "")
        return float(int(float(self.rate))) if self._world.habits.cuts_timeline_rate else float(self.rate)

    def SetSetting(self, settingName: str, settingValue: str) -> bool:
        if settingName == "useCustomSettings":
            self.own_settings = settingValue == "1"
        elif not self.own_settings:
            return False
        elif settingName == "timelineFrameRate":
            if not self._world.habits.own_timeline_rate or self.end() or settingValue not in RATES:
                return False
            self.rate = settingValue
        elif not self._world.habits.size_refused or "Resolution" not in settingName:
            self.settings[settingName] = settingValue
        return True

    def AddMarker(self, frameId: float, color: str, name: str, note: str, duration: float, customData: str) -> bool:
        """One to a frame, within the timeline, in a colour that it knows."""
        fits = frameId >= 0 and frameId + duration <= self.end() and frameId not in self.markers
        if not fits or color not in MARKER_COLOURS.split() or self._world.habits.markers_refused:
            return False
        marker = {"color": color, "name": name, "note": note, "duration": duration, "customData": customData}
        self.markers[int(frameId)] = marker
        return True


class TimelineItem(Fake):
    def __init__(self, world: World, media: MediaPoolItem | None, start: int, frames: int, first: int) -> None:
        super().__init__(world)
        self.media, self.start, self.frames, self.first = media, start, frames, first
        self.colour = ""

    def GetStart(self) -> int:
        return self.start

    def GetDuration(self) -> int:
        return self.frames

    def GetLeftOffset(self) -> int:
        return self.first

    def GetMediaPoolItem(self) -> MediaPoolItem | None:
        return self.media

    def SetClipColor(self, colorName: str) -> bool:
        if colorName not in CLIP_COLOURS.split() or self._world.habits.colours_refused:
            return False
        self.colour = colorName
        return True


def _merged(paths: list[str]) -> list[str]:
    """Stills whose names are a run of numbers become one path, as Resolve shows a sequence."""
    runs: dict[tuple[str, str], list[str]] = {}
    others = []
    for path in paths:
        if still := STILL.match(path):
            runs.setdefault((still[1], still[3]), []).append(still[2])
        else:
            others.append(path)
    for (stem, suffix), numbers in runs.items():
        others.append(
            f"{stem}[{min(numbers)}-{max(numbers)}]{suffix}" if len(numbers) > 1 else stem + numbers[0] + suffix
        )
    return others


def _frame(timecode: str, rate: str) -> int:
    return timecode_to_frame(timecode, parse_frame_rate(rate))


def _nearest_rate(rate: float) -> str:
    return min(RATES, key=lambda name: abs(float(name) - rate))


def _is_in_its_dialect(document: dict[str, Any]) -> bool:
    children = [child for track in document["tracks"]["children"] for child in track["children"]]
    clips = [child for child in children if child["OTIO_SCHEMA"] == "Clip.2"]
    references = [clip["media_references"][clip["active_media_reference_key"]] for clip in clips]
    return all(one["available_range"] and Path(one["target_url"]).is_absolute() for one in references)
