"""Tests that draw: skipped, with the reason, where there is no OpenGL. CI has Mesa's."""

import gc
from collections.abc import Callable

import moderngl
import pytest

from deepsing_bridge.core.errors import BridgeError
from deepsing_bridge.shaders.opengl import OpenGL, shared


def opengl() -> OpenGL:
    try:
        return shared()
    except BridgeError as error:
        pytest.skip(str(error))


def left_after(work: Callable[[], object]) -> list[object]:
    """What of OpenGL `work` has made and not released."""
    context = opengl().context
    work()  # so that what the context remembers, as what was drawn into last, is of this
    gc.collect()
    context.gc_mode = "context_gc"
    try:
        work()
        gc.collect()
        return [each for each in context.objects if not isinstance(each, moderngl.InvalidObject)]
    finally:
        context.gc_mode = None
        context.objects.clear()
