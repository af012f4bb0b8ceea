"""Numbers on the wire, and what they mean."""

import pytest

from deepsing_bridge.protocols.midi.scale import from_share, to_share, to_steps


@pytest.mark.parametrize("bits", [7, 14])
def test_ends_and_middle_are_exact_and_every_position_comes_back(bits: int) -> None:
    top, middle = 2**bits - 1, 2 ** (bits - 1)
    assert [to_share(number, bits) for number in (0, middle, top)] == [0.0, 0.5, 1.0]
    shares = [to_share(number, bits) for number in range(top + 1)]
    assert shares == sorted(set(shares))
    assert [from_share(share, bits) for share in shares] == list(range(top + 1))


@pytest.mark.parametrize(
    ("encoding", "steps"),
    [
        ("twos-complement", {1: 1, 63: 63, 127: -1, 65: -63, 64: -64, 0: 0}),
        ("signed-bit", {1: 1, 63: 63, 65: -1, 127: -63, 64: 0, 0: 0}),
        ("binary-offset", {65: 1, 127: 63, 63: -1, 0: -64, 64: 0}),
    ],
)
def test_encoders_steps(encoding: str, steps: dict[int, int]) -> None:
    assert {number: to_steps(number, encoding) for number in steps} == steps  # type: ignore[arg-type]
