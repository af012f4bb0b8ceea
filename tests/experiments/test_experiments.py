"""Each experiment on plain colours: its pages say what is true of them."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import Sentiment, SentimentTrack, no_progress
from deepsing_bridge.evaluation.closed_loop import Seen
from deepsing_bridge.training.sampling import sample_space
from deepsing_bridge.translation import neural
from experiments import likeness, stability, styles, sweep, valence, views
from experiments.page import spread
from experiments.setting import Setting, compare, hear
from tests.builders import storyboard
from tests.colours import CLASSES, Colours, see


@pytest.fixture(autouse=True)
def few_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the pages say does not depend on how well the networks have learned."""
    monkeypatch.setattr(neural, "EPOCHS", 20)


@pytest.fixture(scope="module")
def setting() -> Setting:
    asked = [np.random.default_rng(seed).standard_normal((2, 12)).astype(np.float32) for seed in range(2)]
    tracks = tuple(SentimentTrack(valence, arousal, 5.0) for valence, arousal in asked)
    return Setting(Colours(), sample_space(Colours(), see, 40, seed=0), see, tracks)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_what_is_seen_is_compared_with_what_was_asked() -> None:
    asked = SentimentTrack(np.array([0.0, 1.0, 2.0], np.float32), np.array([1.0, 0.0, 1.0], np.float32), 5)
    seen = SentimentTrack(asked.valence + 3, asked.arousal + 4, 5)
    loop = compare(asked, seen, [np.array([1, 1]), np.array([2])])
    assert (loop.valence, loop.arousal, loop.error) == pytest.approx((1, 1, 5))
    assert loop.classes == 1
    assert compare(asked, SentimentTrack(-asked.valence, asked.arousal, 5), [np.array([1])]).valence == pytest.approx(
        -1
    )


def test_a_spread_is_that_of_a_sample() -> None:
    assert spread([1.0, 3.0]) == "2.00 ± 1.41"
    assert spread([0.5]) == "0.50 ± 0.00"


def test_a_folder_without_songs_is_told(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match="no songs there"):
        hear(tmp_path)


def test_classes_are_counted_in_each_cluster_of_sentiments(setting: Setting) -> None:
    apart = setting.table.of_classes([0, 15])  # dark and pale, bright and red
    assert stability.classes_per_cluster(apart, 2, seed=0) == [1, 1]
    assert stability.classes_per_cluster(apart, 1, seed=0) == [2]


def test_the_stable_view_is_compared_with_its_halves(setting: Setting, tmp_path: Path) -> None:
    fits = stability.run(setting, 2, no_progress)
    stability.write(tmp_path, setting, fits, 2, "the command")
    assert len(rows(tmp_path / "stability.csv")) == 2 * len(stability.VARIANTS)
    page = (tmp_path / "stability.md").read_text(encoding="utf-8")
    assert all(name in page for name in stability.VARIANTS) and "`the command`" in page
    assert (tmp_path / "stability.jpg").exists()
    by_variant = {name: [fit for fit in fits if fit.variant == name] for name in stability.VARIANTS}
    smoothed, raw = by_variant["every class, smoothed"], by_variant["every class, every sample"]
    assert all(a.latent_error < b.latent_error for a, b in zip(smoothed, raw, strict=True))


def test_more_clusters_give_a_story_more_classes(
    setting: Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "N_K", (1, 12))
    monkeypatch.setattr(sweep, "N_S", (2,))
    monkeypatch.setattr(sweep, "COLOURS", ("red",))
    points = sweep.run(setting, 1, no_progress)
    few, many = points
    assert few.loop.classes == 1 < many.loop.classes
    sweep.write(tmp_path, setting, points, 1, "the command")
    assert [row["clusters"] for row in rows(tmp_path / "sweep.csv")] == ["1", "12"]
    assert "| 12 | 2 |" in (tmp_path / "sweep.md").read_text(encoding="utf-8")


def test_a_strip_tells_how_much_of_the_asked_range_it_reached() -> None:
    pictures = torch.zeros(len(valence.ASKED), 3, 4, 4)
    half = valence.Strip("dog", 0.0, pictures, valence.ASKED / 2 + 1)
    assert (half.reached, half.follows, half.slope) == pytest.approx((0.5, 1.0, 0.5))
    backwards = valence.Strip("dog", 0.0, pictures, -valence.ASKED)
    assert (backwards.reached, backwards.follows, backwards.slope) == pytest.approx((1, -1, -1))


