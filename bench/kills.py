"""A story that is killed again and again: the result in docs/soak.md, under Kills.

    python -m bench.kills [--times 200] [--seed 12] [--out docs/soak.md]

Starts `story` with a short song, kills it with SIGKILL at a random moment, resumes it, and compares what it ends with,
byte for byte, with the folder that was made without a kill. Half of the moments are drawn from the whole run, half from
the time in which files are written. Each story is killed up to four times before it may end; after each kill what is
there is compared too. A run is forked from a process that has imported everything, which saves seconds each time;
from there on it is the command line's own.
"""

import argparse
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

HEADING = "## Kills"
SONG_S, MOST_KILLS = 11.3, 4
WISH = ("--generator", "embedded", "--size", "64", "--motion", "still", "--fps", "24")
IMPORTED = (
    "deepsing_bridge.app.retake",
    "deepsing_bridge.app.story",
    "deepsing_bridge.export.report",
    "deepsing_bridge.hosts.recent",
    "rich.progress",
)
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")  # so that a fork is safe
POLL_S = 0.002

Files = dict[str, bytes]


@dataclass
class Tally:
    kills: Counter[str] = field(default_factory=Counter)
    stories: int = 0
    compared: int = 0  # files
    wrong: list[str] = field(default_factory=list)
    resumed_s: list[float] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= dict.fromkeys(ONE_THREAD, "1") | {"XDG_DATA_HOME": folder}
        warm()
        text = report(options, *kill_stories(Path(folder), options.times, random.Random(options.seed)))
    print(text)
    if options.out:
        before = options.out.read_text("utf-8").partition(HEADING)[0].rstrip()
        options.out.write_text(f"{before}\n\n{text}", "utf-8")


def kill_stories(folder: Path, times: int, chance: random.Random) -> tuple[Tally, float, Files]:
    """What came of it, how long a whole run takes, and the files that it makes."""
    song = write_song(folder / "song.wav")
    start = time.perf_counter()
    whole_folder = folder / "whole" / "story"
    child = _start(song, whole_folder)
    while not (whole_folder / "story.json").exists() and is_running(child):
        time.sleep(POLL_S)
    listened_s = time.perf_counter() - start
    if (code := end_of(child)) != 0:
        sys.exit(f"the story that nobody killed ended with {code}; see {log_of(whole_folder)}")
    whole_s, whole, tally = time.perf_counter() - start, files_in(whole_folder), Tally()
    while tally.kills.total() < times:
        out = folder / f"{tally.stories}" / "story"
        for _ in range(min(chance.randint(1, MOST_KILLS), times - tally.kills.total())):
            _kill(song, out, chance, listened_s, whole_s, tally)
            _compare(out, whole, tally, complete=False)
        kept, start = _inodes(out), time.perf_counter()
        if (code := end_of(_start(song, out))) != 0:
            tally.wrong.append(f"{out}: exit {code}: {log_of(out).read_text(errors='replace')[-2000:]}")
        tally.resumed_s.append(time.perf_counter() - start)
        tally.wrong += [f"{out / name}: made twice" for name, inode in kept.items() if _inodes(out).get(name) != inode]
        _compare(out, whole, tally, complete=True)
        tally.stories += 1
        print(f"{tally.kills.total()} kills, {tally.stories} stories, {len(tally.wrong)} wrong", file=sys.stderr)
        if not tally.wrong:
            shutil.rmtree(out.parent)
    return tally, whole_s, whole


def warm() -> None:
    """Import what the command will, and have compiled what librosa compiles in each process."""
    for name in IMPORTED:
        import_module(name)

    import numpy as np

    from deepsing_bridge.audio.beats import mel_to_beats

    mel_to_beats(np.random.default_rng(0).random((128, 500), np.float32))


def write_song(path: Path) -> Path:
    import soundfile

    from tests.sounds import music

    soundfile.write(path, music(SONG_S), 21_504)
    return path


