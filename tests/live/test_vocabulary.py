"""The one table: what it accepts, what it says when it does not, and that nothing in it contradicts the rest."""

import math

import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.core.fields import Value
from deepsing_bridge.live.messages import MESSAGES
from deepsing_bridge.live.parameters import PARAMETERS, Parameter
from deepsing_bridge.live.vocabulary import vocabulary

WORDS = vocabulary()
turnable = [parameter for parameter in PARAMETERS if parameter.turnable]


def test_names_addresses_and_controllers_are_each_used_once() -> None:
    addresses = [p.address for p in PARAMETERS] + [m.address for m in MESSAGES]
    controllers = [p.cc for p in PARAMETERS if p.cc is not None]
    assert len(set(addresses)) == len(addresses)
    assert len(set(controllers)) == len(controllers)
    assert all(0 <= number < 120 for number in controllers)  # 120 and up are channel mode messages


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda p: p.name)
def test_every_default_is_allowed_and_has_a_meaning(parameter: Parameter) -> None:
    assert parameter.check(parameter.default) == parameter.default
    assert parameter.field.meaning


@pytest.mark.parametrize("parameter", turnable, ids=lambda p: p.name)
def test_a_knob_reaches_both_ends_and_comes_back_to_where_it_stands(parameter: Parameter) -> None:
    for share in (0.0, 0.2, 0.5, 0.81, 1.0):
        value = parameter.from_share(share)
        assert parameter.check(value) == value
        assert parameter.from_share(parameter.to_share(value)) == pytest.approx(value)
    if parameter.field.kind in ("float", "int"):
        assert parameter.from_share(0) == parameter.field.low
        assert parameter.from_share(1) == parameter.field.high


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("blend", 3.0, "/deepsing/param/blend: expected 0..1, got 3"),
        ("blend", 1.0000001, "expected 0..1, got 1.0000001"),
        ("view", 1.00000001, "expected a whole number in 0..5, got 1.00000001"),
        ("blend", float("nan"), "expected 0..1, got nan"),
        ("blend", math.nan, "got nan"),
        ("blend", math.inf, "got inf"),
        ("blend", True, "got True"),
        ("fps", 10**400, "expected 1..60"),
        ("blend", "much", "got 'much'"),
        ("blend", None, "got None"),
        ("noise", -0.01, "expected 0..1, got -0.01"),
        ("view", 1.5, "expected a whole number in 0..5, got 1.5"),
        ("view", 6, "got 6"),
        ("freeze", 2, "expected 0 or 1, got 2"),
        ("style", "baroque", "expected auto, threshold, calm, negative, neutral, positive or tense, got 'baroque'"),
        ("style", 7, "got 7"),
        ("size", "513", "expected pixels as 512 or 1280x720"),
        ("size", "²²²", "expected pixels"),
        ("size", b"512", "expected pixels"),
        ("size", "9" * 5000, "expected pixels"),
        pytest.param("size", 10**5000, "expected pixels", id="size-digits"),
        ("fps", 0, "expected 1..60, got 0"),
        ("blend", "x" * 5000, "…"),
    ],
)
def test_what_is_not_allowed_is_answered_with_what_is(name: str, value: object, said: str) -> None:
    with pytest.raises(BridgeError) as refused:
        WORDS.parameters[name].check(value)
    assert said in str(refused.value)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    ("name", "given", "taken"),
    [
        ("blend", 1, 1.0),
        ("view", 3.0, 3),
        ("freeze", 1, True),
        ("freeze", 0.0, False),
        ("size", "512", "512x512"),
        ("size", 512, "512x512"),
        ("size", "1280X720", "1280x720"),
    ],
)
def test_what_controllers_send_is_taken_as_meant(name: str, given: object, taken: Value) -> None:
    value = WORDS.parameters[name].check(given)
    assert value == taken
    assert type(value) is type(taken)


def test_styles_and_views_are_those_that_are_there() -> None:
    words = vocabulary(["ink", "wash"], views=2)
    assert words.parameters["style"].check("ink") == "ink"
    with pytest.raises(BridgeError, match="auto, threshold, ink or wash"):
        words.parameters["style"].check("negative")
    with pytest.raises(BridgeError):
        words.parameters["view"].check(2)