def test_likeness_draws_classes_that_go_together(setting: Setting, tmp_path: Path) -> None:
    """Colours of the same brightness are made out to be alike, all others to be opposites."""
    brightness = np.arange(CLASSES) % 4
    alike = np.where(brightness[:, None] == brightness, 1.0, -1.0).astype(np.float32)
    views = likeness.run(setting, alike, 3, no_progress)
    consistency = {s: np.mean([v.consistency for v in views if v.sharpness == s]) for s in likeness.SHARPNESSES}
    assert consistency[20.0] > consistency[0.0] + 0.2
    likeness.write(tmp_path, setting, views, 3, "the command")
    assert len(rows(tmp_path / "likeness.csv")) == len(views)


def test_views_of_another_seed_and_of_moved_attributes_are_compared(setting: Setting, tmp_path: Path) -> None:
    settings = {"paper": setting, "blend": replace(setting, estimate=lambda pictures: negated(see(pictures)))}
    found = [views.measure(settings, way, number) for way in (views.SEEDS, "0.02") for number in range(2)]
    for view in found:
        assert view.loops["blend"].valence == pytest.approx(-view.loops["paper"].valence, abs=1e-5)
    again = views.measure(settings, "0.02", 1)
    assert again.palette == found[3].palette and again.loops == found[3].loops
    views.write(tmp_path, found, "colours", 2, "python -m experiments.views")
    assert len(rows(tmp_path / "views.csv")) == 4 and (tmp_path / "views.jpg").exists()
    assert "| other seeds |" in (tmp_path / "views.md").read_text()


def negated(track: SentimentTrack) -> SentimentTrack:
    return SentimentTrack(-track.valence, -track.arousal, track.hop_s)


def test_views_are_as_alike_as_the_classes_that_both_have() -> None:
    made = [views.View("x", number, palette, {}) for number, palette in enumerate([(1, 2, 3), (2, 3, 4), (5,)])]
    assert views.shared(made) == [0.5, 0, 0]


@pytest.mark.parametrize(
    ("felt", "style", "agrees"),
    [
        (Sentiment(1, 1), "positive", True),
        (Sentiment(1, -1), "positive", False),
        (Sentiment(1, 1), "neutral", False),
        (Sentiment(0.1, 0.1), "neutral", True),
        (Sentiment(0.1, 0.1), "positive", False),
        (Sentiment(-1, 0.3), "negative", False),
    ],
)
def test_a_style_agrees_in_both_signs_or_where_both_are_neutral(felt: Sentiment, style: str, agrees: bool) -> None:
    places = {"positive": Sentiment(0.7, 0.8), "negative": Sentiment(-0.6, -0.3), "neutral": Sentiment(0.1, 0.1)}
    scene = replace(storyboard(1).scenes[0], sentiment=felt, style=style)
    assert styles.agrees(scene, places) is agrees


def test_what_a_style_does_is_told_towards_what_was_asked(tmp_path: Path) -> None:
    board = replace(storyboard(6), scenes=tuple(replace(one, style="calm") for one in storyboard(6).scenes))
    asked = np.array([[one.sentiment.valence, one.sentiment.arousal] for one in board.scenes], np.float32)
    plain = Seen(*(np.repeat(asked[:, [axis]], 5, axis=1) for axis in (0, 1)))
    more = Seen(plain.valence + 0.25 * np.sign(plain.valence), plain.arousal - 0.5 * np.sign(plain.arousal))
    ways = [plain, more, more, more, more]
    told = [
        styles.Told(way, (board,), dict.fromkeys(("paper", "blend"), (seen,)))
        for way, seen in zip(styles.WAYS, ways, strict=True)
    ]
    assert styles.pushed(told[1], told[0], "paper", "valence") == pytest.approx(0.25, abs=1e-5)
    assert styles.pushed(told[1], told[0], "paper", "arousal") == pytest.approx(-0.5, abs=1e-5)
    places = {judge: {"calm": Sentiment(0.8, -0.6)} for judge in ("paper", "blend")}
    styles.write(tmp_path, told, places, "colours", "python -m experiments.styles")
    assert len(rows(tmp_path / "styles.csv")) == 5 * 6
    assert "| paper | nearest, 0.1 |" in (tmp_path / "styles.md").read_text()
