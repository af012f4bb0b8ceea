"""Samples class by class, with a generator of plain colours: again after a kill, finer, and for other palettes."""

from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge.training.class_samples import COARSE, STOPS, TRIAL, ClassSamples, in_minutes
from deepsing_bridge.training.sampling import BATCH
from deepsing_bridge.translation.attribute_view import SampleTable
from tests.colours import Colours, see


def samples(folder: Path, colours: Colours | None = None) -> ClassSamples:
    return ClassSamples(colours or Colours(), see, folder)


def same(one: SampleTable, other: SampleTable) -> bool:
    columns = ("class_ids", "latents", "valence", "arousal")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in columns)


def test_only_the_wanted_classes_are_looked_at_in_small_batches(tmp_path: Path) -> None:
    colours, told = Colours(), []
    seen = samples(tmp_path, colours)
    seen.fill([3, 0, 12], 50, lambda done, total: told.append((done, total)))
    table = seen.table([3, 0, 12], 50)
    assert table.class_ids.tolist() == [3] * 50 + [0] * 50 + [12] * 50
    assert sum(colours.batches) == 150 and max(colours.batches) <= BATCH
    assert told == sorted(told) and told[-1] == (150, 150)
    bright, dark, red = (table.of_classes([number]) for number in (3, 0, 12))
    assert bright.valence.min() > dark.valence.max()
    assert red.arousal.min() > dark.arousal.max()
    assert len({*bright.latents[:, 0].tolist(), *dark.latents[:, 0].tolist()}) == 100  # each class has its own


def test_what_is_known_of_a_class_does_not_depend_on_the_palette_nor_on_the_runs_it_took(tmp_path: Path) -> None:
    whole, grown = samples(tmp_path / "whole"), samples(tmp_path / "grown")
    whole.fill([7, 2], 50)
    for class_ids, pictures in (([2], COARSE), ([2, 5, 7], COARSE), ([7], 30), ([7, 2], 50)):
        grown.fill(class_ids, pictures)
    assert same(grown.table([7, 2]), whole.table([7, 2]))
    assert whole.table([7], 10).valence.tolist() == whole.table([7]).valence[:10].tolist()


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    def killed(done: int, total: int) -> None:
        if done >= 70:
            raise KeyboardInterrupt

    seen = samples(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        seen.fill([1, 2, 3], 50, killed)
    assert seen.counts([1, 2, 3]) == {1: 50, 2: 20, 3: 0}
    assert seen.missing([1, 2, 3], 50) == 80
    colours = Colours()
    samples(tmp_path, colours).fill([1, 2, 3], 50)
    assert sum(colours.batches) == 80


def test_a_damaged_file_is_made_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    seen = samples(tmp_path)
    seen.fill([1, 2], 10)
    before, victim = seen.table([1, 2]), tmp_path / "class-0002.safetensors"
    victim.write_bytes(victim.read_bytes()[:30])
    seen.fill([1, 2], 10)
    assert same(seen.table([1, 2]), before)
    assert f"{victim}: damaged" in caplog.text


def test_what_decides_what_is_seen_decides_the_folder() -> None:
    folders = {
        ClassSamples.of(Colours(truncation=truncation), see, {"weights": digest}, seed).folder
        for truncation in (0.4, 1.0)
        for digest in "ab"
        for seed in (0, 1)
    }
    assert len(folders) == 8


def test_the_groups_end_with_what_is_asked_for() -> None:
    assert STOPS[0] == COARSE and {50, 100} <= set(STOPS)


def test_a_few_pictures_tell_what_more_will_cost(tmp_path: Path) -> None:
    colours = Colours()
    assert samples(tmp_path, colours).seconds_per_picture() > 0
    assert sum(colours.batches) == 1 + TRIAL


@pytest.mark.parametrize(
    ("length_s", "told"),
    [(20, "under a minute"), (70, "about 1 minute"), (100, "about 2 minutes"), (60 * 882, "about 14.7 hours")],
)
def test_how_long_it_takes_is_said_as_people_say_it(length_s: float, told: str) -> None:
    assert in_minutes(length_s) == told
