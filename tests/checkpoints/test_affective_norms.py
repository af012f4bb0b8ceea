"""The class list and the norms: read by what can do nothing else, compared with ours, made into our table."""

import csv
import io
from pathlib import Path

import pytest

from deepsing_bridge.checkpoints.affective_norms import class_table, read_classes, read_norms, refuse_other_classes
from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.types import Sentiment
from deepsing_bridge.generators.biggan import biggan_classes

HEADING = ",Word,V.Mean.Sum,V.SD.Sum,V.Rat.Sum,A.Mean.Sum,A.SD.Sum\n"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_dictionary_is_read_as_python_writes_it(tmp_path: Path) -> None:
    there = {0: "tench, Tinca tinca", 4: "jack-o'-lantern", 999: 'a "quoted" word', 7: "Crêpe", 8: "both ' and \""}
    lines = "{" + ",\n ".join(f"{number}: {names!r}" for number, names in there.items()) + "}"
    for number, text in enumerate((repr(there), lines, "\ufeff" + lines + "\n\n")):
        assert read_classes(write(tmp_path / f"{number}.txt", text)).names == there
    assert read_classes(write(tmp_path / "last.txt", "{1: 'a', 2: 'b',}")).names == {1: "a", 2: "b"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected {number: 'names', …}"),
        ("[1, 2]", "expected {number: 'names', …}"),
        ("import os\n{0: 'a'}", "expected {number: 'names', …}"),
        ("{0: 'a'}; print()", "expected {number: 'names', …}"),
        ("{0: 'a',\n 1: __import__('os').mkdir('made')}", "line 2: expected a number, a colon and a quoted name"),
        ("{0: 'a',\n 1: 'b' 'c'}", "line 2: expected"),
        ("{0: 'a',\n 1: f'{0}'}", "line 2: expected"),
        ("{0: ('a', 'b')}", "line 1: expected"),
        ("{'0': 'a'}", "line 1: expected"),
        ("{0: 'a\\x41'}", "line 1: expected"),
        ("{0: 'a'", "expected {number: 'names', …}"),
        ("{0: 'a', 0: 'b'}", "class 0: expected numbers 0 to 999, each once"),
        ("{1000: 'a'}", "class 1000: expected numbers 0 to 999, each once"),
        ("{" + "(" * 100_000 + "}", "line 1: expected"),
    ],
)
def test_anything_else_is_refused(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BridgeError) as told:
        read_classes(write(tmp_path / "a.txt", text))
    assert "a.txt: " in str(told.value) and said in str(told.value)


def test_a_large_file_and_one_that_is_not_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match="at most 8,388,608 are read"):
        read_classes(write(tmp_path / "a.txt", " " * (1 << 23) + "{}"))
    (tmp_path / "b.txt").write_bytes(b"{0: '\xff\xfe'}")
    with pytest.raises(BridgeError, match=r"b\.txt: not text in UTF-8"):
        read_classes(tmp_path / "b.txt")


def test_another_order_of_the_classes_is_noticed(tmp_path: Path) -> None:
    labels = biggan_classes()
    ours = read_classes(write(tmp_path / "a.txt", repr({n: f"{label}, other name" for n, label in enumerate(labels)})))
    refuse_other_classes(ours, labels, complete=True)
    shifted = read_classes(write(tmp_path / "b.txt", repr(dict(enumerate(["background", *labels[:-1]])))))
    with pytest.raises(BridgeError, match=r"b\.txt: class 0 is 'background', expected 'tench'; \d+ classes have other"):
        refuse_other_classes(shifted, labels, complete=True)
    few = read_classes(write(tmp_path / "c.txt", repr(dict(enumerate(labels[:400])))))
    refuse_other_classes(few, labels, complete=False)
    with pytest.raises(BridgeError, match=r"c\.txt: 400 classes, expected 1000"):
        refuse_other_classes(few, labels, complete=True)
    reworded = {n: label if n % 3 else "nothing like it" for n, label in enumerate(labels)}
    cleaned = read_classes(write(tmp_path / "d.txt", repr(reworded)))
    refuse_other_classes(cleaned, labels, complete=False)
    with pytest.raises(BridgeError, match=r"d\.txt: class 0 is 'nothing like it'"):
        refuse_other_classes(cleaned, labels, complete=True)


def test_norms_are_taken_from_the_authors_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "words.csv", HEADING + "1,aardvark,6.26,2.21,19,2.41,1.4\n2,abalone,5.3,1.59,20,2.65,1.9\n")
    assert read_norms(path) == {"aardvark": Sentiment(6.26, 2.41), "abalone": Sentiment(5.3, 2.65)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "column 2 is not headed V.Mean"),
        ("a,b\n1,2\n", "column 2 is not headed V.Mean"),
        (HEADING.replace("V.Mean", "A.Mean", 1) + "1,a,5,1,1,5,1\n", "column 2 is not headed V.Mean"),
        (HEADING.replace("A.Mean", "D.Mean", 1) + "1,a,5,1,1,5,1\n", "column 5 is not headed A.Mean"),
        (HEADING + "1,a,5,1,1,5,1\n2,b,5\n", "line 3: expected a word with ratings in columns 2 and 5"),
        (HEADING + "1,a,pleasant,1,1,5,1\n", "line 2: expected a word with ratings"),
        (HEADING + "1,a,55,1,1,5,1\n", "line 2: 'a': expected ratings of 1 to 9"),
        (HEADING + "1,a,nan,1,1,5,1\n", "line 2: 'a': expected ratings of 1 to 9"),
        (HEADING + "1," + "a" * 200_000 + ",5,1,1,5,1\n", "words.csv: not a table"),
    ],
)
def test_another_table_of_norms_is_refused(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=said):
        read_norms(write(tmp_path / "words.csv", text))


def test_a_class_gets_the_mean_of_its_known_words_and_then_a_z_score(tmp_path: Path) -> None:
    norms = {"great": Sentiment(8, 4), "shark": Sentiment(2, 6), "dog": Sentiment(7, 2)}
    classes = read_classes(write(tmp_path / "a.txt", "{0: 'Great white,shark', 1: 'dog', 2: 'dogs'}"))
    lines = [
        line for line in class_table(classes, ["shark", "dog", "dogs", "cat"], norms).splitlines() if line[0] != "#"
    ]
    rows = list(csv.DictReader(io.StringIO("\n".join(lines))))
    assert [row["label"] for row in rows] == ["shark", "dog", "dogs", "cat"]
    assert [row["valence"] for row in rows] == ["-1.0000", "1.0000", "", ""], "5 and 7; the words are taken literally"
    assert [row["arousal"] for row in rows] == ["1.0000", "-1.0000", "", ""]


def test_norms_that_tell_no_classes_apart_are_refused(tmp_path: Path) -> None:
    classes = read_classes(write(tmp_path / "a.txt", "{0: 'dog', 1: 'dog'}"))
    for norms in ({}, {"dog": Sentiment(7, 2)}):
        with pytest.raises(BridgeError, match=r"a\.txt: of . classes with words in the norms, none differs"):
            class_table(classes, ["dog", "dog (1)"], norms)
