from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge.core.types import Sentiment
from deepsing_bridge.footage.choice import Choice, Want, choose
from deepsing_bridge.footage.media import MediaFile
from deepsing_bridge.footage.shot import Look, Shot

RATE = Fraction(30000, 1001)


def media(name: str, seconds: float = 20.0, rate: Fraction = RATE) -> MediaFile:
    return MediaFile(Path(f"/{name}"), name, rate, round(seconds * rate), 0, 640, 360)


def film(
    name: str,
    feelings: Sequence[tuple[float, float]],
    seconds: float = 20.0,
    motion: float = 0.1,
    brightness: float = 0.4,
    sharpness: float = 0.5,
) -> Shot:
    """A shot of its own file with `feelings`, valence and arousal, evenly over it."""
    of = media(name, seconds)
    places = np.linspace(0, of.frames, len(feelings), endpoint=False).astype(int).tolist()
    looks = (Look(at, *told, motion, brightness, sharpness) for at, told in zip(places, feelings, strict=True))
    return Shot(of, 0, of.frames, tuple(looks))


def photo(name: str, valence: float, arousal: float) -> Shot:
    return Shot(
        MediaFile(Path(f"/{name}"), name, Fraction(0), 0, 0, 640, 480), 0, 0, (Look(0, valence, arousal, 0, 0.4, 0.5),)
    )


def want(valence: float, arousal: float, duration_s: float = 4.0, energy: float = 0.5) -> Want:
    return Want(Sentiment(valence, arousal), duration_s, energy)


def folder(count: int, seed: int = 0, seconds: float = 20.0) -> list[Shot]:
    points = np.random.default_rng(seed).normal(size=(count, 2)) * 0.3 + (0.8, -0.4)  # a merry, calm folder
    return [film(f"{number:03}.mov", [tuple(point)], seconds) for number, point in enumerate(points.tolist())]


def song(count: int, seed: int = 1) -> list[Want]:
    rng = np.random.default_rng(seed)
    return [want(*rng.normal(size=2).tolist(), duration_s=float(rng.uniform(2, 8))) for _ in range(count)]


def names(choices: Sequence[Choice]) -> list[str]:
    return [choice.subclip.media.path.name if choice.subclip else "" for choice in choices]


def test_each_scene_shows_what_feels_like_it_in_this_folder() -> None:
    shots = [film(f"{v:+}{a:+}", [(2 + 0.2 * v, 0.2 * a)]) for v in (-1, 1) for a in (-1, 1)]
    wants = [want(v, a) for a in (-1, 1) for v in (1, -1)]
    choices = choose(shots, wants)
    assert names(choices) == ["+1-1", "-1-1", "+1+1", "-1+1"]
    assert max(choice.distance for choice in choices) < 0.1


def test_what_is_shown_correlates_with_what_is_asked() -> None:
    shots, wants = folder(120), song(40)
    seen = {shot.media.path.name: shot for shot in shots}
    for axis in ("valence", "arousal"):
        shown = [seen[name].mean(axis) for name in names(choose(shots, wants))]
        assert np.corrcoef(shown, [getattr(one.sentiment, axis) for one in wants])[0, 1] > 0.9


