"""A real story in the editors that there are here, of which CI runs melt and ges-launch-1.0 only: docs/kdenlive.jpg.

    python -m bench.editors STORY [--picture docs/kdenlive.jpg]

Exports STORY for melt, Kdenlive and GES into a folder of its own, renders it with melt and ges-launch-1.0, opens it in
Kdenlive under Xvfb with settings of its own, and prints a table. Needs melt, ges-launch-1.0, kdenlive, Xvfb,
dbus-run-session, gdbus, xdotool and ImageMagick's import (Debian: melt ges1.0-tools gstreamer1.0-libav
gstreamer1.0-plugins-good kdenlive xvfb dbus xdotool imagemagick).
"""

import argparse
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from PIL import Image, ImageChops

from deepsing_bridge.export.editors.edit import read_edit
from deepsing_bridge.export.editors.export import export
from tests.melt import frame_count, render_project

SIZE = (1600, 900)
FIT_ZOOM = (1411, 884)  # in Kdenlive's status bar, at that size
QUIET = (800, 893)  # where a mouse explains nothing
PATIENCE_S = 180.0
SETTLED_S = 4.0  # the window stays as it is for so long: thumbnails and the song's wave are drawn
NO_WIZARD = "version=22.12.3\n[misc]\nfirstRun=false\n[version]\nversion=220\n[unmanaged]\n"  # in kdenliverc


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("story", type=Path)
    parser.add_argument("--picture", type=Path, help="where to put what Kdenlive shows (.jpg)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        files = {form.name: file for form, file, _ in export(options.story, ["mlt", "kdenlive", "xges"], out)}
        ((_, as_jpeg, _),) = export(options.story, ["xges"], out / "jpeg", relink=motion_jpeg(options.story, out))
        frames = read_edit(options.story / "story.otio").frames
        print(f"{options.story.name}: {frames} frames\n\n| editor | opens | frames |\n|---|---|---|")
        report("melt", files["mlt"], lambda: frame_count(render_project(files["mlt"], out / "mlt.mkv")))
        report("melt", files["kdenlive"], lambda: frame_count(render_project(files["kdenlive"], out / "kdenlive.mkv")))
        report("ges-launch-1.0", files["xges"], lambda: play_in_ges(files["xges"], out / "ges.mkv"))
        report("ges-launch-1.0, clips as Motion JPEG", as_jpeg, lambda: play_in_ges(as_jpeg, out / "jpeg.mkv"))
        report("Kdenlive", files["kdenlive"], lambda: open_in_kdenlive(files["kdenlive"], out, options.picture))


def report(editor: str, file: Path, attempt: Callable[[], object]) -> None:
    print(f"| {editor} | {file.name} | {attempt()} |", flush=True)


def motion_jpeg(story: Path, folder: Path) -> Path:
    """A folder with the story's media, its clips in a codec that every GStreamer reads."""
    copies = folder / "media as jpeg"
    copies.mkdir()
    for file in (story / "media").iterdir():
        if file.suffix == ".mov":
            write_jpegs(file, copies / file.name)
        else:
            shutil.copy(file, copies)
    return copies


def write_jpegs(clip: Path, copy: Path) -> None:
    with av.open(clip) as source, av.open(copy, "w") as target:
        film = source.streams.video[0]
        pictures = target.add_stream("mjpeg", film.average_rate, width=film.width, height=film.height)
        pictures.pix_fmt = "yuvj422p"
        for frame in source.decode(film):
            target.mux(pictures.encode(frame.reformat(format="yuvj422p")))
        target.mux(pictures.encode())


def play_in_ges(project: Path, film: Path) -> str:
    """Its number of frames, or what GStreamer says that it cannot."""
    command = ["ges-launch-1.0", "--load", project, "-o", film, "-f", "video/x-matroska:image/jpeg:audio/x-raw"]
    log = film.with_suffix(".log")
    with log.open("wb") as said, subprocess.Popen(command, stdout=said, stderr=said) as process:
        try:
            wait_for(lambda: process.poll() is not None or "Error" in log.read_text(), "ges-launch-1.0 to end")
        finally:
            process.kill()  # it waits for ever where it has no decoder
    found = re.search(r"Error.*\.", log.read_text())
    return found[0] if found else str(frame_count(film))


def open_in_kdenlive(project: Path, folder: Path, picture: Path | None) -> str:
    """The window's title, once it shows the project and stays as it is."""
    with screen() as display, opened_in("kdenlive", project, folder / "home", display) as desk:
        wait_for(lambda: "Kdenlive" in desk.title(), "Kdenlive's window")
        desk.do("windowmove", desk.window(), 0, 0, "windowsize", desk.window(), *SIZE)
        desk.settled()
        desk.do("mousemove", *FIT_ZOOM, "click", 1, "mousemove", *QUIET)
        desk.do("key", "--repeat", 11, "alt+Right", "key", "--repeat", 24, "Right")  # into a scene
        shown = desk.settled()
        if picture:
            shown.convert("RGB").save(picture, quality=88)
        return desk.title()


class Desk:
    """What is on an X display, where `program` runs, and a mouse and keys on it. `bus`: a file with the address of the
    program's D-Bus."""

    def __init__(self, program: str, environment: dict[str, str], bus: Path) -> None:
        self._program, self._environment, self._bus = program, environment, bus
        self._shot = bus.with_name("screen.png")

    def do(self, *words: object) -> str:
        command = ["xdotool", *map(str, words)]
        return subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False).stdout

    def window(self) -> str:
        return next(iter(self._windows()), "")

    def title(self) -> str:
        window = self.window()
        return self.do("getwindowname", window).strip() if window else ""

    def dismiss(self) -> None:
        """Says yes to a dialogue, the newest window, until there is none; no window manager gives it the keys."""

        def is_gone() -> bool:
            if len(windows := self._windows()) > 1:
                self.do("windowraise", windows[-1], "windowfocus", "--sync", windows[-1], "sleep", 0.5, "key", "Return")
                time.sleep(1.0)
            return len(self._windows()) == 1

        wait_for(is_gone, "a dialogue to close")

    def press(self, *keys: str) -> None:
        """In the program's window."""
        self.do("windowfocus", "--sync", self.window(), "sleep", 0.5, "key", *keys)

    def act(self, name: str) -> None:
        """An action of Kdenlive's main window, over D-Bus."""
        environment = self._environment | {"DBUS_SESSION_BUS_ADDRESS": self._bus.read_text().strip()}
        listed = ("--session", "--dest", "org.freedesktop.DBus", "--object-path", "/org/freedesktop/DBus")
        command = ["gdbus", "call", *listed, "--method", "org.freedesktop.DBus.ListNames"]
        names = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        (bus,) = set(re.findall(r"org\.kde\.kdenlive-\d+", names))
        window = ("--session", "--timeout", "100", "--dest", bus, "--object-path", "/kdenlive/MainWindow_1")
        command = ["gdbus", "call", *window, "--method", "org.kde.KMainWindow.activateAction", name]
        subprocess.run(command, env=environment, check=True, capture_output=True)

    def _windows(self) -> list[str]:
        return self.do("search", "--onlyvisible", "--class", self._program).split()

    def settled(self) -> Image.Image:
        before, since = self._look(), time.monotonic()
        deadline = since + PATIENCE_S
        while time.monotonic() - since < SETTLED_S and time.monotonic() < deadline:
            time.sleep(0.5)
            now = self._look()
            if ImageChops.difference(before, now).getbbox():
                before, since = now, time.monotonic()
        return before

    def _look(self) -> Image.Image:
        subprocess.run(["import", "-window", "root", self._shot], env=self._environment, check=True)
        return Image.open(self._shot).convert("RGB")


