from pathlib import Path

import pytest

from deepsing_bridge.hosts.recent import MOST, recent, remember, stories_file


@pytest.fixture(autouse=True)
def empty_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def story(folder: Path) -> Path:
    folder.mkdir()
    (folder / "story.otio").touch()
    return folder


def test_without_any_story_the_list_is_empty() -> None:
    assert recent() == []


def test_the_newest_story_is_first_and_in_once(tmp_path: Path) -> None:
    one, two = story(tmp_path / "ein schönes Lied"), story(tmp_path / "two")
    for made in (one, two, one):
        remember(made)
    assert recent() == [one, two]
    assert stories_file().read_text(encoding="utf-8") == f"{one}\n{two}\n"


@pytest.mark.parametrize("name", ["a\u2028b", "a\x85b", "a\x0cb"], ids=ascii)
def test_a_name_with_what_ends_a_line_elsewhere_is_kept(name: str, tmp_path: Path) -> None:
    remember(story(tmp_path / name))
    assert recent() == [tmp_path / name]


def test_a_story_that_was_deleted_is_not_offered(tmp_path: Path) -> None:
    gone, there = story(tmp_path / "gone"), story(tmp_path / "there")
    remember(there)
    remember(gone)
    (gone / "story.otio").unlink()
    assert recent() == [there]


def test_the_list_does_not_grow_without_end(tmp_path: Path) -> None:
    for number in range(MOST + 5):
        remember(story(tmp_path / str(number)))
    assert len(recent()) == MOST
    assert recent()[0] == tmp_path / str(MOST + 4)


@pytest.mark.parametrize("damage", [b"\xff\xfe/\0a\0", b"/" + b"x" * 300 + b"\n/a\0b\n", b"/a\n" * 1_000_000])
def test_a_damaged_list_begins_anew(damage: bytes, tmp_path: Path) -> None:
    stories_file().parent.mkdir(parents=True, exist_ok=True)
    stories_file().write_bytes(damage)
    assert recent() == []
    remember(story(tmp_path / "a"))
    assert recent() == [tmp_path / "a"]
