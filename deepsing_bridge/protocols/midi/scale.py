"""Numbers on the wire and what they mean: 7 and 14 bit positions, encoders' steps. Pure.

Positions are scaled so that both ends and the middle are exact (MIDI 2.0 Bit Scaling and Resolution, min-center-max):
64 of 7 bit, 8192 of 14, is one half. So a fader in its detent sets an offset to zero, not to nearly zero.
"""

from .map import Encoding

SEVEN, FOURTEEN = 7, 14  # bits


def to_share(number: int, bits: int) -> float:
    """What `number` 0..2^bits−1 is of the way, 0..1."""
    centre = 1 << (bits - 1)
    return number / (2 * centre) if number <= centre else 0.5 + (number - centre) / (2 * (centre - 1))


def from_share(share: float, bits: int) -> int:
    """The number nearest to `share` 0..1."""
    centre = 1 << (bits - 1)
    return round(share * 2 * centre) if share <= 0.5 else centre + round((share - 0.5) * 2 * (centre - 1))


def to_steps(number: int, encoding: Encoding) -> int:
    """How many clicks an encoder was turned, −64..63; to the right is positive."""
    match encoding:
        case "twos-complement":
            return number - 128 if number >= 64 else number
        case "signed-bit":
            return 64 - number if number >= 64 else number
    return number - 64
