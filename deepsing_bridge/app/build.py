"""The engine of the live bridge with its threads and models, built and started."""

import logging
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import torch

from ..attributes import audio_models
from ..core.device import Device
from ..generators.generate import load_generator
from ..live.analysis import AnalysisThread
from ..live.engine import Engine
from ..live.hub import Hub
from ..live.idle import silence
from ..live.renderer import Models, RenderWorker
from ..story.plan import Settings
from ..stylization.stylize import DEFAULT_STYLES
from ..translation.diversity import varied
from ..translation.translators import translators_for
from ..weights.model_sets import chosen
from .bridge import BridgeConfig
from .story import StoryRequest, load_painter, weights_used

log = logging.getLogger("deepsing_bridge")


def start_show(wish: BridgeConfig, hub: Hub, stopping: Event, running: ExitStack) -> "EngineThread":
    """Load the models and start analyst, painter and engine; `running` stops them in reverse.

    `stopping` is set if the engine breaks. Raises BridgeError where models are missing.
    """
    torch.set_num_threads(wish.threads)
    audio_model = audio_models.choose(wish.audio_model, chosen(wish.models, wish.generator))
    settings = Settings(cut=wish.cut, alignment=wish.alignment, seed=wish.seed, audio_model=audio_model)
    analyst = AnalysisThread(hub, settings)
    studio = RenderWorker(_models(wish, settings), hub.inbox.wake)
    engine = EngineThread(Engine(hub, studio, analyst, silence(), wish.changed, wish.loop), stopping)
    for thread in (analyst, studio, engine):
        thread.start()
        running.callback(thread.stop)
    return engine


def _models(wish: BridgeConfig, settings: Settings) -> Models:
    device, styles = Device.of(wish.device, wish.precision), wish.styles or DEFAULT_STYLES
    generator = load_generator(wish.generator, device)
    sets = chosen(wish.models, wish.generator)
    translators = translators_for(wish.generator, sets).load_all()
    views = dict(enumerate(varied(translators, wish.generator, sets)))
    asked = StoryRequest(Path(), Path(), generator=wish.generator, styles=styles, models=wish.models)
    used = weights_used(replace(asked, audio_model=wish.audio_model))
    return Models(load_painter(generator, styles, sets, device), views, settings, used)


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
