"""A real JACK server and another process that plays through it: what is heard, how soon, and what if either dies."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile

from deepsing_bridge.attributes.audio_context import ContextAudioEstimator
from deepsing_bridge.audio.decode import SAMPLE_RATE
from deepsing_bridge.core.types import Sentiment
from deepsing_bridge.listening.device import Input
from deepsing_bridge.listening.input_process import InputProcess
from deepsing_bridge.listening.inputs import devices, find
from deepsing_bridge.listening.levels import HeardOnset
from deepsing_bridge.listening.listener import Listener, Told
from tests.jack import jack_name, jackd, until
from tests.listening.playing import playing

pytest.importorskip("jack", reason="JACK-Client is not installed", exc_type=ImportError)
pytestmark = pytest.mark.program("jackd")
PLAYER = "Mixxx"


@contextmanager
def player(samples: np.ndarray, folder: Path) -> Iterator[Callable[[], float]]:
    """Another process; what is given makes it play, and says when it began on this machine's clock."""
    soundfile.write(folder / "song.wav", samples, SAMPLE_RATE)
    with playing(folder / "song.wav", PLAYER) as play:
        yield play


@contextmanager
def listening() -> Iterator[Listener]:
    def open_input() -> Input:
        return InputProcess(find(PLAYER, devices()))

    listener = Listener(open_input, ContextAudioEstimator.load())
    listener.start()
    try:
        yield listener
    finally:
        listener.stop()


def clicks(times: list[float]) -> np.ndarray:
    rng = np.random.default_rng(0)
    samples = 1e-4 * rng.standard_normal(round((times[-1] + 1) * SAMPLE_RATE))
    for time_s in times:
        start = round(time_s * SAMPLE_RATE)
        samples[start : start + 2000] += 0.3 * rng.standard_normal(2000) * np.exp(-np.arange(2000) / 400)
    return samples.astype(np.float32)


def test_another_process_is_heard(tmp_path: Path) -> None:
    """How soon, on a machine that is not busy, is measured by `bench.listening`."""
    times = [0.5 + 0.37 * number for number in range(16)]
    heard: list[Told] = []
    with jack_name(), jackd("--realtime"), player(clicks(times), tmp_path) as play, listening() as listener:
        until(listener.connected.is_set)
        play()

        def onsets() -> list[HeardOnset]:
            heard.extend(listener.heard().events)
            return [event for event in heard if isinstance(event, HeardOnset)]

        until(lambda: len(onsets()) >= 12)  # a busy machine loses some
        until(lambda: onsets() and sum(isinstance(event, Sentiment) for event in heard) >= 10)
        assert listener.heard().heard_s > times[11]
    assert np.median(np.diff([onset.time_s for onset in onsets()])) == pytest.approx(0.37, abs=0.05)


def test_a_device_is_given_back_in_order(tmp_path: Path) -> None:
    with jack_name(), jackd(), player(clicks([1.0]), tmp_path):
        source = InputProcess(find(PLAYER, devices()))
        until(lambda: source.ring.written and source.alive)
        pattern = f"jack_sem*{os.environ['JACK_DEFAULT_SERVER']}*deepsing-ears"
        assert [*Path("/dev/shm").glob(pattern)]
        source.close()
        assert not source.alive
        assert not [*Path("/dev/shm").glob(pattern)]


def test_a_device_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with jack_name(), jackd():
        with player(clicks([1.0]), tmp_path):
            gone = find(PLAYER, devices())
        with pytest.raises(OSError, match=f"{PLAYER} is not there"):
            InputProcess(gone)


def test_a_player_or_a_server_that_goes_is_waited_for(tmp_path: Path) -> None:
    with jack_name(), listening() as listener:
        with jackd():
            with player(clicks([1.0]), tmp_path):
                until(listener.connected.is_set)
            until(lambda: not listener.connected.is_set())
            with player(clicks([1.0]), tmp_path):
                until(listener.connected.is_set)
        until(lambda: not listener.connected.is_set())
        with jackd(), player(clicks([0.5, 1.0, 1.5]), tmp_path) as play:
            until(listener.connected.is_set)
            listener.heard()
            play()
            until(lambda: any(isinstance(event, HeardOnset) for event in listener.heard().events))
