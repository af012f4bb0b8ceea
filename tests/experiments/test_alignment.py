"""Ways for a song's sentiments to meet a view's, on points that one can see through."""

import csv
from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge.translation.attribute_view import SampleTable
from experiments import alignment
from experiments.alignment import Cell, by_quantiles, by_transport, coverage, fidelity, interval, order_kept, z_scored

RNG = np.random.default_rng(0)
SONG = RNG.normal(size=(40, 2))


def test_the_view_is_z_scored_by_its_own_statistics() -> None:
    values = RNG.normal(3, 0.2, (2, 100)).astype(np.float32)
    samples = SampleTable("colours", ("red",), np.zeros(100, np.int64), np.zeros((100, 2), np.float32), *values)
    scored = z_scored(samples)
    for axis in (scored.valence, scored.arousal):
        assert (axis.mean(), axis.std()) == pytest.approx((0, 1), abs=1e-4)
    assert np.array_equal(scored.valence.argsort(), samples.valence.argsort())


def test_quantiles_keep_the_order_and_take_the_view_s_values() -> None:
    view = RNG.exponential(size=(500, 2))
    asked = by_quantiles(SONG, view)
    assert np.array_equal(asked.argsort(axis=0), SONG.argsort(axis=0))
    assert np.median(asked, axis=0) == pytest.approx(np.median(view, axis=0), abs=0.1)


def test_transport_moves_a_song_that_is_the_view_shifted_back_onto_it() -> None:
    """The least cost between a cloud and itself elsewhere is to move each point as far."""
    shift = np.array([1.0, -0.5])
    assert by_transport(SONG, SONG + shift, seed=0) == pytest.approx(SONG + shift)
    assert by_transport(SONG, SONG + shift, seed=0, way=0.5) == pytest.approx(SONG + shift / 2)


def test_transport_lets_go_of_what_the_view_has_not() -> None:
    """A view without high arousal: nothing is asked for there, and the most aroused stay the most aroused."""
    view = RNG.normal(size=(400, 2)) * (1, 0.2)
    asked = by_transport(SONG, view, seed=0)
    assert asked[:, 1].max() < 0.8
    assert np.corrcoef(asked[:, 1], SONG[:, 1])[0, 1] > 0.8


def cells() -> list[Cell]:
    felt = np.stack([np.linspace(-2, 2, 20), np.sin(np.arange(20))], axis=1)
    blurred = felt / 2 + 0.1 * RNG.normal(size=felt.shape)
    return [
        Cell(song, kind, seed, felt, {"paper": blurred, "blend": -felt}, 3)
        for song in ("a", "b")
        for kind in alignment.TOLD
        for seed in (0, 1)
    ]


def test_what_is_seen_is_compared_with_what_was_felt() -> None:
    mine = [cell for cell in cells() if cell.alignment == alignment.SONG]
    assert all(r > 0.95 for r in fidelity(mine, "paper", 0)) and len(fidelity(mine, "paper", 0)) == 2
    assert fidelity(mine, "blend", 1) == pytest.approx([-1, -1])
    low, high = interval(mine, "paper", 0)
    assert 0.9 < low < high <= 1
    assert coverage(mine) == pytest.approx([0.5] * 4, abs=0.1)
    assert min(order_kept(mine)) > 0.9


def test_the_page_has_a_row_for_every_alignment(tmp_path: Path) -> None:
    alignment.write(tmp_path, cells(), "colours", 2, "the command")
    page = (tmp_path / "alignment.md").read_text(encoding="utf-8")
    assert all(f"| {kind} |" in page for kind in alignment.TOLD) and "`the command`" in page
    assert (tmp_path / "alignment.jpg").exists()
    with (tmp_path / "alignment.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == len(cells()) * 20
