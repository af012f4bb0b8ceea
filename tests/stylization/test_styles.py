"""Style images are read and placed by their sentiment, and one is found for a sentiment."""

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from deepsing_bridge.attributes.image_models import ESTIMATORS, PAPER, load
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.options import AUTO, MOODS, NEAREST, SHIPPED_STYLES, THRESHOLD
from deepsing_bridge.core.types import Sentiment, SentimentTrack
from deepsing_bridge.stylization import styles as module
from deepsing_bridge.stylization.styles import DEFAULT_STYLES, Style, StyleBook, mood, style_images
from deepsing_bridge.stylization.wct import StyleStatistics, Stylizer


@pytest.fixture(scope="module")
def stylizer() -> Stylizer:
    return Stylizer.load()


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


def test_mood_is_the_mean_of_valence_and_arousal_against_the_threshold() -> None:
    assert mood(Sentiment(valence=1.4, arousal=-0.2)) == "positive"
    assert mood(Sentiment(valence=1.4, arousal=-1.4)) == "neutral"
    assert mood(Sentiment(valence=-1.4, arousal=0.2)) == "negative"
    assert mood(Sentiment(valence=0.5, arousal=0.5)) == mood(Sentiment(valence=-0.5, arousal=-0.5)) == "neutral"
    assert mood(Sentiment(valence=0.5, arousal=0.5), threshold=0.2) == "positive"


def test_the_nearest_style_is_found_in_the_attribute_space(book: StyleBook) -> None:
    assert book.nearest(Sentiment(valence=-1.5, arousal=-1.0)).name == "negative"
    assert book.nearest(Sentiment(valence=0.4, arousal=-0.3)).name == "neutral"
    assert book.nearest(Sentiment(valence=3.0, arousal=1.0)).name == "positive"


NOWHERE = StyleStatistics(())


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (Sentiment(0.0, 0.6), "wild"),
        (Sentiment(0.0, -0.6), "calm"),
        (Sentiment(0.6, 0.0), "sweet"),
        (Sentiment(-0.6, 0.0), "bitter"),
        (Sentiment(0.7, -0.9), "calm"),
        (Sentiment(-0.9, 0.7), "bitter"),
    ],
)
def test_valence_and_arousal_count_alike_for_the_nearest_style(asked: Sentiment, found: str) -> None:
    places = {"wild": (0.0, 1.0), "calm": (0.0, -1.0), "sweet": (1.0, 0.0), "bitter": (-1.0, 0.0)}
    book = StyleBook([Style(name, Sentiment(*place), NOWHERE) for name, place in places.items()])
    assert book.nearest(asked).name == found


def test_thresholds_choose_by_name(book: StyleBook) -> None:
    assert [book.by_threshold(Sentiment(value, value)).name for value in (-1.0, 0.0, 1.0)] == list(MOODS)
    assert book.by_threshold(Sentiment(0.3, 0.3), threshold=0.2).name == "positive"


def test_an_unknown_style_is_answered_with_the_nearest_names(book: StyleBook) -> None:
    assert book.named("neutral").name == "neutral"
    with pytest.raises(BridgeError, match=r"'postive'.*positive"):
        book.named("postive")


def placed(**places: tuple[float, float]) -> StyleBook:
    return StyleBook([Style(name, Sentiment(*place), NOWHERE) for name, place in places.items()])


def test_of_many_names_the_nearest_three_are_told_however_far_they_are() -> None:
    book = placed(lake=(0, 0), lakes=(0, 0), flake=(0, 0), snow=(0, 0))
    with pytest.raises(BridgeError) as caught:
        book.named("lakke")
    assert str(caught.value) == "style 'lakke': no image of that name; the nearest names are lake, lakes, flake"
    with pytest.raises(BridgeError, match=r"names are \w+, \w+, \w+$"):
        book.named("zzz")


def test_thresholds_need_three_names(stylizer: Stylizer, tmp_path: Path) -> None:
    save(tmp_path, "neutral.png", 128)
    with pytest.raises(BridgeError) as caught:
        StyleBook.load(tmp_path, stylizer, brightness).by_threshold(Sentiment(0, 0))
    assert str(caught.value) == (
        "style images: negative, positive missing; thresholds need negative, neutral, positive"
    )


@pytest.mark.parametrize(("choice", "found"), [(NEAREST, "near"), (AUTO, "near"), (THRESHOLD, "positive")])
def test_a_rule_finds_the_nearest_style_or_the_mood_s(choice: str, found: str) -> None:
    book = placed(near=(1, 1), negative=(9, 9), neutral=(9, 9), positive=(-9, -9))
    assert book.rule(choice)(Sentiment(1.0, 0.5)).name == found


