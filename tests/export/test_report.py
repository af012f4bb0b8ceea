"""What the report shows, read from its pixels, and which scenes it chooses."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from numpy.typing import NDArray
from PIL import Image

from deepsing_bridge.core.colours import FEELING_COLOURS, RGB
from deepsing_bridge.core.types import Sentiment, SentimentTrack
from deepsing_bridge.export.report import choose_key_scenes, draw_report, write_report
from deepsing_bridge.export.report.theme import AROUSAL, HEAT, VALENCE
from deepsing_bridge.story.settings import Settings
from deepsing_bridge.story.storyboard import Scene, Storyboard

LABELS = ["lake", "fire", "dog", "tulips"]
MAGENTA, GREEN = (255, 0, 255), (0, 255, 0)
Pixels = NDArray[np.uint8]


def scene(index: int, class_id: int = 0, valence: float = 0.0, arousal: float = 0.0) -> Scene:
    probabilities = tuple(float(other == class_id) for other in range(len(LABELS)))
    sentiment = Sentiment(valence, arousal)
    mood = "negative" if sentiment.mean < -0.5 else "positive" if sentiment.mean > 0.5 else "neutral"
    return Scene(5.0 * index, 5.0 * index + 5, class_id, LABELS[class_id], probabilities, (0.0,), sentiment, mood)


def storyboard(scenes: list[Scene]) -> Storyboard:
    valence = np.repeat([scene.sentiment.valence for scene in scenes], 10).astype(np.float32)
    arousal = np.repeat([scene.sentiment.arousal for scene in scenes], 10).astype(np.float32)
    return Storyboard(
        scenes=tuple(scenes),
        sentiment=SentimentTrack(valence, arousal, 0.5),
        power=(0.0,) * len(valence),
        duration_s=5.0 * len(scenes),
        settings=Settings(width=320, height=180, motion="still", style="default"),
        generator="embedded",
        translator="view 1",
        song_path=Path("song.ogg"),
        song_digest="",
        weights={},
    )


def story(count: int) -> Storyboard:
    return storyboard([scene(i, i // 2 % len(LABELS), float(np.sin(i)), float(np.cos(1.7 * i))) for i in range(count)])


def plain(colour: tuple[int, int, int]) -> Pixels:
    return np.full((180, 320, 3), colour, np.uint8)


def report(folder: Path, board: Storyboard, pictures: dict[int, Pixels], title: str = "song") -> Pixels:
    path = folder / "report.png"
    write_report(path, board, pictures, LABELS, title)
    return np.asarray(Image.open(path).convert("RGB"))


def where(pixels: Pixels, colour: str | tuple[float, ...]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the pixels of very nearly that colour."""
    wanted = 255 * np.array(to_rgb(colour))
    rows, columns = np.nonzero(np.abs(pixels - wanted).max(axis=2) < 3)
    return rows, columns


@pytest.mark.parametrize("count", [1, 2, 6, 7, 60, 720])
def test_key_scenes_ascend_and_are_at_most_six(count: int) -> None:
    chosen = choose_key_scenes(story(count))
    assert chosen == sorted(set(chosen))
    assert len(chosen) == min(count, 6)


