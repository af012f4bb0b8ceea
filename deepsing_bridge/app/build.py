"""The engine of the live bridge with its threads and models, built and started. Imported late: models take seconds."""

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from threading import Event, Thread
from typing import TYPE_CHECKING, Protocol

import torch

from ..attributes.audio_models import AudioEstimator
from ..generators.load import own_truncation, weights_folder
from ..generators.protocol import MovingGenerator
from ..live.analysis import AnalysisThread
from ..live.engine import Engine
from ..live.hub import Hub
from ..live.idle import silence
from ..live.input import NO_INPUT, Input
from ..live.picture_source import PictureSource
from ..live.planner import PlannerThread
from ..live.playlist import Playlist
from ..live.render_worker import RenderWorker
from ..live.vocabulary import Vocabulary, vocabulary
from ..stylization.styles import DEFAULT_STYLES, style_images
from ..translation.translators import translators_for, truncations_for
from ..weights.model_sets import chosen
from .bundle import load
from .config import BridgeConfig, ModelChoice

if TYPE_CHECKING:
    from ..listening.listener import Listener

log = logging.getLogger("deepsing_bridge")


class Worker(Protocol):
    """Something with a thread of its own."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


def vocabulary_for(choice: ModelChoice) -> Vocabulary:
    """The table with the style images and views of `choice`, which are counted, not loaded.

    Raises BridgeError where models or style images are missing.
    """
    weights_folder(choice.generator)  # complains at once if there are none
    images = style_images(choice.styles or DEFAULT_STYLES)
    sets = chosen(choice.sets, choice.generator)
    views = 1 if choice.classes else translators_for(choice.generator, sets).count()
    truncation = truncations_for(choice.generator, sets).sampled_at or own_truncation(choice.generator)
    return vocabulary([image.stem for image in images], views, truncation)


def start_engine(config: BridgeConfig, hub: Hub, stopping: Event, running: ExitStack) -> "EngineThread":
    """Load the models and start analysis, planner, renderer and engine; `running` stops them in reverse.

    `stopping` is set if the engine breaks. Raises BridgeError where models are missing.
    """
    torch.set_num_threads(config.threads)
    settings = config.settings
    models = load(config.models, settings.seed or 0)
    analyzer = AnalysisThread(hub, models.audio_model, settings.alignment)
    planned = models.generator, models.translators, models.styles
    painter = models.painter()
    comparing = models.painter() if painter.moves else None  # other pictures take several frames' time each
    planner = PlannerThread(*planned, settings, models.digests, hub.inbox.wake, comparing)
    renderer = RenderWorker(painter, hub.inbox.wake)
    workers = analyzer, planner, renderer
    worlds = models.generator if isinstance(models.generator, MovingGenerator) else None
    source = PictureSource(painter.camera, worlds, models.default_views, models.generator)
    playback, playlist = (config.changed, config.playback.loop), Playlist(config.playback.playlist)
    live, ears = _live(config, models.audio_model, hub)
    started = Engine(hub, *workers, silence(), *playback, settings.allow_flashing, source, playlist, live)
    engine = EngineThread(started, stopping)
    threads: list[Worker] = [*ears, *workers, engine]
    for thread in threads:
        thread.start()
        running.callback(thread.stop)
    return engine


def _live(config: BridgeConfig, model: AudioEstimator, hub: Hub) -> "tuple[Input, Sequence[Listener]]":
    """Where music comes from besides songs, and who listens. Imported only where live sound is wanted."""
    if config.playback.input is None:
        return NO_INPUT, ()
    from ..live.live_input import LiveInput
    from .live_sound import listener_of, period_s

    listener, name = listener_of(config.playback, config.settings, model, hub)
    return LiveInput(hub, listener, name, period_s(config.settings)), (listener,)


class EngineThread:
    """Runs an engine; if that breaks, the process is to end and say so, not to stand still."""

    def __init__(self, engine: Engine, stopping: Event) -> None:
        self.failed = False
        self._engine, self._process_stopping = engine, stopping
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="engine", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._engine.run(self._stopping)
        except Exception:
            self.failed = True
            log.exception("the engine broke; the bridge stops")
            self._process_stopping.set()
