"""`cues.toml`: what it may hold, that saving loses nothing of it, and that it is read again when somebody saves it."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.live.clock import SystemClock
from deepsing_bridge.live.commands import SetCues
from deepsing_bridge.live.cues import Cue
from deepsing_bridge.live.events import CueSaved, Problem, TimeAt
from deepsing_bridge.live.hub import Hub
from deepsing_bridge.live.vocabulary import vocabulary
from deepsing_bridge.protocols.cue_file import load_cues, parse_cues, save_cues
from deepsing_bridge.protocols.cues import CueKeeper
from tests.adapters import running

WORDS = vocabulary()
TEXT = """\
# my show

[intro]  # softly
fade_s = 4
blend = 0.2
class = "lake, castle"

# the big one
[drop]
style = "tense"
class = { lake = 0.7, castle = 0.3 }
view = 3 # my favourite
"""


def cue(name: str, fade_s: float = 0.0, classes: object = None, **values: object) -> Cue:
    return Cue(name, MappingProxyType(values), fade_s, classes)  # type: ignore[arg-type]


def test_a_file_is_cues_in_its_order() -> None:
    assert parse_cues(TEXT, WORDS, "cues.toml") == (
        cue("intro", 4.0, (("lake, castle", 1.0),), blend=0.2),
        cue("drop", 0.0, (("lake", 0.7), ("castle", 0.3)), style="tense", view=3),
    )
    assert parse_cues('[all]\nclass = ""', WORDS, "cues.toml") == (cue("all", classes=()),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[drop]\nblend = 3", "cues.toml, [drop], blend: expected 0..1, got 3"),
        ("[drop]\nblond = 0.3", "cues.toml, [drop]: 'blond' is not known; there are fade_s, class, noise, blend,"),
        ("[drop]\nfade_s = -1", "cues.toml, [drop], fade_s: expected 0..3600, got -1"),
        ("[drop]\nclass = 7", "cues.toml, [drop], class: expected text"),
        ("[drop]\nclass = { lake = 1000 }", "cues.toml, [drop], class: expected 0..100, got 1000"),
        ("[save]\nblend = 0.3", "cues.toml: expected up to 40 of A-Z"),
        ('["../x"]\nblend = 0.3', "cues.toml: expected up to 40 of A-Z"),
        ("blend = 0.3", "cues.toml: blend: expected a cue, which begins with its name in brackets: [blend]"),
        ("[drop\n", "cues.toml: not TOML: "),
        ("[drop]\nx = " + "[" * 5000, "cues.toml: not TOML: nested too deeply"),
        ("a." * 100 + "b = 1", "expected at most 50 dots in a line"),
        ("".join(f"[c{n}]\n" for n in range(300)), "cues.toml: expected at most 256 cues, got 300"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_place(text: str, said: str) -> None:
    with pytest.raises(BridgeError) as error:
        parse_cues(text, WORDS, "cues.toml")
    assert str(error.value).startswith(said) or said in str(error.value)
    assert "\n" not in str(error.value) and len(str(error.value)) < 400


def test_saving_keeps_comments_order_and_all_other_cues(tmp_path: Path) -> None:
    path = tmp_path / "cues.toml"
    path.write_text(TEXT)
    save_cues(path, [cue("drop", 0.0, (("lake", 0.7), ("castle", 0.3)), style="calm", view=3)], WORDS)
    assert path.read_text() == TEXT.replace('"tense"', '"calm"')
    save_cues(path, [cue("new", classes=(), blend=0.123456789, freeze=True)], WORDS)
    assert path.read_text().startswith(TEXT.replace('"tense"', '"calm"'))
    assert load_cues(path, WORDS)[2] == cue("new", classes=(), blend=0.1235, freeze=True)


def test_a_file_that_is_not_there_begins_with_an_explanation(tmp_path: Path) -> None:
    path = tmp_path / "show" / "cues.toml"
    assert load_cues(path, WORDS) == ()
    save_cues(path, [cue("drop", 2.0, (("lake", 2.0), ("car", 1.0)), blend=0.5)], WORDS)
    assert load_cues(path, WORDS) == (cue("drop", 2.0, (("lake", 2.0), ("car", 1.0)), blend=0.5),)
    assert "Parameters: noise, blend," in path.read_text()


def test_a_file_with_a_mistake_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "cues.toml"
    path.write_text("[drop\n")
    with pytest.raises(BridgeError, match="not TOML"):
        save_cues(path, [cue("new", blend=0.5)], WORDS)
    assert path.read_text() == "[drop\n"


class Kept:
    """A keeper of cues in `path`, and what it says."""

    def __init__(self, path: Path) -> None:
        self.path, self.hub = path, Hub(WORDS, SystemClock())
        self.events = self.hub.subscribe()
        self.told: list[object] = []

    def until(self, holds: Callable[[list[object]], bool]) -> list[object]:
        deadline = time.monotonic() + 10
        while not holds(self.told):
            assert time.monotonic() < deadline, self.told
            self.told += [*self.events.take(0.02), *self.hub.inbox.take(0)]
        told, self.told = self.told, []
        return told


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    path = tmp_path / "cues.toml"
    path.write_text(TEXT)
    made = Kept(path)
    with running(CueKeeper(made.hub, path)):
        made.until(lambda told: SetCues(parse_cues(TEXT, WORDS, "")) in told)
        yield made


def problems(told: list[object]) -> list[str]:
    return [event.text for event in told if isinstance(event, Problem)]


def test_a_file_that_is_saved_is_read_at_once(kept: Kept) -> None:
    kept.path.write_text("[drop]\nblend = 0.75\n")
    kept.until(lambda told: told == [SetCues((cue("drop", blend=0.75),))])


def test_a_mistake_is_told_once_and_the_cues_of_before_stay(kept: Kept) -> None:
    kept.path.write_text("[drop]\nblend = 7.5\n")
    told = kept.until(lambda told: bool(problems(told)))
    assert told == [Problem(f"the cues of before stay: {kept.path}, [drop], blend: expected 0..1, got 7.5")]
    time.sleep(0.6)
    kept.path.write_text("[drop]\nblend = 0.5\n")
    assert not problems(kept.until(lambda told: SetCues((cue("drop", blend=0.5),)) in told))


def test_a_file_that_is_gone_takes_no_cue_with_it_and_comes_back(kept: Kept) -> None:
    kept.path.unlink()
    time.sleep(0.5)
    assert not kept.hub.inbox.take(0)
    kept.path.write_text("[back]\n")
    kept.until(lambda told: SetCues((cue("back"),)) in told)


def test_what_is_saved_live_is_written_there_even_at_the_last_moment(tmp_path: Path) -> None:
    made = Kept(tmp_path / "cues.toml")
    with running(CueKeeper(made.hub, made.path)):
        made.hub.post(CueSaved("late", cue("late", blend=0.5)))
    assert load_cues(made.path, WORDS) == (cue("late", blend=0.5),)


def test_what_cannot_be_written_is_told_and_is_in_the_file_once_that_is_mended(kept: Kept) -> None:
    kept.path.write_text("[drop\n")
    kept.hub.post(CueSaved("new", cue("new", blend=0.5)))
    said = problems(kept.until(lambda told: any("not written" in text for text in problems(told))))
    assert any(text.startswith("not written down yet are the cues new: ") for text in said)
    assert kept.path.read_text() == "[drop\n"
    kept.path.write_text("[drop]\n")
    kept.until(lambda told: SetCues((cue("drop"), cue("new", blend=0.5))) in told)
    kept.until(lambda told: kept.path.read_text() == "[drop]\n\n[new]\nblend = 0.5\n")


def test_what_cannot_be_written_until_the_end_is_in_a_file_beside(tmp_path: Path) -> None:
    made = Kept(tmp_path / "cues.toml")
    (tmp_path / "cues-2.toml").mkdir()
    with running(CueKeeper(made.hub, made.path)):
        made.path.write_text("[drop\n")
        made.hub.post(CueSaved("late", cue("late", blend=0.5)))
    assert made.path.read_text() == "[drop\n"
    assert load_cues(tmp_path / "cues-3.toml", WORDS) == (cue("late", blend=0.5),)


def test_what_can_be_written_at_the_end_is_in_the_file_and_not_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deepsing_bridge.protocols.cue_file.write_text", full := Full())
    made = Kept(tmp_path / "cues.toml")
    with running(CueKeeper(made.hub, made.path)):
        made.hub.post(CueSaved("drop", cue("drop", blend=0.5)))
        made.until(lambda told: any("not written" in text for text in problems(told)))
        full.now = False
    assert load_cues(made.path, WORDS) == (cue("drop", blend=0.5),)
    assert [path.name for path in tmp_path.iterdir()] == ["cues.toml"]


class Full:
    """A disk that is full, while it is."""

    now = True

    def __call__(self, path: Path, text: str) -> None:
        if self.now:
            raise BridgeError(f"{path}: No space left on device")
        path.write_text(text)


def test_where_the_file_is_gone_a_cue_that_is_saved_takes_all_others_with_it(kept: Kept) -> None:
    kept.path.unlink()
    kept.hub.post(CueSaved("new", cue("new", blend=0.5)))
    kept.until(lambda told: kept.path.exists())
    assert load_cues(kept.path, WORDS) == (*parse_cues(TEXT, WORDS, ""), cue("new", blend=0.5))


def test_many_cues_are_written_at_once_and_none_is_lost_in_a_flood_of_other_events(kept: Kept) -> None:
    for number in range(200):
        kept.hub.post(CueSaved(f"c{number}", cue(f"c{number}", blend=0.5)))
        for _ in range(20):
            kept.hub.post(TimeAt(number))
    kept.until(lambda told: len(load_cues(kept.path, WORDS)) == 202)
    assert kept.path.read_text().startswith(TEXT)


@pytest.mark.parametrize("there", [lambda path: path.mkdir(), lambda path: path.write_bytes(b"\xff" * 9)])
def test_what_is_no_file_of_cues_is_told_and_comes_back(kept: Kept, there: Callable[[Path], object]) -> None:
    kept.path.rename(kept.path.with_name("before"))
    there(kept.path)
    assert "the cues of before stay: " in str(problems(kept.until(lambda told: bool(problems(told)))))
    kept.path.rename(kept.path.with_name("nonsense"))
    kept.path.write_text("[back]\n")
    kept.until(lambda told: SetCues((cue("back"),)) in told)


def test_a_file_with_a_mistake_is_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "cues.toml").write_text("[drop]\nblend = 7.5\n")
    with pytest.raises(BridgeError, match="blend: expected 0"):
        CueKeeper(Hub(WORDS, SystemClock()), tmp_path / "cues.toml")