@contextmanager
def screen() -> Iterator[str]:
    """An X display of its own; the server chooses its number."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        try:
            with os.fdopen(reading) as told:
                yield f":{told.readline().strip()}"
        finally:
            server.terminate()


@contextmanager
def opened_in(program: str, project: Path, home: Path, display: str) -> Iterator[Desk]:
    """Kdenlive or Shotcut with a `home` of its own, so that neither it nor the user's own settings change."""
    for part in ("config", "runtime"):
        (home / part).mkdir(parents=True, mode=0o700)
    (home / "config" / "kdenliverc").write_text(NO_WIZARD)
    own = {"HOME": home, "XDG_CONFIG_HOME": home / "config", "XDG_RUNTIME_DIR": home / "runtime"}
    own |= {"XDG_DATA_HOME": home / "data", "XDG_CACHE_HOME": home / "cache", "DISPLAY": display}
    environment = os.environ | {name: str(value) for name, value in own.items()} | {"LIBGL_ALWAYS_SOFTWARE": "1"}
    quiet, bus = subprocess.DEVNULL, home / "bus"
    started = ["sh", "-c", 'echo "$DBUS_SESSION_BUS_ADDRESS" > "$0"; exec "$1" "$2"', str(bus), program, str(project)]
    command = ["dbus-run-session", "--", *started]
    with subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet, start_new_session=True) as process:
        try:
            yield Desk(program, environment, bus)
        finally:
            os.killpg(process.pid, 15)


def wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {PATIENCE_S:.0f} s for {what}")
        time.sleep(0.2)


if __name__ == "__main__":
    main()