def test_key_scenes_are_spread_over_the_song() -> None:
    chosen = choose_key_scenes(story(60))
    assert [index // 10 for index in chosen] == [0, 1, 2, 3, 4, 5]


def test_a_strong_sentiment_is_chosen() -> None:
    scenes = [scene(i, valence=2.5 * (i == 14), arousal=-2.5 * (i == 14)) for i in range(30)]
    assert 14 in choose_key_scenes(storyboard(scenes), 3)


def test_a_change_of_class_is_chosen() -> None:
    scenes = [scene(i, class_id=int(i >= 17)) for i in range(30)]
    assert 17 in choose_key_scenes(storyboard(scenes), 3)


@pytest.mark.parametrize("count", [1, 60, 720])
def test_any_length_of_story_becomes_one_wide_picture(count: int, tmp_path: Path) -> None:
    board = story(count)
    pixels = report(tmp_path, board, {index: plain(MAGENTA) for index in choose_key_scenes(board)})
    assert pixels.shape[1] == 1920
    assert 600 < pixels.shape[0] < 1400
    assert [path.name for path in tmp_path.iterdir()] == ["report.png"]


def test_same_arguments_same_bytes_whatever_matplotlib_is_set_to(tmp_path: Path) -> None:
    board, pictures = story(8), {2: plain(MAGENTA)}
    write_report(tmp_path / "a.png", board, pictures, LABELS, "song")
    with mpl.rc_context({"font.size": 30, "axes.grid": True, "lines.linewidth": 9, "savefig.dpi": 50}):
        write_report(tmp_path / "b.png", board, pictures, LABELS, "song")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_key_pictures_stand_in_the_order_of_their_times(tmp_path: Path) -> None:
    pixels = report(tmp_path, story(12), {9: plain(GREEN), 2: plain(MAGENTA)})
    (_, early), (_, late) = where(pixels, to_rgb("#ff00ff")), where(pixels, to_rgb("#00ff00"))
    assert len(early) > 10_000 and len(late) > 10_000
    assert early.max() < late.min()


def test_curves_go_up_and_down_with_the_sentiment(tmp_path: Path) -> None:
    scenes = [scene(i, valence=1.5 if i < 6 else -1.5, arousal=-1.0 if i < 6 else 1.0) for i in range(12)]
    pixels = report(tmp_path, storyboard(scenes), {})
    for colour, rises in ((VALENCE, False), (AROUSAL, True)):
        rows, columns = where(pixels[:, 200:1800], colour)
        first, second = rows[columns < 700].mean(), rows[columns > 900].mean()
        assert (second < first) == rises


def test_activations_are_brightest_at_their_class_and_the_earliest_is_on_top(tmp_path: Path) -> None:
    scenes = [scene(i, class_id=2 if i < 6 else 1) for i in range(12)]
    rows, columns = where(report(tmp_path, storyboard(scenes), {}), HEAT(1.0)[:3])
    first, second = rows[columns < 900], rows[columns > 1100]
    assert len(first) > 5_000 and len(second) > 5_000
    assert first.max() < second.min()


def test_scenes_have_the_colours_of_their_markers(tmp_path: Path) -> None:
    feelings = {(1, 1): "happy", (-0.7, 1.8): "tense", (-1, -1): "sad", (0.75, -0.9): "calm", (0.1, 0.1): "neutral"}
    board = storyboard([scene(i, valence=v, arousal=a) for i, (v, a) in enumerate(feelings)])
    pixels = report(tmp_path, board, {})
    middles = []
    for feeling in feelings.values():
        _, columns = where(pixels[:, 190:1810], RGB[FEELING_COLOURS[feeling]])
        assert len(columns) > 2_000
        middles.append(np.median(columns))
    assert middles == sorted(middles)


def test_all_of_a_curve_is_there(tmp_path: Path) -> None:
    """One window far below what any scene has, and short of a hundredth of all."""
    board = storyboard([scene(i, valence=0.2, arousal=0.1) for i in range(60)])
    board.sentiment.valence[300] = -4
    low, high = draw_report(board, {}, LABELS, "song").axes[1].get_ylim()
    assert low < -4 and high == -low


def test_what_the_font_has_no_glyph_for_is_left_out_of_the_title(tmp_path: Path) -> None:
    plainly = report(tmp_path, story(3), {}, "night drive é")
    assert (plainly == report(tmp_path, story(3), {}, "night 🎧🔥 drive é 夜")).all()
    assert (plainly != report(tmp_path, story(3), {}, "night drive")).any()


def test_a_title_is_not_read_as_a_formula(tmp_path: Path) -> None:
    plainly = report(tmp_path, story(3), {}, "a $broken_{ title")
    assert (plainly != report(tmp_path, story(3), {}, "another")).any()
