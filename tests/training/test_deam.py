"""DEAM as published: what is read of it, what is refused, and an estimator trained on it."""

import csv
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest

from deepsing_bridge import weights
from deepsing_bridge.attributes.audio_paper import WEIGHTS, PaperAudioEstimator
from deepsing_bridge.audio.decode import file_to_song
from deepsing_bridge.audio.features import song_to_features
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.files import appearing, draft, sha256
from deepsing_bridge.core.types import no_progress
from deepsing_bridge.training import deam_audio
from deepsing_bridge.training.deam import Table, read_deam
from deepsing_bridge.training.recipes import Recipe, Stage
from deepsing_bridge.weights import model_sets
from tests.cli.test_cli import bridge, refused
from tests.core.test_files import needs_dev_full
from tests.process import READY_S, ROOT
from tests.training.datasets import DYNAMIC, SONGS, write_deam

QUICK = Recipe(stages=(Stage(6, 2e-4), Stage(1, 1e-5)), batch=16)
AVERAGED = Path("DEAM_Annotations", "annotations", "annotations averaged per song")
SOUNDS = Path("DEAM_audio", "MEMD_audio")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_deam(tmp_path_factory.mktemp("deam"))


@pytest.fixture(scope="module")
def keep(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the features, whichever of these tests a worker runs first."""
    folder = tmp_path_factory.mktemp("keep")
    deam_audio.hear(read_deam(published).songs, folder / "features")
    return folder


@pytest.fixture
def copy(published: Path, tmp_path: Path) -> Path:
    return shutil.copytree(published, tmp_path / "copy")


def stages(name: str) -> Callable[[int, int], None]:
    return no_progress


def train(published: Path, keep: Path, name: str = "mine", seed: int = 0) -> dict[str, float]:
    return deam_audio.train(read_deam(published), name, QUICK, seed, keep, stages)


def rewrite(path: Path, change: Callable[[list[list[str]]], list[list[str]]]) -> None:
    with path.open(newline="") as file:
        rows = change(list(csv.reader(file)))
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)


def test_the_published_layout_is_read(published: Path) -> None:
    deam = read_deam(published)
    assert [song.name for song in deam.songs] == list(map(str, SONGS))
    quietest, loudest = deam.songs[0], deam.songs[-1]
    assert quietest.windows.tolist() == [30, 31, 32, 33, 34, 35]  # from 15 s on; cells after the song's end are empty
    assert quietest.arousal.tolist() == pytest.approx([-0.6] * 6)
    assert (loudest.whole_arousal, loudest.whole_valence) == (8, 2)
    assert deam.unrated == ()


def test_archives_unpacked_into_one_folder_are_read_too(copy: Path) -> None:
    for inside in ("DEAM_audio/MEMD_audio", "DEAM_Annotations/annotations"):
        shutil.move(copy / inside, copy)
    assert len(read_deam(copy).songs) == len(SONGS)


def test_the_first_15_s_are_skipped_even_if_somebody_rated_them(copy: Path) -> None:
    for axis in ("arousal", "valence"):
        rewrite(
            copy / AVERAGED / DYNAMIC / f"{axis}.csv",
            lambda rows: [[*row, "sample_14500ms" if row is rows[0] else "0.1"] for row in rows],
        )
    assert read_deam(copy).songs[0].windows[0] == 30


@pytest.mark.parametrize(
    "lacking",
    [
        AVERAGED / DYNAMIC / "valence.csv",
        AVERAGED / "song_level" / "static_annotations_averaged_songs_2000_2058.csv",
        SOUNDS,
    ],
)
def test_a_missing_part_is_named(copy: Path, lacking: Path) -> None:
    place = copy / lacking
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    with pytest.raises(BridgeError, match=rf"{lacking.name}/? missing; expected DEAM as published"):
        read_deam(copy)


def test_an_empty_folder_lacks_everything_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"MEMD_audio/, annotations/.*arousal\.csv.*valence\.csv.*missing"):
        read_deam(tmp_path)
    with pytest.raises(BridgeError, match="nowhere: no such folder"):
        read_deam(tmp_path / "nowhere")


def test_ratings_without_sound_are_told_and_misnamed_sounds_too(copy: Path) -> None:
    (copy / SOUNDS / "4.mp3").rename(copy / SOUNDS / "song4.mp3")
    (copy / SOUNDS / "7.mp3").unlink()
    with pytest.raises(BridgeError, match="no sound for 2 that are rated: 4, 7; there without a rating: song4"):
        read_deam(copy)


def test_sound_without_ratings_is_left_out_and_told(copy: Path) -> None:
    shutil.copy(copy / SOUNDS / "4.mp3", copy / SOUNDS / "999.mp3")
    assert read_deam(copy).unrated == ("999",)


@pytest.mark.parametrize("table", [f"{DYNAMIC}/valence.csv", "song_level/static_annotations_averaged_songs_1_2000.csv"])
def test_tables_that_rate_different_songs_are_told(copy: Path, table: str) -> None:
    rewrite(copy / AVERAGED / table, lambda rows: [row for row in rows if row[0] not in ("3", "10")])
    with pytest.raises(BridgeError, match="has no ratings of songs that the other tables rate: 3, 10"):
        read_deam(copy)


def test_a_cell_that_is_no_number_is_told(copy: Path) -> None:
    arousal = copy / AVERAGED / DYNAMIC / "arousal.csv"
    rewrite(arousal, lambda rows: [*rows[:2], [rows[2][0], "loud", *rows[2][2:]], *rows[3:]])
    with pytest.raises(BridgeError, match=r"arousal\.csv: song 3, sample_15000ms: expected a number, found 'loud'"):
        read_deam(copy)


def test_a_song_rated_twice_and_a_table_without_its_column_are_told(copy: Path) -> None:
    arousal = copy / AVERAGED / DYNAMIC / "arousal.csv"
    rewrite(arousal, lambda rows: [*rows, rows[1]])
    with pytest.raises(BridgeError, match=r"arousal\.csv: 2 more than once under song_id"):
        read_deam(copy)
    rewrite(arousal, lambda rows: [["id", *rows[0][1:]], *rows[1:]])
    with pytest.raises(BridgeError, match=r"arousal\.csv: has no column song_id"):
        read_deam(copy)


def test_a_column_of_no_moment_in_a_song_is_passed_over() -> None:
    cells = {"sample_15000ms": "0.5", f"sample_{'9' * 5000}ms": "0.5"}
    assert Table(Path("valence.csv"), {"1": cells}).curve("1") == {30: 0.5}


def test_sounds_that_cannot_be_decoded_are_all_named(copy: Path) -> None:
    for song in (3, 2001):
        (copy / SOUNDS / f"{song}.mp3").write_text("no sound")
    with pytest.raises(BridgeError, match=r"not sound that can be decoded: 3\.mp3, 2001\.mp3"):
        read_deam(copy)


def test_sound_that_is_shorter_than_its_ratings_is_another_songs(copy: Path, tmp_path: Path) -> None:
    for axis in ("arousal", "valence"):
        rewrite(
            copy / AVERAGED / DYNAMIC / f"{axis}.csv",
            lambda rows: [[*row[:20], *(cell or "0.2" for cell in row[20:])] if row[0] == "5" else row for row in rows],
        )
    with pytest.raises(BridgeError, match=r"5\.mp3: lasts 18 s but is rated up to 28 s"):
        train(copy, tmp_path)


def test_what_is_louder_is_learned_to_be_more_arousing(published: Path, keep: Path) -> None:
    metrics = train(published, keep)
    assert metrics["arousal r, held-out 500 ms"] > 0.8
    estimator = PaperAudioEstimator.load(model_sets.folder_of("mine"))
    quiet, loud = (song_to_features(file_to_song(published / SOUNDS / f"{song}.mp3")) for song in (3, 2002))
    soft, hard = estimator.raw_sentiment(quiet), estimator.raw_sentiment(loud)
    assert hard.arousal.mean() > soft.arousal.mean() + 0.3
    assert hard.valence.mean() < soft.valence.mean() - 0.3
    assert estimator.features_to_sentiment(loud, "dataset").arousal.mean() > 0.5  # its statistics are DEAM's


def test_a_set_gets_a_model_card_and_keeps_what_it_had(published: Path, keep: Path) -> None:
    with model_sets.installing("mine") as folder:
        weights.save_table("words.csv", "a,b\n", what="words", licence="mine", command="by hand", models=folder)
    metrics = train(published, keep)
    card = (model_sets.folder_of("mine") / "README.md").read_text()
    assert "DEAM (Aljanaki, Yang and Soleymani 2017), 12 songs from 15 s on" in card
    assert "6 songs for training, 3 for validation, 3 for the test" in card
    assert "6@0.0002,1@1e-05" in card and "train audio --deam FOLDER --stages 6@0.0002" in card
    assert f"| arousal r, held-out 500 ms | {metrics['arousal r, held-out 500 ms']:.4g} |" in card
    assert "## words.csv" in card
    assert model_sets.faults(model_sets.folder_of("mine")) == []
    assert weights.manifest(model_sets.folder_of("mine"))[WEIGHTS]["metrics"] == metrics


def test_a_seed_gives_the_same_bytes_and_another_seed_others(published: Path, keep: Path, tmp_path: Path) -> None:
    shutil.copytree(keep / "features", tmp_path / "features")
    for name, seed, place in (("a", 0, keep), ("b", 0, tmp_path), ("c", 1, keep)):
        train(published, place, name, seed)
    a, b, c = ((model_sets.folder_of(name) / WEIGHTS).read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_damaged_features_are_named(published: Path, tmp_path: Path) -> None:
    (tmp_path / "features").mkdir()
    damaged = tmp_path / "features" / f"{sha256(published / SOUNDS / '2.mp3')}.npy"
    damaged.write_bytes(b"\x93NUMPY")
    with pytest.raises(BridgeError, match=rf"{damaged.name}: a damaged file; delete it"):
        train(published, tmp_path)


@pytest.mark.slow
def test_the_command_killed_in_the_middle_goes_on_and_ends_with_the_same_bytes(
    published: Path, keep: Path, tmp_path: Path
) -> None:
    shutil.copytree(keep / "features", tmp_path / "runs" / "features")
    shutil.copytree(keep / "features", tmp_path / "other" / "features")
    options = ["--deam", published, "--stages", "8@1e-5", "--patience", "8", "--keep", tmp_path / "runs"]
    command = [sys.executable, ROOT / "bridge.py", "train", "audio", *options, "--name", "mine"]
    running = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + READY_S
    while not list((tmp_path / "runs").glob("audio-*.pt")):
        assert running.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    running.kill()
    assert running.wait() != 0
    assert "mine" not in model_sets.installed()

    done = bridge("train", "audio", *options, "--name", "mine")
    assert done.returncode == 0 and "bridge.py story SONG --models mine" in done.stdout
    straight = [*options[:-1], tmp_path / "other"]
    assert bridge("train", "audio", *straight, "--name", "straight").returncode == 0
    taken_up, uninterrupted = ((model_sets.folder_of(name) / WEIGHTS).read_bytes() for name in ("mine", "straight"))
    assert taken_up == uninterrupted


@needs_dev_full
def test_a_full_disk_at_the_end_costs_nothing_of_the_training(
    published: Path, keep: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(keep / "features", tmp_path / "features")

    def on_a_full_disk(path: Path) -> AbstractContextManager[Path]:
        draft(path).symlink_to("/dev/full")
        return appearing(path)

    with monkeypatch.context() as full:
        full.setattr("deepsing_bridge.weights.files.appearing", on_a_full_disk)
        with pytest.raises(BridgeError, match=rf"{WEIGHTS}: no space left on the disk; make room and run the same"):
            train(published, tmp_path)
    assert model_sets.installed() == [] and list(tmp_path.glob("audio-*.pt"))
    monkeypatch.setattr("deepsing_bridge.training.fitting._Fitting.run_epoch", None)  # nothing is left to fit
    assert train(published, tmp_path)["epochs run"] == 7
    assert model_sets.faults(model_sets.installed_folder("mine")) == []


def test_the_command_says_in_one_sentence_what_is_wrong(tmp_path: Path) -> None:
    assert "expected DEAM as published" in refused(bridge("train", "audio", "--deam", tmp_path))
    assert "expected epochs@rate" in refused(bridge("train", "audio", "--deam", tmp_path, "--stages", "thirty"))


def test_a_name_that_is_none_is_refused_before_anything_long(published: Path, tmp_path: Path) -> None:
    for name in ("", "Mine", "../mine"):
        told = refused(bridge("train", "audio", "--deam", published, "--keep", tmp_path / "runs", "--name", name))
        assert "expected a name of small letters" in told
    assert not (tmp_path / "runs").exists()


def test_arrays_on_disk_are_no_pickles(keep: Path) -> None:
    stored = next((keep / "features").glob("*.npy"))
    assert np.load(stored, allow_pickle=False).dtype == np.float16
