"""The fake has the published API's methods and no others, and is as unhelpful as Resolve is said to be."""

import ast
import inspect
import re
from importlib.metadata import distribution
from pathlib import Path

import pytest

from deepsing_bridge.core.colours import FEELING_COLOURS
from tests.plugins.resolve import fake_host, scripts
from tests.plugins.resolve.fake_host import MediaPool, Project, ProjectManager, media_text, open_world

STUBS = Path(str(distribution("fusionscript-stubs").locate_file("fusionscript-stubs/fusionscript.pyi")))
PUBLISHED = ast.parse(STUBS.read_text(encoding="utf-8"))
FAKES = [fake for fake in vars(fake_host).values() if inspect.isclass(fake) and fake_host.Fake in fake.__bases__]
METHODS = [
    pytest.param(fake, name, id=f"{fake.__name__}.{name}")
    for fake in FAKES
    for name, method in vars(fake).items()
    if inspect.isfunction(method) and name[0].isupper()
]


def published(class_name: str, method: str) -> list[list[str]]:
    """The parameters of every overload of a method, without self."""
    (found,) = (one for one in PUBLISHED.body if isinstance(one, ast.ClassDef) and one.name == class_name)
    methods = (one for one in found.body if isinstance(one, ast.FunctionDef) and one.name == method)
    return [[parameter.arg for parameter in one.args.args[1:]] for one in methods]


def published_names(of: str) -> list[str]:
    (found,) = (
        one
        for one in PUBLISHED.body
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name) and one.targets[0].id == of
    )
    return [one.value for one in ast.walk(found.value) if isinstance(one, ast.Constant)]


@pytest.mark.parametrize(("fake", "name"), METHODS)
def test_each_method_is_published_with_these_parameters(fake: type, name: str) -> None:
    parameters = list(inspect.signature(getattr(fake, name)).parameters)[1:]
    assert parameters in [overload[: len(parameters)] for overload in published(fake.__name__, name)]


def test_no_public_method_hides_behind_a_small_letter() -> None:
    assert len(FAKES) == 9 and len(METHODS) > 40
    with pytest.raises(AttributeError):
        MediaPool(open_world()).ImportEverything()  # type: ignore[attr-defined]


def test_colours_and_options_are_the_published_ones() -> None:
    assert published_names("ColorSet1") == fake_host.CLIP_COLOURS.split()
    assert published_names("ColorSet2") == fake_host.MARKER_COLOURS.split()
    options = STUBS.read_text(encoding="utf-8").split("class TimelineImportOptions")[1].split("class ")[0]
    info = STUBS.read_text(encoding="utf-8").split("class MediaPoolClipInfo")[1].split("class ")[0]
    for script in (scripts.PYTHON, scripts.LUA):
        text = script.read_text(encoding="utf-8")
        assert all(key in text and key in options for key in ("timelineName", "importSourceClips", "sourceClipsPath"))
        keys = ("mediaPoolItem", "startFrame", "endFrame", "mediaType", "trackIndex", "recordFrame")
        assert all(key in text and key in info for key in keys)


@pytest.mark.parametrize("script", [scripts.PYTHON, scripts.LUA])
def test_feelings_have_colours_that_markers_and_clips_have_and_the_script_tells_them(script: Path) -> None:
    told = "".join(re.split(r'"\n\s*(?:\.\. )?"', script.read_text(encoding="utf-8")))
    assert ", ".join(f"{colour.lower()} {feeling}" for feeling, colour in FEELING_COLOURS.items()) in told
    for colour in FEELING_COLOURS.values():
        assert colour.title() in fake_host.CLIP_COLOURS.split()
        assert colour.title() in fake_host.MARKER_COLOURS.split()


def write_media(folder: Path, *names: str) -> list[str]:
    for name in names:
        (folder / name).write_text(media_text(seconds=2.0) if name.endswith(".wav") else media_text(frames=48))
    return [str(folder / name) for name in names]


def test_numbered_stills_become_one_sequence(tmp_path: Path) -> None:
    paths = write_media(tmp_path, "a001.png", "a002.png", "b.mov")
    items = MediaPool(open_world()).ImportMedia(paths)
    assert {item.GetClipProperty("File Path") for item in items} == {paths[2], f"{tmp_path}/a[001-002].png"}


def test_a_sound_fixes_the_rate_and_takes_it_on(tmp_path: Path) -> None:
    world = open_world(default_rate="25")
    (song,) = MediaPool(world).ImportMedia(write_media(tmp_path, "song.wav"))
    assert song.frames == 50
    assert Project(world).SetSetting("timelineFrameRate", "24") is False
    assert Project(world).GetSetting("timelineFrameRate") == 25


def test_a_name_that_is_taken_gives_none() -> None:
    pool = MediaPool(open_world())
    assert pool.CreateEmptyTimeline("one")
    assert pool.CreateEmptyTimeline("one") is None


def test_a_project_that_was_never_saved_does_nothing(tmp_path: Path) -> None:
    world = open_world(saved=False)
    pool = MediaPool(world)
    assert pool.ImportMedia(write_media(tmp_path, "a.mov")) == []
    assert pool.CreateEmptyTimeline("one") is None
    assert ProjectManager(world).SaveProject() is False
    assert not world.locked()


def test_an_append_plays_its_end_frame_and_gives_way_to_what_is_there(tmp_path: Path) -> None:
    pool = MediaPool(open_world())
    (media,) = pool.ImportMedia(write_media(tmp_path, "a.mov"))
    timeline = pool.CreateEmptyTimeline("one")
    assert timeline is not None
    row = {"mediaPoolItem": media, "startFrame": 0, "endFrame": 9, "mediaType": 1, "trackIndex": 1}
    (item,) = pool.AppendToTimeline([row | {"recordFrame": 86400}, row | {"recordFrame": 86409}]) or []
    assert item.GetDuration() == 10
    assert timeline.AddMarker(0, "Blue", "", "", 1, "") and not timeline.AddMarker(0, "Blue", "", "", 1, "")
    assert not timeline.AddMarker(10, "Blue", "", "", 1, "") and not timeline.AddMarker(1, "Orange", "", "", 1, "")
