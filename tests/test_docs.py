"""What the pages and plugins say exists: OSC addresses, commands, options, controllers, and Reaper's pattern file."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer

from deepsing_bridge.cli import app
from deepsing_bridge.live.messages import MESSAGES, ROOT
from deepsing_bridge.live.parameters import PARAMETERS
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.midi.map import load_map
from deepsing_bridge.protocols.osc.codec import TRIGGER, Incoming, parse
from deepsing_bridge.protocols.osc.hosts import HOST_MESSAGES, REAPER, TRACKS
from deepsing_bridge.protocols.osc.intake import TOKEN

TOP = Path(__file__).parent.parent
PAGES = [
    *(TOP / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((TOP / "docs").rglob("*.md")),
    *sorted((TOP / "plugins").rglob("*.md")),
]
SOURCES = [path for path in sorted((TOP / "plugins").rglob("*")) if path.suffix in (".py", ".lua")]

KNOWN = {known.address for known in (*PARAMETERS, *MESSAGES, *HOST_MESSAGES)}
ASKED_FOR = {address.replace("/get/", "/start_listen/") for address in KNOWN if "/live/song/get/" in address}
"""What AbletonOSC is asked, so that it tells what we understand."""

OURS = re.compile(rf"(?<![\w.~/-])(?:{ROOT}|/live)/[\w/@]*")
REAPERS = re.compile(r"(?<![\w.~/-])/(?:play|stop|pause|time|tempo|track)(?:/[\w@]+)*(?![\w/.-])")
SPAN = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
COMMAND = re.compile(r"bridge\.py(?: (?:\"[^\"]*\"|[^\s`|\"#);]+))*")


class Place(NamedTuple):
    """Where something is said, so that a failure names it."""

    page: Path
    line: int
    said: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(TOP)}:{self.line}: {self.said}"


def found(pattern: re.Pattern[str], page: Path, text: str, start: int = 0) -> Iterator[Place]:
    for match in pattern.finditer(text):
        yield Place(page, page.read_text("utf-8").count("\n", 0, start + match.start()) + 1, match[0])


def code(page: Path) -> Iterator[re.Match[str]]:
    """Code spans and code blocks of a page."""
    return SPAN.finditer(page.read_text("utf-8"))


def addresses(page: Path) -> Iterator[Place]:
    text = page.read_text("utf-8")
    yield from found(OURS, page, text)
    for span in code(page) if page.suffix == ".md" else [re.compile(".*", re.DOTALL).match(text)]:
        assert span
        yield from found(REAPERS, page, span[0], span.start())


def exists(address: str) -> bool:
    """An address that goes on in a variable is known by how it begins; a track's number is anyone's."""
    numbered = re.sub(r"/track/\d+/", "/track/@/", address)
    known = KNOWN | ASKED_FOR | {TOKEN, f"{ROOT}/cue/NAME"}
    return numbered in known or (address.endswith("/") and any(name.startswith(address) for name in known))


@pytest.mark.parametrize("page", [*PAGES, *SOURCES], ids=lambda page: str(page.relative_to(TOP)))
def test_every_address_exists(page: Path) -> None:
    assert [str(place) for place in addresses(page) if not exists(place.said)] == []


@cache
def tree() -> Any:
    return typer.main.get_command(app)


def options(command: Any) -> set[str]:
    return {"--help"}.union(*(set(param.opts) | set(param.secondary_opts) for param in command.params))


def wrong(words: list[str], command: Any) -> Iterator[str]:
    """What of `words`, a command's as they are typed, `command` does not know."""
    if words and hasattr(command, "commands"):
        name, *rest = words
        if name.startswith("-"):
            yield from (word for word in words if word.startswith("--") and word not in options(command))
        elif name in command.commands:
            yield from wrong(rest, command.commands[name])
        else:
            yield name
        return
    yield from (word for word in words if word.startswith("--") and word not in options(command))


def commands(page: Path) -> Iterator[Place]:
    """Each `bridge.py …` in code, up to the end of its line."""
    for span in code(page):
        yield from found(COMMAND, page, span[0].replace("\\\n", " "), span.start())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_every_command_and_option_exists(page: Path) -> None:
    complaints = [f"{place}: {bad}" for place in commands(page) for bad in wrong(place.said.split()[1:], tree())]
    assert complaints == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_options_in_passing_exist(page: Path) -> None:
    """`--songs`, or `serve --record FOLDER`, in the middle of a sentence."""
    every = set().union(*map(options, leaves(tree())))
    complaints = []
    for span in code(page):
        first, *rest = span[0].strip("`").split() or [""]
        if span[0].startswith("```"):
            continue
        if first.startswith("--"):
            complaints += [f"{span[0]}: no command has it"] if first.split("=")[0] not in every else []
        elif first in tree().commands and any(word.startswith("--") for word in rest):
            complaints += [f"{span[0]}: {bad}" for bad in wrong([first, *rest], tree())]
    assert complaints == []


