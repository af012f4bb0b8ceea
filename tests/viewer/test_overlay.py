"""What is drawn over a picture, in memory: no display is needed."""

import numpy as np
import pytest

from deepsing_bridge.core.types import Sentiment
from deepsing_bridge.viewer.sources import Seen

pygame = pytest.importorskip("pygame")

from deepsing_bridge.viewer import overlay  # noqa: E402  # needs pygame

GREY = np.full((16, 16, 3), 128, np.uint8)


def pixels(surface):
    """(height, width, 3)."""
    return pygame.surfarray.array3d(surface).transpose(1, 0, 2).astype(int)


def test_the_dot_goes_right_with_valence_and_up_with_arousal():
    def dot(valence, arousal):
        trail = overlay.Trail()
        trail.move(Sentiment(valence, arousal), 0.0)
        surface = pygame.Surface((300, 300))
        overlay.draw_plane(surface, pygame.Rect(0, 0, 300, 300), trail, 0.01)
        bright = pixels(surface).sum(axis=2) >= 450
        bright[[0, 1, -1, -2]] = bright[:, [0, 1, -1, -2]] = False
        bright[:25, :110] = bright[-25:, -110:] = False  # its numbers
        return np.argwhere(bright).mean(axis=0)[::-1]

    middle, right, up = dot(0, 0), dot(2, 0), dot(0, 2)
    assert middle == pytest.approx((150, 150), abs=2)
    assert right == pytest.approx((150 + 0.8 * 123, 150), abs=2)
    assert up == pytest.approx((150, 150 - 0.8 * 123), abs=2)
    assert dot(50, 0) == pytest.approx(dot(2.5, 0), abs=1)


def test_the_trail_follows_smoothly_and_fades():
    trail = overlay.Trail()
    trail.move(Sentiment(0.0, 0.0), 0.0)
    trail.move(Sentiment(1.0, 0.0), 0.05)
    assert 0 < trail.here.valence < 1
    for step in range(2, 400):
        trail.move(Sentiment(1.0, 0.0), step * 0.05)
    points = trail.points
    assert trail.here.valence == pytest.approx(1)
    assert len(points) <= overlay.TRAIL_S / overlay.STEP_S + 2
    assert [left for _, left in points] == sorted(left for _, left in points)
    assert all(0 < left <= 1 for _, left in points)


def test_low_valence_is_cold_and_high_valence_warm():
    assert overlay.tone(-2)[2] > overlay.tone(-2)[0]
    assert overlay.tone(2)[0] > overlay.tone(2)[2]
    assert overlay.tone(0) == overlay.INK


@pytest.mark.parametrize(
    ("state", "told"), [("ended", "ended, Space plays it again"), ("playing", "1 fps"), ("", "1 fps")]
)
def test_a_song_that_has_ended_is_told_as_that_and_not_as_a_rate(state, told, monkeypatch):
    lines = []
    drawn_text = overlay.text
    monkeypatch.setattr(overlay, "text", lambda text, *rest: lines.append(text) or drawn_text(text, *rest))
    surface = pygame.Surface((300, 300))
    overlay.draw(surface, Seen(True, 1, GREY, "lake", 71.0, state=state), overlay.Trail(), 1.0)
    assert f"1:11  ·  {told}" in lines
