"""What the sentences of errors are made of."""

from deepsing_bridge.core.errors import first_few


def test_a_long_list_is_cut_short_and_counted() -> None:
    assert first_few([]) == ""
    assert first_few(range(1, 7)) == "1, 2, 3, 4, 5, 6"
    assert first_few(range(1, 10)) == "1, 2, 3, 4, 5, 6 and 3 more"