def _start(song: Path, out: Path) -> int:
    """The process of a story."""
    out.parent.mkdir(exist_ok=True)
    return process_of("story", str(song), "--out", str(out), *WISH, log=log_of(out))


def process_of(*words: str, log: Path) -> int:
    """The process of a command of these `words`, which writes to `log`."""
    sys.stdout.flush()
    if child := os.fork():
        return child
    code = 70
    try:
        written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for stream in (1, 2):
            os.dup2(written, stream)
        sys.argv = ["bridge.py", *words]
        _command_line()
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        os._exit(code)


def _command_line() -> None:
    from deepsing_bridge.cli import main as command_line

    command_line()


def _kill(song: Path, out: Path, chance: random.Random, listened_s: float, whole_s: float, tally: Tally) -> None:
    """One that ended before the moment came is not counted."""
    writing = chance.random() < 0.5
    wait_s = chance.uniform(listened_s if writing else 0.0, whole_s)
    child, start = _start(song, out), time.perf_counter()
    while time.perf_counter() - start < wait_s and is_running(child):
        time.sleep(POLL_S)
    if not is_running(child):
        return
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    tally.kills[_at(out)] += 1


def is_running(child: int) -> bool:
    """Leaves one that has ended to be waited for."""
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None


def end_of(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _at(out: Path) -> str:
    """What it was at when it was killed, by what it has left."""
    there = files_in(out)
    drafts = [name for name in there if name.endswith(".part")]
    if drafts:
        return f"writing {Path(drafts[0]).name.split('.')[1].split('-')[0]}"
    if "report.png" in there:
        return "after the last file"
    return "between two files" if "story.json" in there else "before the first file"


def files_in(folder: Path) -> Files:
    """Every file's bytes; the timeline's without the folder's own path, which it must contain."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {
        name: data.replace(str(folder).encode(), b"") if name == "story.otio" else data for name, data in found.items()
    }


def _inodes(folder: Path) -> dict[str, int]:
    return {
        str(path.relative_to(folder)): path.stat().st_ino
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def _compare(out: Path, whole: Files, tally: Tally, complete: bool) -> None:
    """What has its name is right at any moment; what is hidden only counts at the end, when there is nothing left."""
    there = files_in(out)
    shown = there if complete else {name: data for name, data in there.items() if not Path(name).name.startswith(".")}
    tally.compared += len(shown)
    tally.wrong += [f"{out / name}: other bytes" for name, data in shown.items() if data != whole.get(name)]
    if complete:
        tally.wrong += [f"{out / name}: lost" for name in whole.keys() - there.keys()]


def log_of(out: Path) -> Path:
    return out.parent / "log"


def report(options: argparse.Namespace, tally: Tally, whole_s: float, whole: Files) -> str:
    kinds = "\n".join(f"| killed {kind} | {count} |" for kind, count in sorted(tally.kills.items()))
    wrong = "\n".join(f"- {line}" for line in tally.wrong[:20])
    return f"""{HEADING}

`python -m bench.kills --times {options.times} --seed {options.seed}`: `story` with a song of {SONG_S:g} s, {" ".join(WISH)}, is
killed with SIGKILL at random moments and resumed. What it ends with is compared byte for byte with the folder that was made
without a kill, and so is, after every kill, what is there by then.

| what | counted |
|---|---|
| kills | {tally.kills.total()} |
{kinds}
| stories, each killed up to {MOST_KILLS} times before it may end | {tally.stories} |
| files in a story | {len(whole)}, {sum(map(len, whole.values())):,} bytes |
| files compared | {tally.compared} |
| files that are wrong, lost, left over or made twice | {len(tally.wrong)} |
| seconds of a whole run, and of the last one, median | {whole_s:.1f}, {statistics.median(tally.resumed_s):.1f} |
{wrong}"""


if __name__ == "__main__":
    main()