def leaves(command: Any) -> Iterator[Any]:
    yield command
    for below in getattr(command, "commands", {}).values():
        yield from leaves(below)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("play with `/deepsing/plays`", "/deepsing/plays"),
        ("`/deepsing/param/nose`", "/deepsing/param/nose"),
        ("ask /live/song/start_listen/metronome", "/live/song/start_listen/metronome"),
        ("`/track/3/pan`", "/track/3/pan"),
        ("`/deepsing/params/`", "/deepsing/params/"),
    ],
)
def test_a_wrong_address_is_found(text: str, complaint: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)
    assert [place.said for place in addresses(page) if not exists(place.said)] == [complaint]


def test_right_addresses_and_paths_are_no_mistakes(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "`/deepsing/param/blend`, `/deepsing/param/`, `/track/12/volume`, /live/song/get/tempo, `docs/live.md`,"
        " `/tmp/deepsing/x`, play/stop, `~/deepsing/y`, `/time`, `/tracks`, `/play.wav`"
    )
    assert [place.said for place in addresses(page) if not exists(place.said)] == []
    assert len(list(addresses(page))) == 5


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("bridge.py stories song.flac", "stories"),
        ("bridge.py midi teach blend", "teach"),
        ("bridge.py story song.flac --blends 0.4", "--blends"),
        ("bridge.py plugins install reaper --wet-run", "--wet-run"),
        ("bridge.py --versions", "--versions"),
    ],
)
def test_a_wrong_command_is_found(line: str, complaint: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"```sh\npython {line}   # words\n```\n")
    assert [bad for place in commands(page) for bad in wrong(place.said.split()[1:], tree())] == [complaint]


def test_every_command_of_the_readme_is_looked_at() -> None:
    """So that the search itself cannot fail unseen."""
    first_words = {place.said.split()[1] for place in commands(TOP / "README.md") if place.said.split()[1:]}
    assert {"story", "serve", "view", "midi", "finish", "doctor", "vocabulary"} <= first_words


def pattern() -> list[list[str]]:
    """Reaper's pattern file, in words, read as Reaper does: lines that begin with # are for people."""
    lines = (TOP / "plugins/reaper/deepsing.ReaperOSC").read_text("ascii").splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


def test_reapers_pattern_sends_what_is_understood_of_reaper_and_nothing_else() -> None:
    sent = {word[1:]: word[0] for action, *words in pattern() if action not in SETTINGS for word in words}
    assert sent == {entry.address: flag(entry) for entry in HOST_MESSAGES if entry.host == REAPER}


def test_reapers_pattern_names_reapers_actions() -> None:
    """One that Reaper does not know makes it refuse the file (csurf_osc.cpp `LoadCfgContext`)."""
    lines = {action: words for action, *words in pattern()}
    assert {action for action in lines if action not in SETTINGS} == {
        "PLAY",
        "STOP",
        "PAUSE",
        "TIME",
        "TEMPO",
        "TRACK_NAME",
        "TRACK_VOLUME",
    }
    assert {action: words for action, words in lines.items() if action in SETTINGS} == {
        action: [value] for action, value in SETTINGS.items()
    }


SETTINGS = {
    "DEVICE_TRACK_COUNT": str(TRACKS),
    "REAPER_TRACK_FOLLOWS": "REAPER",
    "DEVICE_TRACK_FOLLOWS": "DEVICE",
    "DEVICE_TRACK_BANK_FOLLOWS": "DEVICE",
}


def flag(entry: Any) -> str:
    """Reaper's letter for what an entry takes: a trigger, a number as it is, one from 0 to 1, or text."""
    if entry.field is TRIGGER:
        return "t"
    return {"text": "s", "float": "n" if entry.address.endswith("/volume") else "f"}[entry.field.kind]


def test_the_line_for_ableton_asks_as_the_ones_above_it_do() -> None:
    page = (TOP / "docs/ableton.md").read_text("utf-8")
    asked = re.findall(r"^oscsend 127\.0\.0\.1 11000 (\S+)$", page, re.MULTILINE)
    (script,) = re.findall(r'^python -c "(.*)"$', page, re.MULTILINE)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as live:
        live.bind(("127.0.0.1", 0))
        live.settimeout(10)
        here = script.replace("11000", str(live.getsockname()[1]))
        subprocess.run([sys.executable, "-c", here], check=True, timeout=60)
        heard = [message for _ in asked for message in parse(live.recv(2048))]
    assert heard == [Incoming(address, ()) for address in asked]
    assert asked[0] == "/live/song/start_listen/tempo"


def test_the_daw_pages_controllers_are_the_vocabularys() -> None:
    rows = re.findall(r"^\| (\d+) \| (\w+) \|$", (TOP / "docs/daw.md").read_text("utf-8"), re.MULTILINE)
    assert [(int(number), name) for number, name in rows] == [(p.cc, p.name) for p in PARAMETERS if p.cc is not None]


def test_the_daws_map_listens_at_once_and_sends_nothing_back() -> None:
    controls = load_map(TOP / "examples/daw.toml", vocabulary()).controls
    assert {(c.controller, c.parameter) for c in controls} == {(p.cc, p.name) for p in PARAMETERS if p.cc is not None}
    assert {(c.takeover, c.feedback) for c in controls} == {("jump", False)}


def test_links_between_pages_lead_somewhere() -> None:
    links = [
        (page, link.partition("#")[0])
        for page in PAGES
        for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
        if not re.match(r"https?:|#", link)
    ]
    assert [f"{page}: {link}" for page, link in links if not (page.parent / link).exists()] == []
