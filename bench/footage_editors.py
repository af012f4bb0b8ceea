"""A story of numbered shots in the editors that there are here: which picture is every scene's first, and its last.

    python -m bench.footage_editors WORK [--only melt --only Shotcut --only Kdenlive] [--dissolve 4]

Makes 63 films and photos into WORK, each picture with a number of its own: photos, 24, 25, 29.97, 50 and 59.94 frames a
second and a rate that varies; portrait, and turned by a flag; with timecodes of their own. A story shows each of them,
once with hard cuts, once with dissolves, a start timecode and relative paths, in a folder that was moved. melt renders
it; Shotcut and Kdenlive open it under Xvfb, are made to change and save it, and melt renders what they have saved.

Needs what bench.editors does, and shotcut.
"""

import argparse
import os
import shutil
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

from bench.editors import opened_in, screen, wait_for
from deepsing_bridge.core.files import made
from deepsing_bridge.core.types import no_progress
from deepsing_bridge.export.assemble import assemble
from deepsing_bridge.export.editors.export import export
from deepsing_bridge.export.story_folder import claim
from deepsing_bridge.footage.digest import content_digest
from deepsing_bridge.footage.probe import probe
from deepsing_bridge.render.fit import Pixels
from deepsing_bridge.render.footage_frames import footage_frames
from deepsing_bridge.story.storyboard import Storyboard
from tests.builders import with_settings, write_song
from tests.footage.boards import footage_board, shown_number
from tests.footage.films import number_picture, write_film
from tests.melt import render_project

NTSC = Fraction(30000, 1001)
EACH, PICTURES = 7, 60  # files of each kind, and their pictures: all numbers fit into 12 bits
SCENE_S = 0.6
KINDS: dict[str, tuple[Fraction, dict[str, object]]] = {
    "cinema.mp4": (Fraction(24), {"timecode": "01:00:00:00"}),
    "pal.mov": (Fraction(25), {"timecode": "10:20:30:05"}),
    "ntsc.mov": (NTSC, {"timecode": "10:00:00;00"}),
    "phone.mp4": (Fraction(30), {"times_s": ()}),
    "fast.mp4": (Fraction(50), {}),
    "ntsc fast.mov": (2 * NTSC, {"timecode": "00:59:00;00"}),
    "turned.mp4": (Fraction(30), {"rotation": 90}),
    "portrait.mkv": (Fraction(25), {}),
    "photo.png": (Fraction(0), {}),
}
EDITORS = ("melt", "Shotcut", "Kdenlive")
FORMS = {"Shotcut": "mlt", "Kdenlive": "kdenlive", "melt": "mlt"}