def test_a_rule_may_be_always_the_same_style() -> None:
    rule = placed(near=(0, 0), far=(9, 9)).rule("far")
    assert [rule(Sentiment(value, value)).name for value in (-1.0, 0.0, 1.0)] == ["far"] * 3


def test_a_rule_that_no_style_can_follow_is_refused_before_it_is_asked() -> None:
    book = placed(neutral=(0, 0), lake=(0, 0))
    for choice, complaint in ((THRESHOLD, "negative, positive missing"), ("lak", "'lak': no image of that name")):
        with pytest.raises(BridgeError, match=complaint):
            book.rule(choice)


def test_a_folder_must_hold_readable_pictures(stylizer: Stylizer, tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match="no style images"):
        StyleBook.load(tmp_path, stylizer, brightness)
    with pytest.raises(BridgeError, match="no style images"):
        StyleBook.load(tmp_path / "nowhere", stylizer, brightness)
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff no more")
    with pytest.raises(BridgeError, match=r"broken\.jpg: not a readable picture"):
        StyleBook.load(tmp_path, stylizer, brightness)


def test_an_estimator_sees_the_picture_itself_and_a_large_one_reduced(stylizer: Stylizer, tmp_path: Path) -> None:
    shades = np.random.default_rng(0).integers(0, 256, (24, 40, 3), np.uint8)
    Image.fromarray(shades).save(tmp_path / "a.png")
    Image.fromarray(np.zeros((300, 1024, 4), np.uint8)).save(tmp_path / "b.png")
    seen: list[torch.Tensor] = []
    book = StyleBook.load(tmp_path, stylizer, lambda pictures: seen.append(pictures) or brightness(pictures))
    assert [picture.shape for picture in seen] == [(1, 3, 24, 40), (1, 3, 150, 512)]
    assert seen[0][0].permute(1, 2, 0).numpy() == pytest.approx(shades / np.float32(255), abs=1e-6)
    for style, picture in zip(book.styles, seen, strict=True):
        wanted = stylizer.statistics(picture[0])
        assert style.sentiment == brightness(picture).at(0)
        assert all(torch.equal(a.mean, b.mean) for a, b in zip(style.statistics.levels, wanted.levels, strict=True))


def test_style_images_are_told_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.png", "a.jpeg", "C.JPG", "notes.bmp", ".hidden.png"):
        save(tmp_path, name, 128)
    assert [path.name for path in style_images(tmp_path)] == ["C.JPG", "a.jpeg", "b.png"]


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


def test_all_names_that_would_not_say_which_image_is_meant_are_told(tmp_path: Path) -> None:
    for name in ("lake.png", "lake.jpg", "auto.png", "dog.png"):
        save(tmp_path, name, 128)
    with pytest.raises(BridgeError) as caught:
        style_images(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: auto, lake would not say which image is meant; each needs a name of its own, "
        "and none may be called auto, nearest, threshold"
    )


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


@pytest.fixture(scope="module")
def shipped(stylizer: Stylizer) -> dict[str, StyleBook]:
    """The styles that ship, as each image model places them."""
    return {name: StyleBook.load(DEFAULT_STYLES, stylizer, load(name).estimate) for name in ESTIMATORS}


QUADRANTS = {"positive": (1, 1), "tense": (-1, 1), "negative": (-1, -1), "calm": (1, -1)}


def test_what_ships_is_what_the_vocabulary_names(shipped: dict[str, StyleBook]) -> None:
    assert tuple(style.name for style in shipped[PAPER].styles) == SHIPPED_STYLES


@pytest.mark.parametrize("judge", ESTIMATORS)
def test_shipped_styles_lie_a_standard_deviation_apart_in_each_judges_eyes(
    judge: str, shipped: dict[str, StyleBook]
) -> None:
    places = {style.name: style.sentiment for style in shipped[judge].styles}
    assert places["positive"].valence - places["negative"].valence > 1
    assert places["tense"].arousal - places["calm"].arousal > 1
    for name, signs in QUADRANTS.items():
        assert (np.sign(places[name].valence), np.sign(places[name].arousal)) == signs


