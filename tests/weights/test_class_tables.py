"""Tables of classes: which one is a generator's, and its rows in order."""

from pathlib import Path

import pytest

from deepsing_bridge import weights
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.weights.class_tables import class_table_file, read_class_table

HEADS = "id,label,valence,arousal\n"
TEXT = "# whose it is\nid,label,valence,arousal\n10,élan,0.5,-1\n2,ash,,\n"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    weights.save_table(class_table_file("toy"), TEXT, what="", licence="", command="", models=tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("generator", "file", "classes"),
    [
        ("embedded", "class-sentiment-embedded.csv", 31),
        ("biggan-deep-128", "class-sentiment-imagenet.csv", 1000),
        ("biggan-deep-512", "class-sentiment-imagenet.csv", 1000),
    ],
)
def test_every_shipped_generator_has_a_table(generator: str, file: str, classes: int) -> None:
    assert class_table_file(generator) == file
    assert [row["id"] for row in read_class_table(generator)] == [str(class_id) for class_id in range(classes)]


def test_rows_come_in_order_of_id_and_notices_are_passed_over(models: Path) -> None:
    rows = read_class_table("toy", models)
    assert [row["label"] for row in rows] == ["ash", "élan"]
    assert rows[0]["valence"] == ""


def test_it_is_noted_down_that_a_table_was_read(models: Path) -> None:
    with weights.recorded() as loaded:
        read_class_table("toy", models)
    assert list(loaded) == [f"{models.name}/class-sentiment-toy.csv"]


def test_a_missing_table_is_named(models: Path) -> None:
    (models / class_table_file("toy")).unlink()
    with pytest.raises(BridgeError, match=r"class-sentiment-toy\.csv: table of class sentiments missing"):
        read_class_table("toy", models)


def test_of_a_table_that_was_never_made_it_is_said_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"generator toy: no table .*; .* train dictionary --generator toy makes one"):
        read_class_table("toy", tmp_path)


def test_an_altered_table_is_refused(models: Path) -> None:
    with (models / class_table_file("toy")).open("a") as file:
        file.write("3,lake,1,1\n")
    with pytest.raises(BridgeError, match=r"class-sentiment-toy\.csv: not the file that"):
        read_class_table("toy", models)


@pytest.mark.parametrize(
    "text",
    ["id,label\n0,a\n", *(f"{HEADS}{row}\n" for row in ("x,a,1,1", "0", "0,a,inf,1", "0,a\x07,1,1", "0,a,1,much"))],
)
def test_what_is_no_table_is_told_though_it_is_listed(text: str, tmp_path: Path) -> None:
    weights.save_table(class_table_file("mine"), text, what="", licence="", command="", models=tmp_path)
    with pytest.raises(BridgeError, match=r"mine\.csv: no table of classes; expected columns id, label, valence"):
        read_class_table("mine", tmp_path)
