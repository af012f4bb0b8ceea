"""The engine of the live bridge with its threads and models, built and started."""

import logging
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread

import torch

from ..attributes import audio_model
from ..core.device import Device
from ..generators.generate import load_generator
from ..live.analysis import ListeningThread
from ..live.engine import Engine
from ..live.hub import Hub
from ..live.idle import silence
from ..live.renderer import Models, PaintingThread
from ..story.plan import Settings
from ..stylization.stylize import DEFAULT_STYLES
from ..translation.diversity import varied
from ..translation.translators import translators_for
from ..weights.model_sets import chosen
from .bridge import ServeWish
from .story import Wish, load_painter, weights_used

log = logging.getLogger("deepsing_bridge")


def start_show(wish: ServeWish, hub: Hub, stopping: Event, running: ExitStack) -> "EngineThread":
    """Load the models and start analyst, painter and engine; `running` stops them in reverse.

    `stopping` is set if the engine breaks. Raises BridgeError where models are missing.
    """
    torch.set_num_threads(wish.threads)
    ears = audio_model.choose(wish.ears, chosen(wish.models, wish.generator))
    settings = Settings(cut=wish.cut, alignment=wish.alignment, seed=wish.seed, ears=ears)
    analyst = ListeningThread(hub, settings)
    studio = PaintingThread(_models(wish, settings), hub.inbox.wake)
    engine = EngineThread(Engine(hub, studio, analyst, silence(), wish.changed, wish.loop), stopping)
    for thread in (analyst, studio, engine):
        thread.start()
        running.callback(thread.stop)
    return engine


def _models(wish: ServeWish, settings: Settings) -> Models:
    device, styles = Device.of(wish.device, wish.precision), wish.styles or DEFAULT_STYLES
    generator = load_generator(wish.generator, device)
    sets = chosen(wish.models, wish.generator)
    translators = translators_for(wish.generator, sets).load_all()
    views = dict(enumerate(varied(translators, wish.generator, sets)))
    used = weights_used(
        Wish(Path(), Path(), generator=wish.generator, styles=styles, models=wish.models, ears=wish.ears)
    )
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
