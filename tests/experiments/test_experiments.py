"""Each experiment on plain colours: its pages say what is true of them."""

import csv
from pathlib import Path

import numpy as np
import pytest
import torch

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import SentimentTrack, no_progress
from deepsing_bridge.training.sampling import sample_space
from deepsing_bridge.translation import neural
from experiments import likeness, stability, sweep, valence
from experiments.page import spread
from experiments.setting import Setting, compare, hear
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
