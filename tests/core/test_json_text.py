"""JSON from outside: what is no such text is one kind of error, however it is wrong."""

from pathlib import Path

import pytest

from deepsing_bridge.core import json_text
from deepsing_bridge.core.errors import BridgeError


def test_what_is_json_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('\ufeff{"a": [1, 2.5, null, {"a": "é"}]}', encoding="utf-8")
    assert json_text.read(tmp_path / "a.json") == {"a": [1, 2.5, None, {"a": "é"}]}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Expecting value"),
        ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "nested too deeply"),
        ('{"a": 1, "b": 2, "a": 3}', "'a' more than once"),
        ("[NaN]", "number NaN"),
        ("[-Infinity]", "number -Infinity"),
        ("[1e999]", "number 1e999"),
        ("9" * 5000, "number 9999"),
    ],
    ids=["empty", "lists", "objects", "twice", "NaN", "infinity", "large", "digits"],
)
def test_what_is_not_is_a_value_error_and_of_a_file_a_sentence(text: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=why):
        json_text.parse(text)
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(BridgeError, match=rf"a\.json: not JSON, or damaged \(.*{why}"):
        json_text.read(tmp_path / "a.json")