def test_no_shot_comes_twice_while_others_are_unused() -> None:
    shots = folder(20)
    for scenes in (15, 20, 47):
        counts = np.unique(names(choose(shots, song(scenes))), return_counts=True)[1]
        assert len(counts) == min(scenes, 20)
        assert counts.max() == -(-scenes // 20)


def test_neighbours_differ() -> None:
    shots = folder(3)
    shown = names(choose(shots, [want(1, 1)] * 9))
    assert all(one != other for one, other in pairwise(shown))
    shots_of_two_films = [
        Shot(media(name, 60), 300 * part, 300, (Look(300 * part, 0.1 * part, 0.1 * part, 0.1, 0.4, 0.5),))
        for name in ("a", "b")
        for part in range(4)
    ]
    shown = names(choose(shots_of_two_films, [want(0, 0)] * 8))
    assert sum(one == other for one, other in pairwise(shown)) <= 1


def test_a_shot_is_as_long_as_its_scene() -> None:
    shots = [film("short", [(1, 1)], 3.0), film("long", [(-1, -1)], 12.0)]
    wants = [want(1, 1, 8.0), want(-1, -1, 2.0)]
    assert names(choose(shots, wants)) == ["long", "short"]


def test_what_is_longer_than_every_shot_gets_none_but_a_photo_lasts() -> None:
    shots = [film("short", [(1, 1)], 3.0)]
    assert choose(shots, [want(1, 1, 8.0)]) == [Choice(None, np.inf)]
    assert names(choose([*shots, photo("photo", -1, -1)], [want(1, 1, 8.0)])) == ["photo"]
    assert choose([], [want(0, 0)]) == [Choice(None, np.inf)]
    assert choose(shots, []) == []


def test_of_a_long_shot_the_part_is_shown_that_fits_best() -> None:
    course = [(-1.0, 0.0)] * 5 + [(1.0, 0.0)] * 5 + [(0.0, 2.0)] * 5
    long = film("long", course, 60.0)
    for valence, arousal, earliest_s, latest_s in ((-3, 0, 0, 16), (2, -1, 20, 36), (-1, 3, 40, 56)):
        (choice,) = choose([long], [want(valence, arousal)])
        assert choice.subclip
        assert earliest_s <= choice.subclip.first / RATE <= latest_s, (valence, arousal)


def test_a_shot_that_comes_again_shows_another_part() -> None:
    long = film("long", [(0, 0)], 60.0)
    firsts = sorted(choice.subclip.first for choice in choose([long], [want(0, 0)] * 6) if choice.subclip)
    assert len(firsts) == 6
    assert min(np.diff(firsts)) >= 4.0 * RATE - 1


def test_no_picture_of_a_neighbouring_shot_is_shown() -> None:
    of = media("edited", 30)
    shots = [
        Shot(of, first, 160, (Look(first, first / 500, -first / 500, 0.1, 0.4, 0.5),)) for first in (0, 160, 320, 480)
    ]
    for choice in choose(shots, [want(v, -v, 5.0) for v in (-1.5, -0.5, 0.5, 1.5)]):
        assert choice.subclip
        begins = choice.subclip.first // 160 * 160
        assert begins + 2 <= choice.subclip.first
        assert choice.subclip.first + 5.0 * RATE <= begins + 160 - 2


def test_loud_music_moves() -> None:
    shots = [film(f"{motion}", [(0, 0)], motion=motion) for motion in (0.01, 0.05, 0.2, 0.8)]
    wants = [want(0, 0, energy=energy) for energy in (0.9, 0.1, 0.6, 0.35)]
    assert names(choose(shots, wants)) == ["0.8", "0.01", "0.2", "0.05"]


@pytest.mark.parametrize("fault", [{"brightness": 0.01}, {"sharpness": 0.02}])
def test_what_shows_nothing_comes_only_where_nothing_else_fits(fault: dict[str, float]) -> None:
    shots = [*folder(4, seconds=6.0), film("bad", [(0.8, -0.4)], 30.0, **fault)]
    assert "bad" not in names(choose(shots, [want(0, 0)] * 7))
    assert names(choose(shots, [want(0, 0), want(0, 0, 20.0)]))[1] == "bad"


def test_a_seed_gives_the_same_and_another_another() -> None:
    shots, wants = folder(200), song(40)
    assert choose(shots, wants, 1) == choose(shots, wants, 1)
    assert choose(shots, wants, 1) != choose(shots, wants, 2)


def test_a_folder_whose_shots_are_alike_is_no_reason_to_fail() -> None:
    shots = [film(f"{number}", [(0.5, 0.5)]) for number in range(5)]
    assert len(set(names(choose(shots, song(5))))) == 5
    assert names(choose([photo("a", 0, 0), photo("b", 0, 0)], [want(0, 0), want(3, 3)])) in (["a", "b"], ["b", "a"])
