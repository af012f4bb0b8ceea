"""Python looks for garbage again after what is loaded without it, whatever came of that."""

import gc

import pytest

from deepsing_bridge.core.collecting import uncollected


def test_nothing_is_looked_for_meanwhile_and_then_again() -> None:
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_fails_to_load_leaves_it_on() -> None:
    with pytest.raises(ImportError), uncollected():
        raise ImportError("no such module")
    assert gc.isenabled()


def test_who_does_without_it_goes_on_without_it() -> None:
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
