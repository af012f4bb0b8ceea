"""One definition of VGG's networks gives, to the bit, what the published weights say at every layer."""

import pytest
import torch

from deepsing_bridge.stylization.vgg import NAMES, TAPS, Decoder, Encoder, Networks
from tests.stylization import published

WIDTHS = ((24,), (16, 32), (16, 32, 64), (16, 32, 64, 128))  # as the compressed networks have them


def pictures() -> torch.Tensor:
    return torch.rand(2, 3, 32, 48, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("widths", WIDTHS, ids=len)
def test_an_encoder_gives_what_the_published_one_gives(widths: tuple[int, ...]) -> None:
    state, _ = published.states(widths)
    expected = published.encoded(state, pictures())
    taps = Encoder.of(state).taps(pictures(), len(widths))
    assert len(taps) == len(widths)
    assert all(torch.equal(tap, expected[name]) for tap, name in zip(taps, TAPS, strict=False))


@pytest.mark.parametrize("names", [("conv12", "conv22", "conv31", "conv41"), ("conv34",), NAMES])
def test_any_layer_can_be_looked_at(names: tuple[str, ...]) -> None:
    state, _ = published.states(WIDTHS[-1])
    expected = published.encoded(state, pictures())
    found = Encoder.of(state).activations(pictures(), names)
    assert all(torch.equal(features, expected[name]) for features, name in zip(found, names, strict=True))


@pytest.mark.parametrize("widths", WIDTHS, ids=len)
def test_a_decoder_gives_what_the_published_one_gives(widths: tuple[int, ...]) -> None:
    _, state = published.states(widths)
    features = torch.rand(2, widths[-1], 4, 6, generator=torch.Generator().manual_seed(2))
    assert torch.equal(Decoder.of(state)(features), published.decoded(state, features))


@pytest.mark.parametrize("widths", WIDTHS, ids=len)
def test_all_weights_are_read_and_no_others(widths: tuple[int, ...]) -> None:
    for kind, state in zip((Encoder, Decoder), published.states(widths), strict=True):
        read = kind.of(state | {"conv11_aux.bias": torch.ones(64)}).state_dict()
        assert read.keys() == state.keys()
        assert all(torch.equal(read[name], tensor) for name, tensor in state.items())


def test_weights_of_something_else_are_no_network() -> None:
    encoder, _ = published.states((8, 16))
    with pytest.raises(KeyError):
        Encoder.of({name: tensor for name, tensor in encoder.items() if not name.startswith("conv12")})
    with pytest.raises(RuntimeError):
        Encoder.of(encoder | {"conv21.weight": torch.zeros(16, 4, 3, 3)})


@pytest.mark.parametrize("widths", [[(4, 8, 16, 32)], [(4,), (4, 8), (4, 8, 16), (4, 8, 16, 32)]], ids=["one", "each"])
def test_every_level_comes_back_at_the_pictures_size(widths: list[tuple[int, ...]]) -> None:
    networks = Networks(widths)
    for level, tap in enumerate(networks.encoder.taps(pictures()), 1):
        assert tap.shape == (2, 4 * 2 ** (level - 1), 32 / 2 ** (level - 1), 48 / 2 ** (level - 1))
        assert torch.equal(networks.encoder(pictures(), level), tap)
        assert networks.decode(tap, level).shape == pictures().shape
