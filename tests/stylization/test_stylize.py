"""What styles do to pictures, on the shipped weights; and how a style is found for a sentiment."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import Sentiment, SentimentTrack
from deepsing_bridge.stylization.stylize import DEFAULT_STYLES, MOODS, StyleBook, Stylizer, mood, style_images


@pytest.fixture(scope="module")
def stylizer() -> Stylizer:
    return Stylizer.load()


def scene(height: int = 64, width: int = 96, seed: int = 0) -> torch.Tensor:
    """A sky over a dark hill with speckles: colours, an edge and fine detail."""
    random = torch.Generator().manual_seed(seed)
    rows, columns = torch.meshgrid(torch.linspace(0, 1, height), torch.linspace(0, 1, width), indexing="ij")
    sky = torch.stack([0.4 + 0.3 * rows, 0.6 + 0.2 * columns, 0.9 - 0.3 * rows])
    hill = torch.stack([0.2 + 0.1 * columns, 0.35 - 0.1 * rows, 0.1 + 0 * rows])
    picture = torch.where(rows > 0.5 + 0.2 * torch.sin(5 * columns), hill, sky)
    return (picture + 0.1 * (torch.rand(height, width, generator=random) - 0.5)).clamp(0, 1)


def plain(red: float, green: float, blue: float, side: int = 64) -> torch.Tensor:
    speckle = 0.1 * torch.rand(3, side, side, generator=torch.Generator().manual_seed(1))
    return (torch.tensor([red, green, blue])[:, None, None] * 0.9 + speckle).clamp(0, 1)


def brightness(pictures: torch.Tensor) -> SentimentTrack:
    """An estimator for tests: brighter is happier and livelier, mid grey is neutral."""
    values = (pictures.mean(dim=(1, 2, 3)).numpy() - 0.5) * 4
    return SentimentTrack(valence=values, arousal=values, hop_s=0.0)


def save(folder: Path, name: str, grey: int) -> None:
    Image.fromarray(np.full((40, 60, 3), grey, dtype=np.uint8)).save(folder / name)


@pytest.fixture(scope="module")
def book(stylizer: Stylizer, tmp_path_factory: pytest.TempPathFactory) -> StyleBook:
    folder = tmp_path_factory.mktemp("styles")
    for name, grey in (("negative.png", 20), ("neutral.jpg", 128), ("positive.JPG", 240)):
        save(folder, name, grey)
    (folder / "notes.txt").write_text("not a picture")
    return StyleBook.load(folder, stylizer, brightness)


def test_no_blend_gives_the_picture_back(stylizer: Stylizer) -> None:
    pictures = scene()[None]
    assert torch.equal(stylizer.stylize(pictures, stylizer.statistics(plain(1, 0, 0)), 0.0), pictures)


def test_blend_acts_without_a_jump_and_ever_more(stylizer: Stylizer) -> None:
    pictures, style = scene()[None], stylizer.statistics(plain(0.9, 0.3, 0.1))
    changes = [
        float((stylizer.stylize(pictures, style, blend) - pictures).abs().mean())
        for blend in (0.001, 0.01, 0.1, 0.5, 1.0)
    ]
    assert changes[0] < 0.002
    assert changes == sorted(changes)
    assert changes[-1] > 0.1


def test_a_small_blend_keeps_fine_detail(stylizer: Stylizer) -> None:
    pictures = scene()[None]
    painted = stylizer.stylize(pictures, stylizer.statistics(scene(seed=3).flip(1)), 0.1)
    before, after = (picture.diff(dim=-1).flatten().numpy() for picture in (pictures, painted))
    assert np.corrcoef(before, after)[0, 1] > 0.9
    assert after.std() > 0.9**4 * before.std()  # each of four levels may take its share, no decoder more


def test_pictures_take_on_the_colour_of_the_style(stylizer: Stylizer) -> None:
    pictures = scene()[None]
    warm, cold = (
        stylizer.stylize(pictures, stylizer.statistics(plain(*colour)), 0.5).mean(dim=(0, 2, 3))
        for colour in ((0.9, 0.4, 0.1), (0.1, 0.3, 0.8))
    )
    assert warm[0] > cold[0] + 0.2
    assert cold[2] > warm[2] + 0.2


def test_a_dark_style_darkens(stylizer: Stylizer) -> None:
    pictures = scene()[None]
    dark = stylizer.stylize(pictures, stylizer.statistics(plain(0.1, 0.1, 0.1)), 0.5)
    assert dark.mean() < pictures.mean() - 0.1


@pytest.mark.parametrize("size", [(37, 53), (5, 9), (64, 24), (1, 1)])
def test_any_size_goes_in_and_comes_out(stylizer: Stylizer, size: tuple[int, int]) -> None:
    pictures = torch.rand(2, 3, *size, generator=torch.Generator().manual_seed(0))
    painted = stylizer.stylize(pictures, stylizer.statistics(scene(33, 47)), 0.3)
    assert painted.shape == pictures.shape
    assert painted.min() >= 0
    assert painted.max() <= 1


@pytest.mark.parametrize("grey", [0.0, 0.5, 1.0])
def test_flat_pictures_and_flat_styles_stay_calm(stylizer: Stylizer, grey: float) -> None:
    flat = torch.full((1, 3, 48, 48), grey)
    for picture, style in ((flat, scene()), (scene()[None], flat[0]), (flat, flat[0])):
        painted = stylizer.stylize(picture, stylizer.statistics(style), 0.5)
        assert torch.isfinite(painted).all()
    assert stylizer.stylize(flat, stylizer.statistics(scene()), 0.5)[..., 8:-8, 8:-8].std(dim=(2, 3)).max() < 0.05


def test_a_picture_comes_out_the_same_alone_or_among_others(stylizer: Stylizer) -> None:
    style = stylizer.statistics(plain(0.9, 0.4, 0.1))
    pictures = torch.stack([scene(seed=1), scene(seed=2).flip(1), torch.zeros(3, 64, 96)])
    together = stylizer.stylize(pictures, style, 0.5)
    alone = torch.cat([stylizer.stylize(picture[None], style, 0.5) for picture in pictures])
    assert torch.allclose(together, alone, atol=2e-3)


def test_mood_is_the_mean_of_valence_and_arousal_against_the_threshold() -> None:
    assert mood(Sentiment(valence=1.4, arousal=-0.2)) == "positive"
    assert mood(Sentiment(valence=1.4, arousal=-1.4)) == "neutral"
    assert mood(Sentiment(valence=-1.4, arousal=0.2)) == "negative"
    assert mood(Sentiment(valence=0.5, arousal=0.5)) == "neutral"
    assert mood(Sentiment(valence=0.5, arousal=0.5), threshold=0.2) == "positive"


def test_the_nearest_style_is_found_in_the_attribute_space(book: StyleBook) -> None:
    assert book.nearest(Sentiment(valence=-1.5, arousal=-1.0)).name == "negative"
    assert book.nearest(Sentiment(valence=0.4, arousal=-0.3)).name == "neutral"
    assert book.nearest(Sentiment(valence=3.0, arousal=1.0)).name == "positive"


def test_thresholds_choose_by_name(book: StyleBook) -> None:
    assert [book.by_threshold(Sentiment(value, value)).name for value in (-1.0, 0.0, 1.0)] == list(MOODS)
    assert book.by_threshold(Sentiment(0.3, 0.3), threshold=0.2).name == "positive"


def test_an_unknown_style_is_answered_with_the_nearest_names(book: StyleBook) -> None:
    assert book.named("neutral").name == "neutral"
    with pytest.raises(BridgeError, match=r"'postive'.*positive"):
        book.named("postive")


def test_thresholds_need_three_names(stylizer: Stylizer, tmp_path: Path) -> None:
    save(tmp_path, "neutral.png", 128)
    with pytest.raises(BridgeError, match="negative, positive missing"):
        StyleBook.load(tmp_path, stylizer, brightness).by_threshold(Sentiment(0, 0))


def test_a_folder_must_hold_readable_pictures(stylizer: Stylizer, tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match="no style images"):
        StyleBook.load(tmp_path, stylizer, brightness)
    with pytest.raises(BridgeError, match="no style images"):
        StyleBook.load(tmp_path / "nowhere", stylizer, brightness)
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff no more")
    with pytest.raises(BridgeError, match=r"broken\.jpg: not a readable picture"):
        StyleBook.load(tmp_path, stylizer, brightness)


def test_what_the_finder_of_macos_leaves_beside_pictures_is_no_picture(stylizer: Stylizer, tmp_path: Path) -> None:
    save(tmp_path, "lake.jpg", 128)
    (tmp_path / "._lake.jpg").write_bytes(b"\0\5\x16\7")
    assert [style.name for style in StyleBook.load(tmp_path, stylizer, brightness).styles] == ["lake"]


@pytest.mark.parametrize("names", [("lake.jpg", "lake.png"), ("auto.png",), ("nearest.jpg",), ("threshold.png",)])
def test_names_that_would_not_say_which_image_is_meant_are_refused(names: tuple[str, ...], tmp_path: Path) -> None:
    for name in (*names, "dog.png"):
        save(tmp_path, name, 128)
    with pytest.raises(BridgeError, match=f"{Path(names[0]).stem} would not say which image is meant"):
        style_images(tmp_path)


def test_a_style_is_seen_as_the_camera_was_held(stylizer: Stylizer, tmp_path: Path) -> None:
    """Statistics do not know up from down, but an estimator does."""
    picture = Image.fromarray(np.repeat(np.uint8([[[250] * 3], [[10] * 3]]), 32, axis=0).repeat(64, axis=1))
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    picture.save(tmp_path / "turned.png", exif=exif)

    def top(pictures: torch.Tensor) -> SentimentTrack:
        return brightness(pictures[:, :, : pictures.shape[2] // 2])

    (style,) = StyleBook.load(tmp_path, stylizer, top).styles
    assert style.sentiment.valence < -1


def test_the_shipped_styles_are_told_apart_by_the_visual_estimator(stylizer: Stylizer) -> None:
    from deepsing_bridge.attributes.image_tuned import TunedImageEstimator

    styles = StyleBook.load(DEFAULT_STYLES, stylizer, TunedImageEstimator.load().estimate)
    means = [styles.named(name).sentiment.mean for name in MOODS]
    assert means == sorted(means)
