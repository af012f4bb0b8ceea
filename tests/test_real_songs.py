"""The four real songs become stories that a real editor's engine renders to the frame."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge.app.config import StoryRequest
from deepsing_bridge.app.story import make_story
from deepsing_bridge.core.types import no_progress
from deepsing_bridge.core.units import seconds_to_frame
from deepsing_bridge.export.preview import Preview
from deepsing_bridge.story.settings import Settings
from tests.melt import frame_count, middle_frames, render

SONGS = Path(__file__).parents[2] / "shared" / "data" / "songs"
RATES = {"graveyard": "24", "hell": "25", "hunting": "30000/1001", "palace": "24"}


@pytest.mark.slow
@pytest.mark.program("melt")
@pytest.mark.skipif(not SONGS.is_dir(), reason=f"needs the real songs in {SONGS}")
@pytest.mark.parametrize("name", RATES)
def test_melt_renders_the_story_of_a_real_song(name: str, tmp_path: Path) -> None:
    settings = Settings(Fraction(RATES[name]), width=256, height=128, motion="still")
    story = make_story(StoryRequest(SONGS / f"{name}.ogg", tmp_path / name, settings), lambda stage: no_progress)
    board = story.storyboard
    film = render(story.folder / "story.otio", tmp_path / "film.mkv")

    assert frame_count(film) == seconds_to_frame(board.duration_s, board.frame_rate)
    clips = sorted((story.folder / "media").glob("*.mov"))
    for index, shown in enumerate(middle_frames(film, board)):
        wanted = Preview(board, clips).middle(index)
        assert np.abs(shown.astype(int) - wanted).mean() < 3
