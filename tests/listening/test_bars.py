"""Which of the beats that are heard begins a bar."""

import numpy as np

from deepsing_bridge.listening.bars import BarCounter
from deepsing_bridge.listening.clearness import HOP_S, MEMORY
from deepsing_bridge.listening.harmony import PitchClasses

BEAT = 21  # frames


def counted(accents: list[float]) -> list[int]:
    """The numbers of beats in their bars, given how strong onset and bass of each are, dB."""
    counter, envelope, numbers = BarCounter(), np.zeros(MEMORY), []
    for beat, accent in enumerate(accents):
        now_s = beat * BEAT * HOP_S  # the sound of this beat is not heard yet
        numbers.append(counter.count(now_s, envelope, envelope, PitchClasses(), now_s, True)[0])
        envelope = np.concatenate([envelope[BEAT:], [accent], np.zeros(BEAT - 1)])
    return numbers


def accented(bars: int, meter: int, strong: int = 0, seed: int = 0) -> list[float]:
    """Bars whose beat `strong` is the strongest, in the manner of people."""
    beats = 4.0 + 3.0 * (np.arange(bars * meter) % meter == strong)
    return (beats + np.random.default_rng(seed).normal(0, 0.7, len(beats))).tolist()


def test_bars_of_four_and_of_three_begin_with_the_accent() -> None:
    for meter in (4, 3):
        numbers = counted(accented(16, meter))
        assert numbers[8 * meter :] == [1 + beat % meter for beat in range(8 * meter)]


def test_a_bar_of_other_accents_does_not_move_the_order() -> None:
    numbers = counted(accented(8, 4) + accented(1, 4, strong=2) + accented(8, 4))
    assert numbers[16:] == [1 + beat % 4 for beat in range(len(numbers) - 16)]


def test_bars_follow_where_the_order_stays_another() -> None:
    numbers = counted(accented(8, 4) + accented(12, 4, strong=2))
    assert numbers[-16:] == 4 * [3, 4, 1, 2]
