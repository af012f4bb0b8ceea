"""What the sentences of errors are made of."""

import pytest

from deepsing_bridge.core.errors import BridgeError, first_few, in_words


def test_a_long_list_is_cut_short_and_counted() -> None:
    assert first_few([]) == ""
    assert first_few(range(1, 7)) == "1, 2, 3, 4, 5, 6"
    assert first_few(range(1, 10)) == "1, 2, 3, 4, 5, 6 and 3 more"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyError("start_s"), "'start_s' is missing"),
        (IndexError("tuple index out of range"), "a part of it is missing"),
        (TypeError("'NoneType' object is not iterable"), "a part of it is of another kind than it should be"),
        (AttributeError("'str' object has no attribute 'items'"), "a part of it is of another kind than it should be"),
        (ValueError("could not convert string to float: 'x'"), "'x' is no number"),
        (ValueError("invalid literal for int() with base 10: 'x'"), "'x' is no number"),
        (ValueError("no scenes"), "no scenes"),
        (BridgeError("a.json: broken"), "a.json: broken"),
    ],
)
def test_what_is_wrong_is_told_without_words_of_python(error: Exception, said: str) -> None:
    assert in_words(error) == said


def test_a_text_with_half_a_letter_is_told_without_words_of_python() -> None:
    with pytest.raises(UnicodeEncodeError) as told:
        "\ud800".encode()
    assert in_words(told.value) == "a text that no file could hold"


def test_what_a_file_says_is_quoted_in_part() -> None:
    assert len(in_words(ValueError("x" * 9999))) == len(in_words(KeyError("x" * 9999))) - len("'' is missing") == 160
