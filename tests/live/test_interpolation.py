"""What is seen between painted pictures."""

from dataclasses import replace

import numpy as np
import pytest

from deepsing_bridge.live.interpolation import Keyframe, KeyframeTrack, TimedKeyframe, preview_pass
from deepsing_bridge.render.look import Look
from tests.builders import storyboard

BOARD = storyboard()
LOOK = Look(8, 8, "auto", blend=0.5, morph=0.25)


def keyframe(level: int, scene: int = 0, time_s: float = 0.0) -> Keyframe:
    """A flat picture, painted 40 brighter than it is plain."""
    plain = np.full((8, 8, 3), level, np.uint8)
    return Keyframe(plain, plain + 40, LOOK, BOARD, scene, time_s)


def level(track: KeyframeTrack, now_s: float, blend: float = 0.5) -> int:
    painted = track.seen(now_s, blend).painted
    assert np.array_equal(painted, track.pixels(now_s, blend))
    assert len(np.unique(painted)) == 1
    return int(painted[0, 0, 0])


def test_between_two_pictures_they_are_mixed_in_time() -> None:
    track = KeyframeTrack((TimedKeyframe(keyframe(0), 10.0),)).add(TimedKeyframe(keyframe(100), 12.0), 10.0)
    assert [level(track, t) for t in (9.0, 10.0, 11.0, 11.5, 12.0, 20.0)] == [40, 40, 90, 115, 140, 140]


def test_at_a_cut_they_are_switched_on_time() -> None:
    track = KeyframeTrack((TimedKeyframe(keyframe(0), 10.0),)).add(
        TimedKeyframe(keyframe(100, scene=1), 12.0, cut_s=11.0), 10.0
    )
    assert [level(track, t) for t in (10.5, 10.999, 11.0, 11.5)] == [40, 40, 140, 140]
    assert track.seen(10.9, 0.5).scene == 0
    assert track.seen(11.0, 0.5).scene == 1


def test_pictures_after_a_cut_are_mixed_again() -> None:
    track = KeyframeTrack((TimedKeyframe(keyframe(0), 10.0),))
    track = track.add(TimedKeyframe(keyframe(100), 12.0, cut_s=11.0), 10.0)
    track = track.add(TimedKeyframe(keyframe(200), 13.0), 10.5)
    assert level(track, 10.9) == 40
    assert level(track, 12.0) == 190


def test_another_look_takes_over_from_what_is_seen() -> None:
    track = KeyframeTrack((TimedKeyframe(keyframe(0), 10.0),)).add(TimedKeyframe(keyframe(100), 12.0), 10.0)
    turned = track.replace_from(TimedKeyframe(keyframe(200), 11.1), 11.0, 0.5)
    assert level(turned, 11.0) == level(track, 11.0)
    assert level(turned, 11.1) == 240


def test_old_pictures_are_let_go() -> None:
    track = KeyframeTrack((TimedKeyframe(keyframe(0), 0.0),))
    for n in range(1, 1000):
        track = track.add(TimedKeyframe(keyframe(n % 200), float(n)), n - 0.5)
    assert len(track.keys) <= 3


@pytest.mark.parametrize(("blend", "seen"), [(0.0, 100), (0.25, 120), (0.5, 140), (0.75, 160), (1.0, 180)])
def test_blend_moves_at_once_along_the_line_from_the_plain_picture(blend: float, seen: int) -> None:
    assert level(KeyframeTrack((TimedKeyframe(keyframe(100), 0.0),)), 1.0, blend) == seen


def test_what_is_seen_twice_has_the_same_key() -> None:
    track = KeyframeTrack((TimedKeyframe(keyframe(0), 10.0),)).add(TimedKeyframe(keyframe(100), 12.0), 10.0)
    assert track.key(13.0, 0.5) == track.key(99.0, 0.5)
    assert len({track.key(t, b) for t in (10.5, 11.0) for b in (0.1, 0.5)}) == 4


def test_another_size_is_there_at_once_of_the_same_picture() -> None:
    track = KeyframeTrack((TimedKeyframe(keyframe(0), 10.0),)).add(TimedKeyframe(keyframe(100), 12.0), 10.0)
    wide = track.fitted(16, 4)
    assert wide.pixels(11.0, 0.5).shape == (4, 16, 3)
    assert level(wide, 11.0) == level(track, 11.0)
    assert wide.fitted(16, 4).keys[0].keyframe is wide.keys[0].keyframe


def test_what_is_plain_and_painted_at_once_is_fitted_once() -> None:
    before = keyframe(0)
    fitted = replace(before, painted=before.plain).fitted(16, 4)
    assert fitted.plain is fitted.painted


def test_a_first_coat_has_the_colours_that_stylization_gave_the_picture_before() -> None:
    noise = np.random.default_rng(0).integers(60, 120, (8, 8, 3), np.uint8)
    before = replace(keyframe(0), plain=noise, painted=noise // 2 + 30)
    coat = preview_pass(replace(keyframe(0), plain=noise[::-1].copy()), before)
    assert coat.preview and abs(coat.painted.astype(float) - before.painted[::-1]).mean() < 2
    coat.painted[0] = 0  # as any painted picture: the camera's library wants it so
