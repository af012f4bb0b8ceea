import av
import numpy as np
import pytest

from deepsing_bridge.audio.channels import layout_name, remix, usual_layout


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("1 channels", "mono"),
        ("2 channels", "stereo"),
        ("downmix", "stereo"),
        ("6 channels", "5.1"),
        ("8 channels", "8 channels"),
        ("16 channels", "16 channels"),
        ("5.1(side)", "5.1(side)"),
    ],
)
def test_a_layout_has_a_name_that_makes_it_again(given: str, name: str) -> None:
    layout = av.AudioLayout(given)
    assert layout_name(layout) == name
    assert av.AudioLayout(name).nb_channels == layout.nb_channels


def test_every_number_of_channels_has_a_layout() -> None:
    for channels in range(1, 65):
        assert av.AudioLayout(usual_layout(channels)).nb_channels == channels


def only(channel: int, channels: int) -> np.ndarray:
    return np.eye(channels, dtype=np.float32)[[channel]]


@pytest.mark.parametrize(
    ("layout", "channel", "left", "right"),
    [
        ("5.1", 0, True, False),
        ("5.1", 1, False, True),
        ("5.1", 2, True, True),
        ("5.1", 3, False, False),
        ("5.1", 4, True, False),
        ("5.1", 5, False, True),
        ("7.1(wide)", 6, True, False),
        ("16 channels", 15, True, True),
    ],
)
def test_each_channel_is_heard_on_its_own_side(layout: str, channel: int, left: bool, right: bool) -> None:
    channels = av.AudioLayout(layout).nb_channels
    assert ((remix(only(channel, channels), layout, "stereo") > 0) == [[left, right]]).all()


@pytest.mark.parametrize("layout", [name.name for name in map(av.AudioLayout, ("5.1", "quad", "7.1", "32 channels"))])
def test_both_sides_are_as_loud_as_all_channels_alike(layout: str) -> None:
    ones = np.ones((3, av.AudioLayout(layout).nb_channels), np.float32)
    np.testing.assert_allclose(remix(ones, layout, "stereo"), 1.0, rtol=1e-6)


def test_one_channel_is_the_mean_and_two_are_left_and_right_of_more() -> None:
    pair = np.array([[0.5, -0.1]], np.float32)
    np.testing.assert_allclose(remix(pair, "stereo", "mono"), [[0.2]])
    np.testing.assert_allclose(remix(pair, "stereo", "5.1"), [[0.5, -0.1, 0, 0, 0, 0]])
    np.testing.assert_allclose(remix(pair[:, :1], "mono", "stereo"), [[0.5, 0.5]])
