"""What nobody wants to meet unasked is in no view that a song gets by itself."""

import pytest

from deepsing_bridge.app.bundle import load
from deepsing_bridge.app.config import ModelChoice
from deepsing_bridge.translation.default_views import UNASKED, default_views


def test_views_with_weapons_are_for_those_who_choose_them() -> None:
    assert default_views([["lake", "gun"], ["lake", "dog"], ["warplane"], ["fire"]]) == (1, 3)


def test_where_every_view_has_one_there_is_no_other_choice() -> None:
    assert default_views([["gun"], ["rifle"]]) == (0, 1)


@pytest.mark.parametrize("generator", ["embedded", pytest.param("worlds", marks=pytest.mark.slow)])
def test_of_what_is_shipped_no_song_gets_a_weapon_unasked(generator: str) -> None:
    models = load(ModelChoice(generator))
    shown = {
        models.generator.classes[number] for view in models.default_views for number in models.translators[view].palette
    }
    assert len(models.default_views) >= 4
    assert len(shown) > 20 and UNASKED.isdisjoint(shown)