def make(folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(0)
    paths = []
    for place, name in enumerate(list(KINDS) * EACH):
        rate, how = KINDS[name]
        paths.append(folder / f"{place:02} {name}")
        pictures = [_picture(name, 64 * place + number) for number in range(PICTURES)]
        if "times_s" in how:
            steps = chance.choice((1 / 30, 1 / 28, 2 / 30, 1 / 60), PICTURES - 1)
            how = how | {"times_s": [0.0, *np.cumsum(steps).tolist()]}
        if paths[-1].exists():
            continue
        if rate:
            write_film(paths[-1], pictures, rate, **how)  # type: ignore[arg-type]
        else:
            Image.fromarray(pictures[0]).save(paths[-1])
    return paths


def _picture(name: str, number: int) -> Pixels:
    picture = number_picture(number, 320, 180)
    return np.ascontiguousarray(np.rot90(picture)) if name.startswith("portrait") else picture


def prepared(work: Path, dissolve: int) -> tuple[Path, Storyboard, dict[int, int]]:
    """A story's folder with its projects, the story, and which number each first and last frame that is seen alone
    has. With dissolves all paths are relative, and the folder, which the footage lies in, has moved since."""
    folder, moved = work / f"story {dissolve}", work / f"moved {dissolve}"
    for old in (folder, moved):
        shutil.rmtree(old, ignore_errors=True)
    files = [Path(shutil.copy(path, made(folder / "footage"))) for path in make(work / "footage")]
    board = footage_board([probe(path, content_digest(path)).media for path in files], Fraction(24), SCENE_S)
    board = with_settings(board, dissolve=dissolve, start_timecode="01:00:00:00" if dissolve else "00:00:00:00")
    claim(folder, board)
    song = write_song(folder / "media" / "song.wav", board.duration_s + 0.1)
    assemble(folder, board, song, ["footage"] * len(files), lambda name: no_progress)
    for _ in export(folder, sorted(set(FORMS.values())), paths="relative" if dissolve else None):
        pass
    wanted = {
        board.frames_of(scene)[0] + frame: shown_number(board, scene, next(footage_frames(board, scene, [frame])))
        for scene in range(len(files))
        for frame in alone(board, scene)
    }
    if not dissolve:
        return folder, board, wanted
    folder.rename(moved)
    return moved, board, wanted


def alone(board: Storyboard, scene: int) -> tuple[int, int]:
    """The first and the last frame of a scene, from its start, that no dissolve mixes with another one."""
    start, end = board.frames_of(scene)
    tail = board.dissolve_into(scene + 1)[0] if scene + 1 < len(board.scenes) else 0
    return board.dissolve_into(scene)[1], end - start - 1 - tail


def compare(film: Path, board: Storyboard, wanted: dict[int, int]) -> str:
    scenes = {
        start + frame: scene for scene, (start, _) in enumerate(board.scene_frames()) for frame in alone(board, scene)
    }
    with av.open(film) as opened:
        numbered = enumerate(opened.decode(video=0))
        pictures = {number: frame.to_ndarray(format="rgb24") for number, frame in numbered if number in wanted}
    found = {at: shown_number(board, scenes[at], picture) for at, picture in pictures.items()}
    wrong = [
        f"scene {scenes[at] + 1}, frame {at}: {found.get(at)}, not {number}"
        for at, number in wanted.items()
        if found.get(at) != number
    ]
    return f"{len(wanted) - len(wrong)} of {len(wanted)} right{''.join(f'; {one}' for one in wrong[:8])}"


def saved_by(editor: str, project: Path, home: Path, display: str) -> Path:
    """What `editor` makes of `project` when it opens, changes and saves it, beside it."""
    copy = project.with_name(f"{editor} {project.name}")
    shutil.copy(project, copy)
    before = copy.read_bytes()
    shutil.rmtree(home, ignore_errors=True)
    with opened_in(editor.lower(), copy, home, display) as desk:
        wait_for(lambda: copy.stem in desk.title(), f"{editor}'s window")  # there is another before, of that name alone
        desk.settled()
        if editor == "Kdenlive":
            desk.dismiss()
            desk.press("Right")
            desk.act("add_marker_guide_quickly")  # it saves only what has changed
            wait_for(lambda: "*" in desk.title(), "a change")

        def is_saved() -> bool:
            now = copy.read_bytes()
            if now != before and now.rstrip().endswith(b"</mlt>"):
                return True
            desk.dismiss()  # Kdenlive tells, sooner or later, that it has upgraded the project
            desk.press("ctrl+s")
            return False

        wait_for(is_saved, f"{editor} to save")
    return copy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--only", choices=EDITORS, action="append")
    parser.add_argument("--dissolve", type=int, action="append", metavar="FRAMES", help="0 for hard cuts")
    asked = parser.parse_args()
    with screen() as display:
        os.environ["DISPLAY"] = display  # melt shows no stills of Kdenlive's without
        for dissolve in asked.dissolve or (0, 4):
            folder, board, wanted = prepared(asked.work.absolute(), dissolve)
            print(
                f"{len(board.scenes)} scenes, {f'dissolves of {dissolve} frames' if dissolve else 'hard cuts'}",
                flush=True,
            )
            for editor in asked.only or EDITORS:
                project = folder / f"story.{FORMS[editor]}"
                if editor != "melt":
                    project = saved_by(editor, project, asked.work / "home", display)
                film = render_project(project, asked.work / "film.mkv", board.frames)
                print(f"  {editor}: {compare(film, board, wanted)}", flush=True)


if __name__ == "__main__":
    main()
