"""Parameters glide to where they were set, and are there within two frames' time, nearly."""

from fractions import Fraction
from itertools import pairwise

import pytest

from deepsing_bridge.live.controls import Controls
from deepsing_bridge.live.vocabulary import vocabulary


@pytest.fixture
def controls() -> Controls:
    return Controls.defaults(vocabulary(), {"noise": 0.4, "size": "320x180"})


def test_they_begin_at_their_defaults_but_for_what_was_changed(controls: Controls) -> None:
    look = controls.look
    assert (controls.plan_parameters.noise, look.blend, look.style) == (0.4, 0.1, "auto")
    assert (look.width, look.height, look.truncation) == (320, 180, None)
    assert controls.size == (320, 180)


def test_a_knob_does_not_zip_but_arrives(controls: Controls) -> None:
    turned = controls.set("blend", 1.0, 10.0)
    assert turned.value("blend", 10.0) == pytest.approx(0.1)
    steps = [float(turned.value("blend", 10.0 + n / 100)) for n in range(40)]
    assert all(a <= b for a, b in pairwise(steps))
    assert max(b - a for a, b in pairwise(steps)) < 0.3
    assert turned.value("blend", 10.0 + 2 / 24) > 0.9
    assert turned.value("blend", 10.3) == 1.0


@pytest.mark.parametrize("name", ["noise", "truncation", "morph"])
def test_what_a_painter_is_told_does_not_glide(name: str, controls: Controls) -> None:
    """It is told where the knob was set to; so nothing may say that it was somewhere on its way."""
    assert controls.set(name, 0.9, 10.0).value(name, 10.0) == 0.9


def test_a_knob_turned_on_the_way_goes_on_from_where_it_is(controls: Controls) -> None:
    turned = controls.set("blend", 1.0, 10.0)
    here = float(turned.value("blend", 10.03))
    again = turned.set("blend", 0.0, 10.03)
    assert again.value("blend", 10.03) == pytest.approx(here)


def test_choices_and_switches_change_at_once(controls: Controls) -> None:
    turned = controls.set("style", "negative", 1.0).set("view", 3, 1.0).set("freeze", True, 1.0)
    assert turned.look.style == "negative"
    assert turned.plan_parameters.view == 3
    assert turned.freeze


def test_truncation_at_the_generators_own_leaves_latents_as_they_are(controls: Controls) -> None:
    """As a story on disk does by default: the same pictures."""
    assert controls.look.truncation is None
    assert controls.set("truncation", 0.5, 1.0).look.truncation == 0.5
    assert controls.set("truncation", 0.5, 1.0).set("truncation", 1.0, 2.0).look.truncation is None


def test_the_old_controls_are_not_changed(controls: Controls) -> None:
    controls.set("blend", 1.0, 0.0)
    assert controls.value("blend", 5.0) == 0.1


@pytest.mark.parametrize(("fps", "rate"), [(24.0, Fraction(24)), (12.5, Fraction(25, 2)), (60.0, Fraction(60))])
def test_rates_are_exact(controls: Controls, fps: float, rate: Fraction) -> None:
    assert controls.set("fps", fps, 0.0).fps == rate
