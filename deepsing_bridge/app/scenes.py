"""Scenes of a planned story as tasks: what one process, here or elsewhere, needs to paint any of them to its clip.

Each scene depends on the plan alone, so that it makes no difference who paints it, nor in which order.
"""

from dataclasses import dataclass
from pathlib import Path

import torch

from ..export.clips import write_scene_clip
from ..render.clips import ClipRenderer
from ..render.styled_footage import FootageStyler
from ..story.edited_story import EditedStory
from ..story.settings import Settings
from .config import ModelChoice
from .painting import Painting, load_painting, load_styling


@dataclass(frozen=True)
class SceneJob:
    """A story and the models that paint it, as plain values that can be sent. `threads` work for the models: as many
    as where the story was planned, since another number may round otherwise."""

    story: EditedStory
    models: ModelChoice
    threads: int

    @staticmethod
    def of(story: EditedStory, models: ModelChoice) -> "SceneJob":
        return SceneJob(story, models, torch.get_num_threads())


class ScenePainter:
    """One process's models, loaded once. Raises BridgeError for what is not installed where it is."""

    def __init__(self, job: SceneJob) -> None:
        torch.set_num_threads(job.threads)
        self._story, self._renderer = job.story, load_renderer(job.models, job.story.planned.settings)

    def paint(self, index: int, path: Path) -> None:
        """Scene number `index`, counted from 0, as a clip at `path`."""
        write_clip(self._story, index, self._renderer, path)


def write_clip(story: EditedStory, index: int, renderer: ClipRenderer, path: Path) -> None:
    """The clip of scene number `index`, counted from 0. Raises BridgeError where the disk is full."""
    frames = renderer.frames(*story.painted_from(index))
    write_scene_clip(path, frames, story.board.frame_rate, story.version(index))


def load_renderer(choice: ModelChoice, settings: Settings) -> ClipRenderer:
    """What renders the clips of a story with `settings`, and nothing of what planned it."""
    if settings.footage is not None and not settings.footage.fill:
        styling = load_styling(choice)
        return ClipRenderer(None, FootageStyler(styling.stylizer, styling.styles))
    return renderer_of(load_painting(choice), settings)


def renderer_of(painting: Painting, settings: Settings) -> ClipRenderer:
    """With models that are loaded."""
    painter = painting.painter()
    styler = FootageStyler(painting.stylizer, painting.styles, painter.colour) if settings.footage else None
    return ClipRenderer(painter, styler)
