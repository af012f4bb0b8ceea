"""Classes are found by name, and an unknown one is answered with the nearest."""

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.translation.class_names import class_ids
from tests.translation.toy import Toy


def test_classes_are_found_by_name_in_the_order_given() -> None:
    assert class_ids("lake, Fire,ash,lake", Toy()) == [11, 5, 0]
    assert class_ids(["island"], Toy()) == [8]


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ("laek", "nearest are lake"),
        ("lake,beech", "nearest are beach"),
        ("xyzzy", "ash, beach, cave"),
        (" , ", "no classes given"),
    ],
)
def test_an_unknown_class_is_answered_with_what_there_is(names: str, sentence: str) -> None:
    with pytest.raises(BridgeError, match=sentence):
        class_ids(names, Toy())
