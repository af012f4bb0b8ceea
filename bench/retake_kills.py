"""Retakes that are killed again and again: the result in docs/soak.md, under Killed retakes.

    python -m bench.retake_kills [--times 60] [--seed 16]

Makes a short story, and then kills `retake`, `retake --undo` and what finishes them with SIGKILL at random moments. After
each kill every file of the story is compared, byte for byte: each is the old one, the new one, or not there yet. Then the
story is finished by `retake STORY`, and must be the old story or the new one, whole; and what was killed is run
once more, and must give what it gives without a kill.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from .kills import ONE_THREAD, WISH, end_of, files_in, is_running, log_of, process_of, warm, write_song

HEADING = "## Killed retakes"
CHANGE = ("--scene", "1-2")
POLL_S = 0.002

Files = dict[str, bytes]


@dataclass
class Tally:
    kills: Counter[str] = field(default_factory=Counter)
    compared: int = 0  # files
    wrong: list[str] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=60)
    parser.add_argument("--seed", type=int, default=16)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ |= dict.fromkeys(ONE_THREAD, "1") | {"XDG_DATA_HOME": name, "XDG_CACHE_HOME": name}
        warm()
        tally, whole_s = kill_retakes(folder / "story", write_song(folder / "song.wav"), options)
    print(report(options, tally, whole_s))
    sys.exit(1 if tally.wrong else 0)


def kill_retakes(story: Path, song: Path, options: argparse.Namespace) -> tuple[Tally, float]:
    """What came of it, and how long a retake takes that nobody kills."""
    chance, tally = random.Random(options.seed), Tally()
    _run("story", str(song), "--out", str(story), *WISH, story=story)
    old, kept, began = shown(story), story.with_name("kept"), time.perf_counter()
    shutil.copytree(story, kept)
    _run("retake", str(story), *CHANGE, story=story)
    whole_s, new, changed = time.perf_counter() - began, shown(story), story.with_name("changed")
    shutil.copytree(story, changed)
    while tally.kills.total() < options.times:
        undoing = chance.random() < 0.3
        _put(changed if undoing else kept, story)
        words = ("--undo",) if undoing else CHANGE
        for _ in range(chance.randint(1, 3)):
            _kill(story, words, chance.uniform(0.2, 1.0) * whole_s, tally)
            _compare(story, old, new, tally)
        _finish(story, words, old, new, tally)
        print(f"{tally.kills.total()} kills, {len(tally.wrong)} wrong", file=sys.stderr)
    return tally, whole_s


def shown(story: Path) -> Files:
    """The story's files, but for what remembers its other states."""
    there = files_in(story)
    hidden = ("edits.json", str(Path("media") / "alternates"), ".")
    return {name: data for name, data in there.items() if not name.startswith(hidden) and "/." not in name}


def _put(source: Path, story: Path) -> None:
    shutil.rmtree(story)
    shutil.copytree(source, story)


def _run(*words: str, story: Path) -> None:
    if (code := end_of(process_of(*words, log=log_of(story)))) != 0:
        sys.exit(f"{' '.join(words)} ended with {code}: {log_of(story).read_text(errors='replace')[-2000:]}")


def _kill(story: Path, words: tuple[str, ...], wait_s: float, tally: Tally) -> None:
    """One that ended before the moment came is not counted. What was changed already is not changed once more."""
    done = (story / "edits.json").exists() if words == CHANGE else '"done": 0' in (story / "edits.json").read_text()
    child, began = process_of("retake", str(story), *(() if done else words), log=log_of(story)), time.perf_counter()
    while time.perf_counter() - began < wait_s and is_running(child):
        time.sleep(POLL_S)
    if not is_running(child):
        end_of(child)
        return
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    tally.kills["finishing" if done else "--undo" if words != CHANGE else "retake"] += 1


def _compare(story: Path, old: Files, new: Files, tally: Tally) -> None:
    there = shown(story)
    tally.compared += len(there)
    tally.wrong += [
        f"{name}: other bytes" for name, data in there.items() if data not in (old.get(name), new.get(name))
    ]
    tally.wrong += [f"{name}: lost" for name in ("story.json", "media/song.wav") if name not in there]


def _finish(story: Path, words: tuple[str, ...], old: Files, new: Files, tally: Tally) -> None:
    """By the story's name alone; and, where it is as before then, by the same words."""
    before, after = (old, new) if words == CHANGE else (new, old)
    _run("retake", str(story), story=story)
    if (there := shown(story)) != after:
        tally.wrong += [] if there == before else [f"{words}: neither the old story nor the new one"]
        _run("retake", str(story), *words, story=story)
        tally.wrong += [] if shown(story) == after else [f"{words}: done again, it is another story"]
    tally.compared += len(there)
    tally.wrong += [f"{path}: left over" for path in story.rglob("*.part")]


def report(options: argparse.Namespace, tally: Tally, whole_s: float) -> str:
    kinds = "\n".join(f"| killed: {kind} | {count} |" for kind, count in sorted(tally.kills.items()))
    wrong = "\n".join(f"- {line}" for line in tally.wrong[:20])
    return f"""{HEADING}

`python -m bench.retake_kills --times {options.times} --seed {options.seed}`: `retake {" ".join(CHANGE)}` and `retake --undo` are
killed with SIGKILL at random moments, up to three times before they may end. After each kill, and at the end, every file is
compared byte for byte with that of the story before or after the change.

| what | counted |
|---|---|
| kills | {tally.kills.total()} |
{kinds}
| files compared | {tally.compared} |
| files that are neither the old nor the new, lost or left over | {len(tally.wrong)} |
| seconds of a retake that nobody kills | {whole_s:.1f} |
{wrong}"""


if __name__ == "__main__":
    main()