def test_a_scenes_style_is_of_its_feeling_and_a_neutral_one_gets_the_neutral_one(shipped: dict[str, StyleBook]) -> None:
    """Scenes are spread as songs spread them, relative to themselves: by 1 in each direction."""
    scenes = [Sentiment(*place) for place in np.random.default_rng(0).normal(size=(2000, 2)).tolist()]
    found = [shipped[PAPER].nearest(scene).name for scene in scenes]
    neutral = [name for name, scene in zip(found, scenes, strict=True) if scene.feeling == "neutral"]
    assert np.mean([name == "neutral" for name in neutral]) > 0.95
    agrees = [
        scene.feeling == name or QUADRANTS.get(name) == (np.sign(scene.valence), np.sign(scene.arousal))
        for name, scene in zip(found, scenes, strict=True)
    ]
    assert np.mean(agrees) > 0.85


def png(width: int, height: int) -> bytes:
    """White, row by row: half a megabyte, say, that would be gigabytes once it is decoded."""
    packer, row = zlib.compressobj(1), bytes([0, *[255] * 3 * width])
    rows = b"".join([*(packer.compress(row) for _ in range(height)), packer.flush()])
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, (b"IHDR", b"IDAT", b"IEND"), (head, rows, b"")))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize("size", [(10_000, 5_001), (30_000, 6_500)])
def test_a_picture_with_more_pixels_than_there_is_memory_for_is_not_decoded(
    size: tuple[int, int], stylizer: Stylizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "small.png").write_bytes(png(*size))
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda image: pytest.fail("it is decoded"))
    with pytest.raises(BridgeError, match=r"small\.png: has .* pixels.*; make it smaller"):
        StyleBook.load(tmp_path, stylizer, brightness)


def test_the_most_pixels_are_read_and_one_row_more_is_refused(
    stylizer: Stylizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_PIXELS", 40 * 60)
    save(tmp_path, "a.png", 128)
    assert len(StyleBook.load(tmp_path, stylizer, brightness).styles) == 1
    Image.fromarray(np.zeros((41, 60, 3), np.uint8)).save(tmp_path / "a.png")
    with pytest.raises(BridgeError) as caught:
        StyleBook.load(tmp_path, stylizer, brightness)
    assert str(caught.value) == f"{tmp_path / 'a.png'}: has 2,460 pixels, expected at most 2,400; make it smaller"


def test_a_picture_that_the_library_holds_to_be_an_attack_is_refused_as_too_large(
    stylizer: Stylizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path, "a.png", 128)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(BridgeError) as caught:
        StyleBook.load(tmp_path, stylizer, brightness)
    assert str(caught.value) == f"{tmp_path / 'a.png'}: has more than 50,000,000 pixels; make it smaller"


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "BMP"])
def test_a_picture_of_another_kind_is_not_read_whatever_its_file_is_called(
    kind: str, stylizer: Stylizer, tmp_path: Path
) -> None:
    Image.fromarray(np.full((40, 60, 3), 9, np.uint8)).save(tmp_path / "a.png", format=kind)
    with pytest.raises(BridgeError) as caught:
        StyleBook.load(tmp_path, stylizer, brightness)
    assert str(caught.value) == f"{tmp_path / 'a.png'}: not a readable picture; expected a JPEG or PNG file"


@pytest.mark.parametrize("kind", ["empty", "text", "cut", "folder", "pipe", "zeros", "loop", "postscript", "large"])
def test_what_is_no_picture_is_one_sentence_and_never_waited_for(kind: str, stylizer: Stylizer, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    match kind:
        case "empty" | "text" | "postscript":
            path.write_bytes({"empty": b"", "text": b"hello", "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n"}[kind])
        case "cut":
            save(tmp_path, "a.png", 9)
            path.write_bytes(path.read_bytes()[:60])
        case "folder":
            path.mkdir()
        case "pipe":
            if not hasattr(os, "mkfifo"):
                pytest.skip("no pipes with a name here")
            os.mkfifo(path)
        case "zeros" | "loop":
            path.symlink_to("/dev/zero" if kind == "zeros" else "a.png")
        case "large":
            with path.open("wb") as file:
                file.truncate(1 << 40)
    with pytest.raises(BridgeError, match=r"a\.png: (not a|cannot be read|has more than)"):
        StyleBook.load(tmp_path, stylizer, brightness)


def test_a_name_that_no_file_could_hold_is_refused(tmp_path: Path) -> None:
    try:
        save(tmp_path, "a\nb.png", 9)
    except OSError:
        pytest.skip("no such names here")
    with pytest.raises(BridgeError, match=r"'a\\nb\.png': a name that no file could hold"):
        style_images(tmp_path)
