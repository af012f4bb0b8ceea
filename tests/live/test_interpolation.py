"""What is seen between painted pictures."""

import numpy as np
import pytest

from deepsing_bridge.live.controls import Look
from deepsing_bridge.live.interpolation import Due, Keyframe, Reel, fit
from tests.builders import storyboard

BOARD = storyboard()
LOOK = Look(0.1, 0.5, 1.0, 0.25, 0.0, 0.0, "auto", 0)


def shot(level: int, scene: int = 0, time_s: float = 0.0) -> Keyframe:
    """A flat picture, painted 40 brighter than it is plain."""
    plain = np.full((8, 8, 3), level, np.uint8)
    return Keyframe(plain, plain + 40, LOOK, BOARD, scene, time_s)


def level(reel: Reel, now_s: float, blend: float = 0.5) -> int:
    painted = reel.seen(now_s, blend).painted
    assert len(np.unique(painted)) == 1
    return int(painted[0, 0, 0])


def test_between_two_pictures_they_are_mixed_in_time() -> None:
    reel = Reel((Due(shot(0), 10.0),)).add(Due(shot(100), 12.0), 10.0)
    assert [level(reel, t) for t in (9.0, 10.0, 11.0, 11.5, 12.0, 20.0)] == [40, 40, 90, 115, 140, 140]


def test_at_a_cut_they_are_switched_on_time() -> None:
    reel = Reel((Due(shot(0), 10.0),)).add(Due(shot(100, scene=1), 12.0, cut_s=11.0), 10.0)
    assert [level(reel, t) for t in (10.5, 10.999, 11.0, 11.5)] == [40, 40, 140, 140]
    assert reel.seen(10.9, 0.5).scene == 0
    assert reel.seen(11.0, 0.5).scene == 1


def test_pictures_after_a_cut_are_mixed_again() -> None:
    reel = Reel((Due(shot(0), 10.0),)).add(Due(shot(100), 12.0, cut_s=11.0), 10.0).add(Due(shot(200), 13.0), 10.5)
    assert level(reel, 10.9) == 40
    assert level(reel, 12.0) == 190


def test_another_look_takes_over_from_what_is_seen() -> None:
    reel = Reel((Due(shot(0), 10.0),)).add(Due(shot(100), 12.0), 10.0)
    turned = reel.replace_from(Due(shot(200), 11.1), 11.0, 0.5)
    assert level(turned, 11.0) == level(reel, 11.0)
    assert level(turned, 11.1) == 240


def test_old_pictures_are_let_go() -> None:
    reel = Reel((Due(shot(0), 0.0),))
    for n in range(1, 1000):
        reel = reel.add(Due(shot(n % 200), float(n)), n - 0.5)
    assert len(reel.dues) <= 3


@pytest.mark.parametrize(("blend", "seen"), [(0.0, 100), (0.25, 120), (0.5, 140), (0.75, 160), (1.0, 180)])
def test_blend_moves_at_once_along_the_line_from_the_plain_picture(blend: float, seen: int) -> None:
    assert level(Reel((Due(shot(100), 0.0),)), 1.0, blend) == seen


def test_what_is_seen_twice_has_the_same_key() -> None:
    reel = Reel((Due(shot(0), 10.0),)).add(Due(shot(100), 12.0), 10.0)
    assert reel.key(13.0, 0.5) == reel.key(99.0, 0.5)
    assert len({reel.key(t, b) for t in (10.5, 11.0) for b in (0.1, 0.5)}) == 4


def test_a_wide_frame_shows_the_middle_of_the_picture() -> None:
    rows = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 256, axis=1)
    wide = fit(np.stack([rows] * 3, axis=2), 512, 256)
    assert wide.shape == (256, 512, 3)
    assert abs(int(wide[128, 100, 0]) - 128) <= 2
    assert 60 <= wide[0, 0, 0] <= 68
    assert 187 <= wide[-1, 0, 0] <= 195
