"""What broken drivers and odd devices give does no harm: no real sound card is needed for that."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import numpy as np
import pytest

from deepsing_bridge.attributes.audio_context import ContextAudioEstimator
from deepsing_bridge.audio.decode import SAMPLE_RATE
from deepsing_bridge.core.types import Sentiment
from deepsing_bridge.listening import listener as listening
from deepsing_bridge.listening.device import SoundBlock
from deepsing_bridge.listening.levels import HeardOnset, LevelMeter
from deepsing_bridge.listening.listener import Listener, Told
from deepsing_bridge.listening.ring import SampleRing
from tests.jack import until

RATE = 48_000


class Card:
    """A device that brings what a test writes into its ring. `trouble` is raised when it is asked how it is."""

    def __init__(self, rate: int = RATE) -> None:
        self.rate, self.ring = rate, SampleRing(2 * rate)
        self.there = True
        self.trouble: Exception | None = None

    @property
    def alive(self) -> bool:
        if self.trouble:
            raise self.trouble
        return self.there

    def close(self) -> None:
        pass


class Feeling:
    """In place of a model: `broken` is what it raises."""

    def __init__(self) -> None:
        self.heard: list[float] = []
        self.broken: Exception | None = None

    def hear(self, window: np.ndarray, sounding: bool) -> Sentiment:
        if self.broken:
            raise self.broken
        self.heard.append(float(np.abs(window).max()))
        return Sentiment(5.0, 5.0)


@pytest.fixture
def feeling(monkeypatch: pytest.MonkeyPatch) -> Feeling:
    made = Feeling()
    monkeypatch.setattr(listening, "following", lambda model: made)
    monkeypatch.setattr(listening, "RETRY_S", 0.05)
    return made


@contextmanager
def hearing(cards: list[Card]) -> Iterator[tuple[Listener, list[SoundBlock]]]:
    """One card after the other; then there is none."""
    kept: list[SoundBlock] = []
    waiting = iter(cards)

    def opened() -> Card:
        if (card := next(waiting, None)) is None:
            raise OSError("none")
        return card

    listener = Listener(opened, ContextAudioEstimator.load(), keep=kept.append)
    listener.start()
    try:
        yield listener, kept
    finally:
        listener.stop()


def noise(seconds: float, channels: int = 2, rate: int = RATE) -> np.ndarray:
    return (0.1 * np.random.default_rng(0).standard_normal((round(seconds * rate), channels))).astype(np.float32)


def sound_of(kept: list[SoundBlock], rate: int = RATE) -> np.ndarray:
    return np.concatenate([block.samples for block in kept if block.rate == rate] or [np.zeros((0, 2))])


def test_what_is_no_number_is_silence_and_what_is_too_loud_is_full_scale(feeling: Feeling) -> None:
    card, samples = Card(), noise(1.1)
    samples[100:200], samples[300:400], samples[500:600] = np.nan, np.inf, -1e30
    with hearing([card]) as (listener, kept):
        card.ring.write(samples)
        until(lambda: len(sound_of(kept)) == len(samples))
        until(lambda: feeling.heard)
        assert np.isfinite(list(vars(listener.levels.at(0.5)).values())).all()
    sound = sound_of(kept)
    assert not sound[100:200].any() and (sound[300:400] == 1).all() and (sound[500:600] == -1).all()
    assert 0 < max(feeling.heard) <= 1.5


@pytest.mark.parametrize(("channels", "rate"), [(1, 44_100), (2, 96_000), (16, 48_000), (2, 22_050)])
def test_any_rate_and_number_of_channels_is_heard_as_stereo_in_its_time(
    channels: int, rate: int, feeling: Feeling
) -> None:
    card, samples = Card(rate), noise(1.0, channels, rate)
    with hearing([card]) as (listener, kept):
        until(listener.connected.is_set)
        before_s = listener.heard().heard_s
        card.ring.write(samples)
        until(lambda: listener.heard().heard_s - before_s == pytest.approx(1.0, abs=0.01))
    np.testing.assert_array_equal(sound_of(kept, rate), samples[:, [0, min(channels, 2) - 1]])


def test_what_was_lost_is_silence_but_not_hours_of_it(feeling: Feeling) -> None:
    card = Card()
    with hearing([card]) as (listener, _):
        until(listener.connected.is_set)
        before_s = listener.heard().heard_s
        card.ring.write(noise(0.5))
        card.ring.lose(RATE)
        until(lambda: listener.counts().lost_samples == RATE)
        card.ring.lose(100 * RATE)  # a machine that slept
        until(lambda: listener.counts().lost_samples == 101 * RATE)
        time.sleep(0.1)
        assert 1.5 <= listener.heard().heard_s - before_s < 7


def test_a_driver_that_breaks_is_opened_anew(feeling: Feeling, caplog: pytest.LogCaptureFixture) -> None:
    first, second = Card(), Card()
    with hearing([first, second]) as (listener, kept):
        until(listener.connected.is_set)
        first.trouble = RuntimeError("PaErrorCode -9988")
        until(lambda: "cannot be heard any more" in caplog.text)
        second.ring.write(noise(0.2))
        until(lambda: len(sound_of(kept)))
        until(listener.connected.is_set)


def test_a_device_that_comes_and_goes_all_the_time_is_heard_while_it_is_there(feeling: Feeling) -> None:
    cards = [Card() for _ in range(10)]
    over = Event()

    def flap() -> None:
        for card in cards:
            card.ring.write(noise(0.1))
            over.wait(0.1)
            card.there = False

    with hearing(cards) as (listener, kept):
        thread = Thread(target=flap)
        thread.start()
        until(lambda: not any(card.there for card in cards))
        thread.join()
        until(lambda: len(sound_of(kept)) == sum(card.ring.written for card in cards))
        assert listener.heard().heard_s > 1.0


def test_a_half_second_that_cannot_be_felt_is_not_the_last(feeling: Feeling, caplog: pytest.LogCaptureFixture) -> None:
    card, told = Card(), list[Told]()
    feeling.broken = ValueError("a model's")
    with caplog.at_level(logging.ERROR), hearing([card]) as (listener, _):
        card.ring.write(noise(0.6))
        until(lambda: "could not be felt" in caplog.text)
        feeling.broken = None
        card.ring.write(noise(1.1))

        def felt() -> bool:
            told.extend(listener.heard().events)
            return any(isinstance(event, Sentiment) for event in told)

        until(felt)


@pytest.mark.parametrize("offset", [-0.9, 0.5])
def test_a_constant_offset_in_a_pause_is_no_sound_and_hides_none(offset: float) -> None:
    meter, onsets = LevelMeter(), list[HeardOnset]()
    samples = 1e-5 * np.random.default_rng(0).standard_normal(6 * SAMPLE_RATE) + offset
    click = 0.1 * np.random.default_rng(1).standard_normal(2000) * np.exp(-np.arange(2000) / 400)
    samples[5 * SAMPLE_RATE :][:2000] += click
    for number, start in enumerate(range(0, len(samples), 230)):
        heard = meter.hear(samples[start : start + 230].astype(np.float32))
        onsets += heard.onsets
        assert not heard.sounding or number < 5 or start > 4.9 * SAMPLE_RATE
    assert [onset.time_s for onset in onsets if onset.time_s > 1] == [pytest.approx(5.0, abs=0.03)]
